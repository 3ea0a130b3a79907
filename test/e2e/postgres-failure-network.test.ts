import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import {
  addShop,
  countIn,
  executeOn,
  freshDatabase,
  startInstanceOn,
  stopInstance,
} from '../support/production.ts';
import {
  ANSWER_MILLISECONDS,
  endure,
  OUTAGE_LIMITS,
  recover,
  report,
  servedAndLogged,
} from '../support/outage.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { describePostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';

beforeAll(ensureBuilt);

describePostgres('a server whose way to its database', ({ programs }) => {
  let database: PostgresServer;
  let proxy: TcpProxy;
  let direct: string;
  let instance: ServerProcess;
  let url: string;

  beforeEach(async () => {
    database = await startPostgres(await programs());
    proxy = await startProxy(join(database.folder, '.s.PGSQL.5432'));
    const addresses = await freshDatabase(database);
    direct = addresses();
    instance = startInstanceOn(addresses(proxy.port), OUTAGE_LIMITS);
    url = await instance.ready;
    await addShop(url);
  });
  afterEach(async () => {
    proxy.behave('pass');
    expect(await stopInstance(instance)).toBe(0);
    await proxy.close();
    await database.stop();
  });

  const count = (statement: string): Promise<number> => countIn(direct, statement);

  test.each(['reset', 'silent'] as const)(
    'is cut (%s) goes on serving, refuses interactions, and loses and doubles nothing',
    async (manner) => {
      const known = await servedAndLogged(url);
      proxy.behave(manner);
      const outage = await endure(url, known);
      proxy.behave('pass');
      await recover(url, outage, count);
    },
  );

  test('is slow serves in time, and takes interactions all the same', async () => {
    const known = await servedAndLogged(url);
    proxy.behave('delay');
    const reported = report(url, { hit: known.hits.nodes[0]!.id, kinds: ['CLICK'] });
    for (let search = 0; search < 4; search += 1) {
      const start = performance.now();
      expect((await executeOn(url)).hits.nodes.length).toBe(known.hits.nodes.length);
      expect(performance.now() - start).toBeLessThan(ANSWER_MILLISECONDS);
    }
    const { body } = await reported;
    expect(body).toMatchObject({ data: { recordInteractions: { recorded: 1, refused: 0 } } });
    expect(await count('select count(*)::int from interaction')).toBe(1);
  });
});
