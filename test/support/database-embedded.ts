import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** A cluster as PGlite makes it at the first start, without any table of ours; made once and kept. */
const TEMPLATE = join('node_modules', '.cache', 'reweigh', 'pglite-0.5.14');

/** A new data folder in which the database starts as at a second start, which saves seconds. Remove it afterwards. */
export async function freshDataDir(): Promise<string> {
  if (!existsSync(TEMPLATE)) await makeTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-data-'));
  cpSync(TEMPLATE, join(folder, 'postgres'), { recursive: true });
  return folder;
}

async function makeTemplate(): Promise<void> {
  mkdirSync(dirname(TEMPLATE), { recursive: true });
  const making = mkdtempSync(`${TEMPLATE}-`);
  await (await PGlite.create(join(making, 'postgres'))).close();
  try {
    renameSync(join(making, 'postgres'), TEMPLATE);
  } catch (error) {
    // Another test file has made it meanwhile.
    if (!existsSync(TEMPLATE)) throw error;
  }
  rmSync(making, { recursive: true, force: true });
}
