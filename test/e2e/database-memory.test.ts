import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { PGlite } from '@electric-sql/pglite';
import { freshDataDir } from '../support/database-embedded.ts';
import { serveInTurns } from '../../src/store/pglite-turns.ts';
import type { Server } from 'node:net';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let dataDir: string;
let socketFolder: string;
let database: PGlite;
let server: Server;
let client: pg.Client;

beforeAll(async () => {
  dataDir = await freshDataDir();
  socketFolder = mkdtempSync(join(tmpdir(), 'reweigh-'));
  // In this thread, where its memory can be looked at.
  database = await PGlite.create(join(dataDir, 'postgres'));
  server = serveInTurns(database, (error) => {
    throw error;
  });
  server.listen(join(socketFolder, '.s.PGSQL.5432'));
  await once(server, 'listening');
  client = new pg.Client({ host: socketFolder, port: 5432, user: 'postgres', database: 'postgres' });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  server.close();
  await database.close();
  for (const folder of [dataDir, socketFolder]) rmSync(folder, { recursive: true, force: true });
});

describe('the embedded database', () => {
  test('keeps nothing of what it has answered', async () => {
    const ask = async (times: number): Promise<number> => {
      for (let done = 0; done < times; done += 1)
        await client.query(`select 'row ' || n from generate_series(1, 100) as n`);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await ask(50);
    const growth = (await ask(500)) - before;
    // Kept answers would be 50,000 rows of some 200 bytes: 10 MB.
    expect(growth / 2 ** 20).toBeLessThan(2);
  });
});
