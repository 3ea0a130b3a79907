import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addShop, countIn, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { areReady, DRAINING, replaceInstance, searchSteadily } from '../support/steady-searching.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { startCluster, stopNode, urlOf, type ClusterOptions } from '../../scripts/elasticsearch-server.ts';
import { startOwnElasticsearch, whyNoOwnElasticsearch } from '../support/elasticsearch.ts';
import { startReadinessProxy, type ReadinessProxy } from '../support/readiness-proxy.ts';
import { until } from '../support/server.ts';

const NODES = [1, 2, 3];

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`a rolling restart of three Elasticsearch nodes (${reason})`, () => undefined);
else
  describe('a rolling restart of three Elasticsearch nodes, then of both instances, under steady searching', () => {
    let server: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let cluster: ClusterOptions;
    let database: PostgresServer;
    let proxy: ReadinessProxy;
    let instances: ServerProcess[];
    let start: { readonly address: string; readonly environment: Readonly<Record<string, string>> };
    beforeAll(async () => {
      await ensureBuilt();
      server = await startOwnElasticsearch(3);
      cluster = server.cluster;
      database = await startPostgres(await npmPostgres());
      const environment = {
        ...DRAINING,
        // A starting node takes all that a small machine has: what is slow there is not what is asked here.
        SEARCH_DEADLINE_MS: '30000',
        ELASTICSEARCH_URL: NODES.map((node) => urlOf(cluster, node)).join(','),
      };
      start = { address: (await freshDatabase(database))(), environment };
      instances = [0, 1].map(() => startInstanceOn(start.address, environment));
      const urls = await Promise.all(instances.map(({ ready }) => ready));
      await addShop(urls[0]!);
      proxy = await startReadinessProxy();
      for (const url of urls) proxy.add(url);
      await areReady(proxy, urls);
      await isGreen();
    }, 600_000);
    afterAll(async () => {
      await Promise.all(instances.map(stopInstance));
      await proxy.close();
      await database.stop();
      await server.stop();
    });

    const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
      const answer = await fetch(`${urlOf(cluster)}${path}`, {
        ...init,
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(200);
      return answer.json();
    };
    const isGreen = (): Promise<unknown> =>
      ask(
        '/_cluster/health?wait_for_status=green&wait_for_nodes=3&wait_for_no_initializing_shards=true&timeout=180s',
      );
    const allocate = (what: 'primaries' | null): Promise<unknown> => {
      const body = JSON.stringify({ persistent: { 'cluster.routing.allocation.enable': what } });
      return ask('/_cluster/settings', { method: 'PUT', body });
    };

    /** As docs/production.md tells. */
    const restart = async (node: number): Promise<void> => {
      await allocate('primaries');
      await stopNode(cluster, node);
      await startCluster(cluster);
      await allocate(null);
      await isGreen();
    };

    test('fails no execution, and leaves a feature out of one page in a hundred at most', async () => {
      const searching = searchSteadily(proxy);
      const servedAfter: number[] = [];
      for (const node of NODES) {
        await restart(node);
        servedAfter.push(searching.served.length);
      }
      for (const index of [0, 1]) {
        const old = instances[index]!;
        expect(await stopInstance(old)).toBe(0);
        instances[index] = await replaceInstance(proxy, old, start);
      }
      await until(() => proxy.handed.size === 4);
      await searching.stop();
      expect(searching.failed).toEqual([]);
      // Searching went on while each node was away.
      const during = servedAfter.map((served, index) => served - (servedAfter[index - 1] ?? 0));
      expect(Math.min(...during)).toBeGreaterThan(50);
      expect(searching.served.length).toBeGreaterThan(servedAfter.at(-1)!);
      const degradations = searching.served.flatMap((page) => page.degradations);
      // Aimed at none: those that are left are told with their reasons.
      if (degradations.length > 0) console.warn('left out', degradations);
      expect(degradations.length).toBeLessThanOrEqual(searching.served.length / 100);
      const documents = searching.served.flatMap(({ hits }) => hits.nodes.map(({ document }) => document));
      expect(documents.filter((document) => document === null)).toEqual([]);
      expect(await storedExecutions()).toBe(searching.served.length);
    }, 900_000);

    const storedExecutions = async (): Promise<number> => {
      await Promise.all(instances.map(stopInstance));
      return countIn(start.address, 'select count(*)::int as count from execution');
    };
  });
