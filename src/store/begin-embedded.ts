import { existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdDataDir } from './data-dir.ts';
import { SOCKET_FILE, startPglite, type PgliteThread } from './pglite-thread.ts';

/** A data folder that is held, and the PostgreSQL in it on its way. */
export interface EmbeddedStart {
  /** DATA_DIR_DAMAGED where the folder cannot be opened as a database. */
  readonly thread: Promise<PgliteThread>;
  /** The tables are there: what is in the folder counts from now on. */
  readonly made: () => void;
  /** Lets go of the folder, once the thread has ended. */
  readonly release: () => void;
}

/**
 * Begins to open (and on first use to create) the PostgreSQL inside the data folder, in a thread of its own. Needs
 * little code, so that a process can call it first and load the rest meanwhile.
 * DATA_DIR_NOT_WRITABLE, DATA_DIR_LOCKED.
 */
export function beginEmbedded(dataDir: string): EmbeddedStart {
  const held = holdDataDir(dataDir);
  const socketFolder = makeSocketFolder(held.path);
  const release = (): void => {
    held.release();
    rmSync(socketFolder, { recursive: true, force: true });
  };
  try {
    const firstStart = beginFirstStart(held.path);
    const thread = startPglite(held.path, socketFolder);
    // Whoever waits for it will see it fail.
    thread.catch(() => undefined);
    return { thread, made: firstStart.end, release };
  } catch (error) {
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
