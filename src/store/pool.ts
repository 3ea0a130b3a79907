import type { Client, Pool } from 'pg';

/**
 * Ends a connection as soon as one of its statements has timed out here. The driver only stops waiting: the
 * statement still runs, a rollback behind it is never sent, and the next user of the connection would find
 * itself inside somebody else's transaction.
 */
export function dropTimedOutConnections(pool: Pool): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const answer = query(...args);
      if (!(answer instanceof Promise)) return answer;
      return answer.catch((error: unknown) => {
        if (isTimeout(error)) void (client as Client).end();
        throw error;
      });
    }) as typeof client.query;
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}
