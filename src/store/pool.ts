import type { Pool, PoolClient } from 'pg';

/** The connections of a pool at one moment. */
export interface PoolState {
  readonly used: number;
  readonly idle: number;
  /** Calls that wait for a connection. */
  readonly waiting: number;
  readonly limit: number;
}

export function stateOfPool(pool: Pool): PoolState {
  const { totalCount, idleCount, waitingCount, options } = pool;
  return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount, limit: options.max };
}

/** Makes a pool keep no connection that can do harm or is of no use. */
export function guardPool(pool: Pool): void {
  pool.on('connect', endWhenTimedOut);
  // The pool sets `release` right after this event, and hands the connection over later than a microtask.
  pool.on('acquire', (client) => queueMicrotask(() => releaseWhenEnded(client)));
}

/**
 * Ends a connection as soon as one of its statements has timed out here. The driver only stops waiting: the
 * statement still runs, a rollback behind it is never sent, and the next user of the connection would find
 * itself inside somebody else's transaction.
 */
function endWhenTimedOut(client: PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    const answer = query(...args);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      if ((error as Partial<Error>).message === 'Query read timeout') void ended(client).end();
      throw error;
    });
  }) as typeof client.query;
}

/** `end` is missing from the type of a pooled client, though it has it. */
function ended(client: PoolClient): { end(): Promise<void> } {
  return client as PoolClient & { end(): Promise<void> };
}

/**
 * Gives the place of a connection back when it ends while it is lent. The query builder never does so where a begin,
 * or the rollback after a failed statement, fails: every such failure would cost the pool one place for good.
 */
function releaseWhenEnded(client: PoolClient): void {
  const release = client.release.bind(client);
  let released = false;
  client.release = (error) => {
    client.off('end', onEnd);
    if (released) return;
    released = true;
    release(error);
  };
  const onEnd = (): void => client.release(true);
  client.once('end', onEnd);
}
