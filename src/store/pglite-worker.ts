/** The thread that PGlite runs in. Speaks the PostgreSQL protocol on a socket; tells its parent how it goes. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { serveInTurns } from './pglite-turns.ts';

export interface WorkerOrder {
  readonly dataDir: string;
  readonly socketPath: string;
}

export type WorkerReport = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

const { dataDir, socketPath } = workerData as WorkerOrder;
const report = (message: WorkerReport): void => parentPort!.postMessage(message);

try {
  const database = await PGlite.create(dataDir, {
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
  const server = serveInTurns(database, (error) => {
    throw error;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  parentPort!.once('message', () => {
    server.close();
    void database.close().then(() => process.exit(0));
  });
  report({ kind: 'ready' });
} catch (error) {
  report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
