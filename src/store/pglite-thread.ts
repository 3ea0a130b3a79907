import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ReweighError } from '../engine/errors.ts';
import type { DatabaseTarget } from './database.ts';
import type { WorkerOrder, WorkerReport } from './pglite-worker.ts';

/** PGlite in a thread of its own, to be reached through a socket. */
export interface PgliteThread {
  readonly target: DatabaseTarget;
  /** Writes everything back and ends; one that does not end in time is killed. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

/** Same folder and language as this file: `.ts` when run from source, `.js` when built. */
const WORKER = new URL(`./pglite-worker${import.meta.url.slice(-3)}`, import.meta.url);

/** Where the driver looks for port 5432 in a folder. */
export const SOCKET_FILE = '.s.PGSQL.5432';

const CLOSE_MILLISECONDS = 10_000;

/** Starts PGlite on `dataDir`/postgres. DATA_DIR_DAMAGED where it cannot open that as a database. */
export async function startPglite(dataDir: string, socketFolder: string): Promise<PgliteThread> {
  const order: WorkerOrder = {
    dataDir: join(dataDir, 'postgres'),
    socketPath: join(socketFolder, SOCKET_FILE),
  };
  const worker = new Worker(WORKER, { workerData: order, execArgv: [] });
  const report = await firstReport(worker);
  if (report.kind === 'failed') {
    await worker.terminate();
    throw new ReweighError(
      'DATA_DIR_DAMAGED',
      `the data folder ${dataDir} cannot be opened as a database: ${report.message}`,
    );
  }
  // Without a listener a fault of the thread would end the process; callers see a database that is gone.
  worker.on('error', () => undefined);
  return {
    target: { host: socketFolder, port: 5432, user: 'postgres', database: 'postgres' },
    close: () => end(worker),
    kill: async () => {
      await worker.terminate();
    },
  };
}

function firstReport(worker: Worker): Promise<WorkerReport> {
  return new Promise((resolve) => {
    const failed = (message: string): void => resolve({ kind: 'failed', message });
    worker.once('message', resolve);
    worker.once('error', (error) => failed(error.message));
    worker.once('exit', (code) => failed(`its thread ended with ${code}`));
  });
}

async function end(worker: Worker): Promise<void> {
  // It has ended by itself already.
  if (worker.threadId < 0) return;
  const ended = once(worker, 'exit', { signal: AbortSignal.timeout(CLOSE_MILLISECONDS) });
  worker.postMessage('close');
  await ended.catch(() => worker.terminate());
}
