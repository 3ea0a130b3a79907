import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, type DatabaseSettings } from './database.ts';
import { holdDataDir } from './data-dir.ts';
import { startPglite, type PgliteThread } from './pglite-thread.ts';

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
  let thread: PgliteThread | null = null;
  try {
    thread = await startPglite(held.path, socketFolder);
    const database = await connectDatabase(thread.target, settings);
    return { ...database, close: () => closeAll(database, thread!, release) };
  } catch (error) {
    await thread?.kill();
    release();
    throw error;
  }
}

async function closeAll(database: Database, thread: PgliteThread, release: () => void): Promise<void> {
  await database.close();
  await thread.close();
  release();
}
