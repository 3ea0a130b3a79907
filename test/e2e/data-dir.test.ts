import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDataDir } from '../support/database-embedded.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import type { Database } from '../../src/store/database.ts';

const folders: string[] = [];
const opened: Database[] = [];
const children: ChildProcess[] = [];

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-data-'));
  folders.push(folder);
  return folder;
};
const prepared = async (): Promise<string> => {
  const folder = await freshDataDir();
  folders.push(folder);
  return folder;
};
const open = async (folder: string): Promise<Database> => {
  const database = await openEmbeddedDatabase(folder, TEST_SETTINGS);
  opened.push(database);
  return database;
};

/** Another process that holds the folder and writes; resolves when it has written `rows`. */
const hold = async (
  folder: string,
  rows: number,
): Promise<{ readonly child: ChildProcess; lines: string[] }> => {
  const child = spawn(process.execPath, [join('test', 'support', 'hold-database.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  const enough = Promise.withResolvers<void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    if (line === String(rows)) enough.resolve();
  });
  child.once('exit', (code) => enough.reject(new Error(`the holder ended with ${code}`)));
  await enough.promise;
  return { child, lines };
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Closed, not only ended: then all it has said was read.
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
};

afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  for (const child of children.splice(0)) await kill(child);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the data folder', () => {
  test('is created with its parents, keeps what was written, and opens again', async () => {
    const folder = join(temporary(), 'a', 'b c', 'émoji 🎬');
    const first = await open(folder);
    await first.sql.query('create table kept as select 42 as n');
    await first.close();
    const second = await open(folder);
    expect(await second.sql.query('select n from kept')).toEqual([{ n: 42 }]);
  });

  test('is refused to a second process, which is told the folder and the process that has it', async () => {
    const folder = await prepared();
    const { child } = await hold(folder, 1);
    await expect(open(folder)).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: `another process (${child.pid}) has the data folder ${folder} open`,
    });
  });

  test('is refused to a second opening in the same process, and free again after closing', async () => {
    const folder = await prepared();
    const first = await open(folder);
    await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await first.close();
    await open(folder);
  });

  test('that cannot be created or written is refused with its name', async () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'below')])
      await expect(open(folder)).rejects.toMatchObject({
        code: 'DATA_DIR_NOT_WRITABLE',
        message: expect.stringContaining(folder),
      });
  });

  test('that is no database is refused with its name, and is not locked afterwards', async () => {
    const folder = temporary();
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '9.6\n');
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(open(folder)).rejects.toMatchObject({
        code: 'DATA_DIR_DAMAGED',
        message: expect.stringContaining(folder),
      });
  });

  test('that was left in the middle of its first start is made anew', async () => {
    const folder = await prepared();
    rmSync(join(folder, 'postgres', 'global'), { recursive: true });
    await expect(open(folder)).rejects.toMatchObject({ code: 'DATA_DIR_DAMAGED' });
    writeFileSync(join(folder, 'first-start'), '');
    await open(folder);
    expect(existsSync(join(folder, 'first-start'))).toBe(false);
  });

  test('opens at once after kill -9, with every acknowledged row', async () => {
    const folder = await prepared();
    for (let round = 0; round < 3; round += 1) {
      const { child, lines } = await hold(folder, 50);
      await kill(child);
      const acknowledged = Number(lines.at(-1));
      const socketFolder = readFileSync(join(folder, 'socket-folder'), 'utf8');
      const database = await open(folder);
      expect(existsSync(socketFolder)).toBe(false);
      const [row] = await database.sql.query<{ readonly last: number; readonly all: number }>(
        'select max(n) as last, count(*)::int as all from written',
      );
      expect(row!.last).toBeGreaterThanOrEqual(acknowledged);
      expect(row!.all).toBe(row!.last);
      await database.sql.query('drop table written');
      await database.close();
    }
  });
});
