import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { addShop, countIn, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { DRAINING, oneIsReady, replaceInstance, searchSteadily } from '../support/steady-searching.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { PROBE_MILLISECONDS, startReadinessProxy, type ReadinessProxy } from '../support/readiness-proxy.ts';

let database: PostgresServer;
let address: string;
let proxy: ReadinessProxy;
let instances: ServerProcess[];

beforeAll(async () => {
  await ensureBuilt();
  database = await startPostgres(await npmPostgres());
  address = (await freshDatabase(database))();
  proxy = await startReadinessProxy();
  instances = [startInstanceOn(address, DRAINING), startInstanceOn(address, DRAINING)];
  const urls = await Promise.all(instances.map(({ ready }) => ready));
  await addShop(urls[0]!);
  for (const url of urls) proxy.add(url);
  await oneIsReady(proxy);
}, 180_000);
afterAll(async () => {
  await Promise.all(instances.map(stopInstance));
  await proxy.close();
  await database.stop();
}, 30_000);

describe('a rolling restart of two instances under steady searching', () => {
  test('fails no execution, leaves no feature out, and logs every page', async () => {
    const searching = searchSteadily(proxy);
    for (const index of [0, 1]) {
      const old = instances[index]!;
      expect(await stopInstance(old)).toBe(0);
      instances[index] = await replaceInstance(proxy, old, { address, environment: DRAINING });
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
    const stored = await countIn(address, 'select count(*)::int as count from execution');
    expect(stored).toBe(searching.served.length);
  }, 90_000);

  test('with a kill instead of an orderly end does fail some: the check can see it', async () => {
    instances = [startInstanceOn(address, DRAINING), startInstanceOn(address, DRAINING)];
    for (const { ready } of instances) proxy.add(await ready);
    await oneIsReady(proxy);
    await sleep(5 * PROBE_MILLISECONDS);
    const searching = searchSteadily(proxy);
    await sleep(500);
    instances[0]!.child.kill('SIGKILL');
    await sleep(500);
    await searching.stop();
    expect(searching.failed.length).toBeGreaterThan(0);
  }, 60_000);
});
