import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A server of its own process. */
export interface Instance {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it in order; with SIGKILL at once. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts dist/ with this environment; resolves when it is ready, rejects with what it said where it ends before. */
export async function startInstance(environment: Readonly<Record<string, string>>): Promise<Instance> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // ^C in the terminal is for the trial alone, which ends its parts in order.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  const ended = once(child, 'close');
  const ready = new Promise<string>((resolve) => {
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += String(data);
      const [, url] = /GraphQL {3}(http:\S+)\/graphql/.exec(printed) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const failed = ended.then(() => Promise.reject(new Error(`the server did not start: ${said}`)));
  failed.catch(() => undefined);
  return {
    url: await Promise.race([ready, failed]),
    process: child,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Asks a GraphQL server; throws what went wrong. */
export async function ask<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data!;
}
