import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pidOf, startCluster, stopNode, urlsOf } from '../../scripts/elasticsearch-server.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  OWN_START,
  startOwnElasticsearch,
  waitForHealth,
  whyNoOwnElasticsearch,
} from '../support/elasticsearch.ts';
import { until } from '../support/server.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import { addShop, countIn, freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { askToExecute, executionsLogged, expectLogged, type Answer } from '../support/search-outage.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';
import type { KnnOutcome } from '../../src/engine/search/search-backend.ts';

const NODES = 3;
/** The node that is taken away. Each of the three may be the master. */
const LOST = 2;
const DEADLINE = 10_000;
const DOCUMENTS = 300;

/** Documents with every feature, so that all of them are found by every search for enough. */
function wholeDocuments(features: readonly Feature[], count: number, seed: string): readonly Document[] {
  return randomDocuments(features, count * 4, seed)
    .filter(({ vectors }) => vectors.size === features.length)
    .slice(0, count)
    .map((document) => ({ ...document, id: `${seed} ${document.id}` }));
}

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`a cluster that loses a node (${reason})`, () => undefined);
else
  describe('a cluster of three nodes that loses one', () => {
    let server: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let database: PostgresServer;
    let address: string;
    /** A whole server on the cluster. */
    let instance: ServerProcess;
    let url: string;
    const opened: ElasticsearchBackend[] = [];
    beforeAll(async () => {
      await ensureBuilt();
      server = await startOwnElasticsearch(NODES);
      database = await startPostgres(await npmPostgres());
      address = (await freshDatabase(database))();
      const ELASTICSEARCH_URL = urlsOf(server.cluster);
      instance = startInstanceOn(address, { ELASTICSEARCH_URL, SEARCH_DEADLINE_MS: String(DEADLINE) });
      url = await instance.ready;
      await addShop(url);
    }, OWN_START);
    afterAll(async () => {
      for (const backend of opened) await backend.close();
      expect(await stopInstance(instance)).toBe(0);
      await database.stop();
      await server.stop();
    });

    const openBackend = async (replicas: number): Promise<ElasticsearchBackend> => {
      const url = urlsOf(server.cluster);
      const backend = await openElasticsearch(
        { url, shards: 3, replicas, refreshInterval: '100ms', indexPrefix: `nodes-${replicas}-` },
        systemClock,
      );
      opened.push(backend);
      return backend;
    };
    const fill = async (backend: ElasticsearchBackend): Promise<Filled> => {
      const collection = newCollection();
      const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
      const documents = wholeDocuments(features, DOCUMENTS, 'kept');
      await backend.prepare(collection, features);
      await backend.put(collection, documents);
      return { collection, features, documents };
    };
    const searchAll = (
      backend: ElasticsearchBackend,
      { collection, features }: Filled,
    ): Promise<Outcomes> => {
      const requests = features.map((feature) =>
        request({ collection, feature }, new Float32Array(8).fill(1), { topK: 1_000 }),
      );
      return backend.search(requests, DEADLINE);
    };
    const expectWhole = async (
      backend: ElasticsearchBackend,
      filled: Filled,
      count: number,
    ): Promise<void> => {
      for (const feature of filled.features) {
        const one = request({ collection: filled.collection, feature }, new Float32Array(8).fill(1), {
          topK: 1_000,
        });
        expect(await hitsOf(backend, one)).toHaveLength(count);
      }
      expect((await backend.count(filled.collection, [])).documents).toBe(count);
    };

    const count = (statement: string): Promise<number> => countIn(address, statement);

    test('goes on searching and writing from the copies, logs every page once, and takes the node back', async () => {
      const backend = await openBackend(1);
      const filled = await fill(backend);
      const { collection, features } = filled;
      await waitForHealth(server.url, NODES, 'green');
      const before = await executionsLogged(url, count);
      const outcomes: KnnOutcome[] = [];
      const answers: Answer[] = [];
      let stored = 0;
      let running = true;
      const searching = Promise.all(
        [0, 1, 2, 3].map(async () => {
          while (running) outcomes.push(...(await searchAll(backend, filled)));
        }),
      );
      const executing = (async () => {
        while (running) answers.push(await askToExecute(url));
      })();
      const writing = (async () => {
        while (running) {
          const documents = wholeDocuments(features, 5, `batch ${stored}`);
          expect(await backend.put(collection, documents)).toHaveLength(documents.length);
          stored += documents.length;
        }
      })();
      await until(() => outcomes.length > 20 && stored > 0 && answers.length > 3);
      process.kill(pidOf(server.cluster, LOST)!, 'SIGKILL');
      await waitForHealth(server.url, NODES - 1, 'yellow');
      const disturbed = outcomes.length;
      const written = stored;
      const answered = answers.length;
      await until(
        () => outcomes.length > disturbed + 40 && stored > written && answers.length > answered + 5,
      );
      running = false;
      await Promise.all([searching, executing, writing]);
      // What was under way when the node went may lack its shards; nothing fails, and nothing lacks any later.
      expect(outcomes.filter(({ status }) => status === 'failed')).toEqual([]);
      const partial = outcomes.map((outcome) => outcome.status === 'ok' && outcome.partial);
      expect(partial.slice(disturbed + 20)).not.toContain(true);
      await expectWhole(backend, filled, DOCUMENTS + stored);
      expect(answers.filter(({ error }) => error !== null)).toEqual([]);
      const pages = answers.flatMap(({ page }) => page ?? []);
      expect(pages.slice(answered + 2).flatMap(({ degradations }) => degradations)).toEqual([]);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      await expectLogged(url, pages, { before, count });
      await startCluster(server.cluster);
      await waitForHealth(server.url, NODES, 'green');
      await expectWhole(backend, filled, DOCUMENTS + stored);
    }, 240_000);

    test('without copies serves the other shards as partial and the other documents, until the node is back', async () => {
      const backend = await openBackend(0);
      const filled = await fill(backend);
      const { collection, documents } = filled;
      const ids = documents.map(({ id }) => id);
      await stopNode(server.cluster, LOST);
      let outcomes: Outcomes = [];
      do outcomes = await searchAll(backend, filled);
      while (outcomes.some((outcome) => outcome.status === 'failed'));
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'ok', partial: true });
        const { length } = outcome.status === 'ok' ? outcome.hits : [];
        expect(length).toBeGreaterThan(DOCUMENTS / 3);
        expect(length).toBeLessThan(DOCUMENTS);
      }
      const found = await backend.fetch(collection, ids, { vectors: [] });
      expect(found.size).toBeGreaterThan(DOCUMENTS / 3);
      expect(found.size).toBeLessThan(DOCUMENTS);
      const lost = ids.filter((id) => !found.has(id));
      const unavailable = { code: 'SEARCH_UNAVAILABLE' };
      await expect(backend.fetch(collection, [lost[0]!], { vectors: [] })).rejects.toMatchObject(unavailable);
      // Half a count or half a list would be taken for a whole one.
      await expect(backend.count(collection, [])).rejects.toMatchObject(unavailable);
      await expect(backend.list(collection, null, 10)).rejects.toMatchObject(unavailable);
      await startCluster(server.cluster);
      await waitForHealth(server.url, NODES, 'green');
      await expectWhole(backend, filled, DOCUMENTS);
      expect((await backend.fetch(collection, ids, { vectors: [] })).size).toBe(DOCUMENTS);
    }, 240_000);
  });

type Outcomes = readonly KnnOutcome[];
interface Filled {
  readonly collection: Collection;
  readonly features: readonly [Feature, Feature];
  readonly documents: readonly Document[];
}
