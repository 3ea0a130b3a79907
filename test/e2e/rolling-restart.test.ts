import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addShop,
  executeOn,
  freshDatabase,
  startInstanceOn,
  stopInstance,
  type Served,
} from '../support/production.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { PROBE_MILLISECONDS, startReadinessProxy, type ReadinessProxy } from '../support/readiness-proxy.ts';

const CLIENTS = 3;
/** Several probes long, on a busy machine too. */
const ENVIRONMENT = { SHUTDOWN_DELAY_MS: String(15 * PROBE_MILLISECONDS) };

let database: PostgresServer;
let address: string;
let proxy: ReadinessProxy;
let instances: ServerProcess[];

beforeAll(async () => {
  await ensureBuilt();
  database = await startPostgres(await npmPostgres());
  address = (await freshDatabase(database))();
  proxy = await startReadinessProxy();
  instances = [startInstanceOn(address, ENVIRONMENT), startInstanceOn(address, ENVIRONMENT)];
  const urls = await Promise.all(instances.map(({ ready }) => ready));
  await addShop(urls[0]!);
  for (const url of urls) proxy.add(url);
  await isReady();
}, 180_000);
afterAll(async () => {
  await Promise.all(instances.map(stopInstance));
  await proxy.close();
  await database.stop();
}, 30_000);

const isReady = async (): Promise<void> => {
  while ((await fetch(`${proxy.url}/health/live`)).status !== 200) await sleep(PROBE_MILLISECONDS);
};

/** Searches through the proxy until told to stop. */
function search(): { readonly served: Served[]; readonly failed: unknown[]; stop(): Promise<void> } {
  const served: Served[] = [];
  const failed: unknown[] = [];
  let over = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!over)
      await executeOn(proxy.url).then(
        (execution) => served.push(execution),
        (error: unknown) => failed.push(error),
      );
  });
  return {
    served,
    failed,
    stop: async () => {
      over = true;
      await Promise.all(clients);
    },
  };
}

/** A new instance takes the place of an old one. */
async function replace(old: ServerProcess, end: () => Promise<unknown>): Promise<ServerProcess> {
  await end();
  proxy.remove(await old.ready);
  const instance = startInstanceOn(address, ENVIRONMENT);
  const url = await instance.ready;
  proxy.add(url);
  while ((await fetch(`${url}/health/ready`)).status !== 200) await sleep(PROBE_MILLISECONDS);
  await sleep(3 * PROBE_MILLISECONDS);
  return instance;
}

describe('a rolling restart of two instances under steady searching', () => {
  test('fails no execution, leaves no feature out, and logs every page', async () => {
    const searching = search();
    for (const index of [0, 1]) {
      const old = instances[index]!;
      instances[index] = await replace(old, async () => expect(await stopInstance(old)).toBe(0));
    }
    await sleep(300);
    await searching.stop();
    expect(searching.failed).toEqual([]);
    expect(searching.served.length).toBeGreaterThan(50);
    // All four instances took part.
    expect(proxy.handed.size).toBe(4);
    const degraded = searching.served.filter(({ degradations }) => degradations.length > 0);
    expect(degraded).toEqual([]);
    for (const instance of instances) await stopInstance(instance);
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    const { rows } = await client.query<{ id: string }>('select count(*)::int as stored from execution');
    await client.end();
    expect(rows).toEqual([{ stored: searching.served.length }]);
  }, 90_000);

  test('with a kill instead of an orderly end does fail some: the check can see it', async () => {
    instances = [startInstanceOn(address, ENVIRONMENT), startInstanceOn(address, ENVIRONMENT)];
    for (const { ready } of instances) proxy.add(await ready);
    await isReady();
    await sleep(5 * PROBE_MILLISECONDS);
    const searching = search();
    await sleep(500);
    instances[0]!.child.kill('SIGKILL');
    await sleep(500);
    await searching.stop();
    expect(searching.failed.length).toBeGreaterThan(0);
  }, 60_000);
});
