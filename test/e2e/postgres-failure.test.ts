import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { addRetriever, tasteSpec } from '../support/library.ts';
import {
  addShop,
  countIn,
  executeOn,
  freshDatabase,
  startInstanceOn,
  stopInstance,
  type Served,
} from '../support/production.ts';
import { endure, OUTAGE_LIMITS, recover, servedAndLogged } from '../support/outage.ts';
import { httpApi } from '../support/http-api.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { describePostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';

beforeAll(ensureBuilt);

describePostgres('a server whose database', ({ programs }) => {
  let database: PostgresServer;
  let address: string;
  let instance: ServerProcess;
  let url: string;

  beforeEach(async () => {
    // A halt without a flush to disk would lose what was acknowledged.
    database = await startPostgres(await programs(), ['fsync=on']);
    address = (await freshDatabase(database))();
    instance = startInstanceOn(address, OUTAGE_LIMITS);
    url = await instance.ready;
    await addShop(url);
  });
  afterEach(async () => {
    expect(await stopInstance(instance)).toBe(0);
    await database.stop();
  });

  const count = (statement: string): Promise<number> => countIn(address, statement);

  /** Codes of the notices of a search with fixed weights. */
  const noticesOfStatic = async (): Promise<readonly string[]> => {
    const { execute } = await httpApi(url).ask<{ readonly execute: Pick<Served, 'notices'> }>(
      `{ execute(retriever: "fixed", inputs: [{ name: "taste", vector: [1, 0] }]) { notices { code } } }`,
    );
    return execute.notices.map(({ code }) => code);
  };

  test('is gone says so of a static retriever too, until it is back', async () => {
    await addRetriever(httpApi(url), 'fixed', tasteSpec('books'));
    expect(await noticesOfStatic()).toEqual([]);
    await database.halt();
    await sleep(1_200);
    expect(await noticesOfStatic()).toEqual(['STALE_DEFINITIONS']);
    await database.restart();
    const deadline = performance.now() + 90_000;
    for (let notices = ['not asked yet']; notices.length > 0; notices = [...(await noticesOfStatic())])
      if (performance.now() > deadline) throw new Error(`it is back, and still ${notices.join(', ')}`);
  });

  test('is gone at the end loses what is still queued, says how much, and ends with 1', async () => {
    await servedAndLogged(url);
    await database.halt();
    for (let search = 0; search < 3; search += 1) await executeOn(url);
    expect(await stopInstance(instance)).toBe(1);
    const lines = instance.output.err.split('\n').filter((line) => line.includes('"lost"'));
    expect(lines.map((line) => (JSON.parse(line) as { readonly lost: number }).lost)).toEqual([3]);
    // The next one ends as it should.
    await database.restart();
    instance = startInstanceOn(address, OUTAGE_LIMITS);
    url = await instance.ready;
  });

  test('is stopped and started again goes on serving, refuses interactions, and loses and doubles nothing', async () => {
    const known = await servedAndLogged(url);
    await database.halt();
    const outage = await endure(url, known);
    await database.restart();
    await recover(url, outage, count);
  });

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
  });
});
