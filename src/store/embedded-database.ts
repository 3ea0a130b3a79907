import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ReweighError } from '../engine/errors.ts';
import { connectDatabase, type Database, type DatabaseSettings } from './database.ts';
import { holdDataDir, type HeldDataDir } from './data-dir.ts';
import type { WorkerOrder, WorkerReport } from './pglite-worker.ts';

/** Same folder and language as this file: `.ts` when run from source, `.js` when built. */
const WORKER = new URL(`./pglite-worker${import.meta.url.slice(-3)}`, import.meta.url);

/**
 * Opens (and on first use creates) the PostgreSQL inside the data folder, holding the folder until it is closed.
 * It runs in a thread of its own, behind a socket in a private folder, and is used through the ordinary driver.
 * If that thread dies, calls fail as with a server that is gone.
 * DATA_DIR_NOT_WRITABLE, DATA_DIR_LOCKED; DATA_DIR_DAMAGED where the folder cannot be opened as a database.
 */
export async function openEmbeddedDatabase(dataDir: string, settings: DatabaseSettings): Promise<Database> {
  const held = holdDataDir(dataDir);
  const socketFolder = mkdtempSync(join(tmpdir(), 'reweigh-'));
  const release = (): void => {
    held.release();
    rmSync(socketFolder, { recursive: true, force: true });
  };
  let worker: Worker | null = null;
  try {
    worker = await startWorker(held, socketFolder);
    const target = { host: socketFolder, port: 5432, user: 'postgres', database: 'postgres' };
    const database = await connectDatabase(target, settings);
    return { ...database, close: () => closeAll(database, worker!, release) };
  } catch (error) {
    await worker?.terminate();
    release();
    throw error;
  }
}

async function startWorker(held: HeldDataDir, socketFolder: string): Promise<Worker> {
  const order: WorkerOrder = {
    dataDir: join(held.path, 'postgres'),
    socketPath: join(socketFolder, '.s.PGSQL.5432'),
  };
  const worker = new Worker(WORKER, { workerData: order, execArgv: [] });
  const report = await firstReport(worker);
  if (report.kind === 'ready') {
    // Without a listener the fault of the thread would end the process; callers see it as a database that is gone.
    worker.on('error', () => undefined);
    return worker;
  }
  await worker.terminate();
  throw new ReweighError(
    'DATA_DIR_DAMAGED',
    `the data folder ${held.path} cannot be opened as a database: ${report.message}`,
  );
}

function firstReport(worker: Worker): Promise<WorkerReport> {
  return new Promise((resolve) => {
    const failed = (message: string): void => resolve({ kind: 'failed', message });
    worker.once('message', resolve);
    worker.once('error', (error) => failed(error.message));
    worker.once('exit', (code) => failed(`its thread ended with ${code}`));
  });
}

const CLOSE_MILLISECONDS = 10_000;

/** The worker writes everything back before it ends; one that does not end in time is ended. */
async function closeAll(database: Database, worker: Worker, release: () => void): Promise<void> {
  await database.close();
  if (worker.threadId > 0) {
    const ended = once(worker, 'exit', { signal: AbortSignal.timeout(CLOSE_MILLISECONDS) });
    worker.postMessage('close');
    await ended.catch(() => worker.terminate());
  }
  release();
}
