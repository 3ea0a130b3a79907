import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addShop, countIn, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { areReady, DRAINING, replaceInstance, searchSteadily } from '../support/steady-searching.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { startReadinessProxy, type ReadinessProxy } from '../support/readiness-proxy.ts';
import { until } from '../support/server.ts';

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
  await areReady(proxy, urls);
});
afterAll(async () => {
  await Promise.all(instances.map(stopInstance));
  await proxy.close();
  await database.stop();
});

describe('a rolling restart of two instances under steady searching', () => {
  test('fails no execution, leaves no feature out, and logs every page', async () => {
    const searching = searchSteadily(proxy);
    for (const index of [0, 1]) {
      const old = instances[index]!;
      expect(await stopInstance(old)).toBe(0);
      instances[index] = await replaceInstance(proxy, old, { address, environment: DRAINING });
    }
    // All four instances take part.
    await until(() => proxy.handed.size === 4 && searching.served.length > 50);
    await searching.stop();
    expect(searching.failed).toEqual([]);
    const degraded = searching.served.filter(({ degradations }) => degradations.length > 0);
    expect(degraded).toEqual([]);
    for (const instance of instances) await stopInstance(instance);
    const stored = await countIn(address, 'select count(*)::int as count from execution');
    expect(stored).toBe(searching.served.length);
  });

  test('with a kill instead of an orderly end does fail some: the check can see it', async () => {
    instances = [startInstanceOn(address, DRAINING), startInstanceOn(address, DRAINING)];
    const urls = await Promise.all(instances.map(({ ready }) => ready));
    for (const url of urls) proxy.add(url);
    await areReady(proxy, urls);
    const searching = searchSteadily(proxy);
    await until(() => urls.every((url) => proxy.handed.has(url)));
    instances[0]!.child.kill('SIGKILL');
    await until(() => searching.failed.length > 0);
    await searching.stop();
  });
});
