import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pidOf, startCluster, stopNode } from '../../scripts/elasticsearch-server.ts';
import { addShop, countIn, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import {
  ANSWER_MILLISECONDS,
  askToExecute,
  click,
  endureWithoutSearch,
  executionsLogged,
  expectLogged,
  recoverSearch,
  SEARCH_LIMITS,
  type Answer,
} from '../support/search-outage.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import {
  hasStopped,
  OWN_START,
  startOwnElasticsearch,
  whyNoOwnElasticsearch,
} from '../support/elasticsearch.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/server.ts';

/** It searches one thing at a time and lets few wait, so that many at once are too many. */
const FEW = ['thread_pool.search.size: 1', 'thread_pool.search.queue_size: 25'];
const AT_ONCE = 40;

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`a server whose Elasticsearch fails (${reason})`, () => undefined);
else
  describe('a server whose Elasticsearch', () => {
    let database: PostgresServer;
    let address: string;
    let search: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let proxy: TcpProxy;
    let instance: ServerProcess;
    let url: string;
    /** Executions that were in the log before the test. */
    let before: number;
    beforeAll(async () => {
      await ensureBuilt();
      search = await startOwnElasticsearch(1, FEW);
      proxy = await startProxy(search.cluster.port);
      database = await startPostgres(await npmPostgres());
      address = (await freshDatabase(database))();
      const ELASTICSEARCH_URL = `http://127.0.0.1:${proxy.port}`;
      instance = startInstanceOn(address, { ELASTICSEARCH_URL, ...SEARCH_LIMITS });
      url = await instance.ready;
      await addShop(url);
    }, OWN_START);
    afterAll(async () => {
      proxy.behave('pass');
      expect(await stopInstance(instance)).toBe(0);
      await proxy.close();
      await database.stop();
      await search.stop();
    });
    beforeEach(async () => {
      await recoverSearch(url);
      before = await executionsLogged(url, count);
    });

    const count = (statement: string): Promise<number> => countIn(address, statement);

    test('stands still answers errors in time that say to try again, and serves when it goes on', async () => {
      const { page: known } = await askToExecute(url);
      const pid = pidOf(search.cluster, 1)!;
      process.kill(pid, 'SIGSTOP');
      try {
        await until(() => hasStopped(pid));
        await endureWithoutSearch(url);
        // Interactions have nothing to do with the search.
        expect(await click(url, known!)).toBe('CREDITED');
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await expectLogged(url, [known!, ...(await recoverSearch(url))], { before, count });
    });

    test('is stopped and started again answers errors until then, and needs no restart', async () => {
      await stopNode(search.cluster, 1);
      await endureWithoutSearch(url);
      await startCluster(search.cluster);
      await expectLogged(url, await recoverSearch(url), { before, count });
    }, 300_000);

    test.each(['reset', 'silent'] as const)(
      'is cut off (%s) in the middle of steady searching loses and doubles no page',
      async (manner) => {
        const answers: Answer[] = [];
        let searching = true;
        const steady = Promise.all(
          [0, 1, 2].map(async () => {
            while (searching) answers.push(await askToExecute(url));
          }),
        );
        await until(() => answers.length >= 10);
        proxy.behave(manner);
        await until(() => answers.some(({ error }) => error !== null));
        await endureWithoutSearch(url);
        proxy.behave('pass');
        const again = await recoverSearch(url);
        searching = false;
        await steady;
        for (const { error, took } of answers) {
          if (error !== null) expect(error).toMatchObject({ code: 'ALL_FEATURES_FAILED', retryable: true });
          expect(took).toBeLessThan(ANSWER_MILLISECONDS);
        }
        const pages = answers.flatMap(({ page }) => page ?? []);
        await expectLogged(url, [...pages, ...again], { before, count });
      },
    );

    test('is overloaded leaves features out or says to try again, and such pages do not teach', async () => {
      const pid = pidOf(search.cluster, 1)!;
      process.kill(pid, 'SIGSTOP');
      const taken = proxy.taken();
      const asked = Promise.all(Array.from({ length: AT_ONCE }, () => askToExecute(url)));
      try {
        // So that they all arrive at the same moment.
        await until(() => proxy.taken() >= taken + AT_ONCE);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const answers = await asked;
      const pages = answers.flatMap(({ page }) => page ?? []);
      const degraded = pages.filter(({ degradations }) => degradations.length > 0);
      const refused = answers.flatMap(({ error }) => error ?? []);
      expect(degraded.length + refused.length).toBeGreaterThan(0);
      for (const error of refused)
        expect(error).toMatchObject({ code: 'ALL_FEATURES_FAILED', retryable: true });
      for (const { degradations } of degraded)
        expect(degradations[0]).toMatchObject({ code: 'FEATURE_FAILED' });
      const again = await recoverSearch(url);
      expect(await click(url, again.at(-1)!)).toBe('CREDITED');
      for (const page of degraded.slice(0, 1)) expect(await click(url, page)).toBe('PAGE_DOES_NOT_TEACH');
      await expectLogged(url, [...pages, ...again], { before, count });
    });
  });
