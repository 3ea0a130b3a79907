import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { addShop, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { endure, OUTAGE_LIMITS, recover, servedAndLogged } from '../support/outage.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';

let database: PostgresServer;
let address: string;
let instance: ServerProcess;
let url: string;

beforeAll(ensureBuilt, 180_000);
beforeEach(async () => {
  // A halt without a flush to disk would lose what was acknowledged.
  database = await startPostgres(await npmPostgres(), ['fsync=on']);
  address = (await freshDatabase(database))();
  instance = startInstanceOn(address, OUTAGE_LIMITS);
  url = await instance.ready;
  await addShop(url);
}, 60_000);
afterEach(async () => {
  expect(await stopInstance(instance)).toBe(0);
  await database.stop();
}, 30_000);

const count = async (statement: string): Promise<number> => {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(statement);
  await client.end();
  return rows[0]!.count;
};

describe('a server whose PostgreSQL', () => {
  test('is stopped and started again goes on serving, refuses interactions, and loses and doubles nothing', async () => {
    const known = await servedAndLogged(url);
    await database.halt();
    const outage = await endure(url, known);
    await database.restart();
    await recover(url, outage, count);
  }, 60_000);

  test('stands still goes on serving, refuses interactions, and loses and doubles nothing', async () => {
    const known = await servedAndLogged(url);
    database.pause();
    try {
      const outage = await endure(url, known);
      database.resume();
      await recover(url, outage, count);
    } finally {
      database.resume();
    }
  }, 60_000);
});
