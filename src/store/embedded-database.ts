import { existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, type DatabaseSettings } from './database.ts';
import { holdDataDir } from './data-dir.ts';
import { SOCKET_FILE, startPglite, type PgliteThread } from './pglite-thread.ts';

/**
 * Opens (and on first use creates) the PostgreSQL inside the data folder, holding the folder until it is closed.
 * It runs in a thread of its own, behind a socket in a private folder, and is used through the ordinary driver.
 * If that thread dies, calls fail as with a server that is gone.
 * DATA_DIR_NOT_WRITABLE, DATA_DIR_LOCKED; DATA_DIR_DAMAGED where the folder cannot be opened as a database.
 */
export async function openEmbeddedDatabase(dataDir: string, settings: DatabaseSettings): Promise<Database> {
  const held = holdDataDir(dataDir);
  const socketFolder = makeSocketFolder(held.path);
  const release = (): void => {
    held.release();
    rmSync(socketFolder, { recursive: true, force: true });
  };
  let thread: PgliteThread | null = null;
  try {
    const firstStart = beginFirstStart(held.path);
    thread = await startPglite(held.path, socketFolder);
    const database = await connectDatabase(thread.target, settings);
    firstStart.end();
    return closingOnce(database, thread, release);
  } catch (error) {
    await thread?.kill();
    release();
    throw error;
  }
}

/**
 * A private folder for the socket, not in the data folder: paths of sockets are short, and mounted folders often
 * cannot hold one. Its name is noted in the data folder, so that one left behind by a killed process goes.
 */
function makeSocketFolder(path: string): string {
  const note = join(path, 'socket-folder');
  try {
    const left = readFileSync(note, 'utf8');
    rmSync(join(left, SOCKET_FILE), { force: true });
    rmdirSync(left);
  } catch {
    // The usual case: there was none, or it went with its process.
  }
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-'));
  writeFileSync(note, folder);
  return folder;
}

/**
 * Marks the folder while the database in it is made. A folder with the mark was left in the middle of that, before
 * anything was promised to anybody, so what is in it is made anew.
 */
function beginFirstStart(path: string): { end(): void } {
  const mark = join(path, 'first-start');
  const cluster = join(path, 'postgres');
  if (existsSync(mark)) rmSync(cluster, { recursive: true, force: true });
  if (existsSync(cluster)) return { end: () => undefined };
  writeFileSync(mark, '');
  return { end: () => rmSync(mark) };
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
