import { beginEmbedded, type EmbeddedStart } from './begin-embedded.ts';
import { connectDatabase, type Database, type DatabaseSettings } from './database.ts';
import type { PgliteThread } from './pglite-thread.ts';

/**
 * Opens (and on first use creates) the PostgreSQL inside the data folder, holding the folder until it is closed; or
 * goes on with what was begun. It runs in a thread of its own, behind a socket in a private folder, and is used through
 * the ordinary driver. If that thread dies, calls fail as with a server that is gone.
 * DATA_DIR_NOT_WRITABLE, DATA_DIR_LOCKED; DATA_DIR_DAMAGED where the folder cannot be opened as a database.
 */
export async function openEmbeddedDatabase(
  dataDir: string | EmbeddedStart,
  settings: DatabaseSettings,
): Promise<Database> {
  const start = typeof dataDir === 'string' ? beginEmbedded(dataDir) : dataDir;
  let thread: PgliteThread | null = null;
  try {
    thread = await start.thread;
    const database = await connectDatabase(thread.target, settings);
    start.made();
    return closingOnce(database, thread, start.release);
  } catch (error) {
    await thread?.kill();
    start.release();
    throw error;
  }
}

function closingOnce(database: Database, thread: PgliteThread, release: () => void): Database {
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await database.close();
    await thread.close();
    release();
  };
  return { ...database, close: () => (closing ??= close()) };
}
