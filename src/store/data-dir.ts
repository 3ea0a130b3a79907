import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join, resolve } from 'node:path';
import { ReweighError } from '../engine/errors.ts';

/** A data folder that this process holds alone. */
export interface HeldDataDir {
  readonly path: string;
  release(): void;
}

/**
 * Creates the folder where it is missing (parents too) and holds it against every other process. The lock is one
 * of the operating system on `lock.sqlite`: it ends with the process, however that ends, so none is ever stale.
 * DATA_DIR_NOT_WRITABLE where the folder cannot be created or written; DATA_DIR_LOCKED where another process
 * holds it.
 */
export function holdDataDir(dataDir: string): HeldDataDir {
  const path = resolve(dataDir);
  makeWritable(path);
  const lock = takeLock(path);
  return { path, release: () => lock.close() };
}

function makeWritable(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): ReweighError {
  return new ReweighError(
    'DATA_DIR_NOT_WRITABLE',
    `the data folder ${path} cannot be created or written: ${(error as Error).message}`,
  );
}

const SQLITE_BUSY = 5;

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 });
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    // Beside the lock, not in it: closing another handle of the locked file would drop the lock.
    writeFileSync(join(path, 'lock.pid'), `${process.pid}\n`);
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw notWritable(path, error);
    throw new ReweighError(
      'DATA_DIR_LOCKED',
      `another process${holderOf(path)} has the data folder ${path} open`,
    );
  }
}

function holderOf(path: string): string {
  try {
    return ` (${readFileSync(join(path, 'lock.pid'), 'utf8').trim()})`;
  } catch {
    return '';
  }
}
