import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ReweighError } from '../../src/engine/errors.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { OWN_START, startOwnElasticsearch, whyNoOwnElasticsearch } from '../support/elasticsearch.ts';
import { pidOf } from '../../scripts/elasticsearch-server.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/server.ts';
import { newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import type { Document } from '../../src/engine/collection/collection.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';
import type { KnnOutcome } from '../../src/engine/search/search-backend.ts';

/** A server that does one thing at a time and lets next to nothing wait. */
const TINY = [
  'thread_pool.search.size: 1',
  'thread_pool.search.queue_size: 4',
  'thread_pool.write.size: 1',
  'thread_pool.write.queue_size: 1',
];
const AT_ONCE = 40;
const DOCUMENTS = 500;

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`an overloaded Elasticsearch (${reason})`, () => undefined);
else
  describe('with a real server whose queues are full', () => {
    const collection = newCollection();
    const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    const requests = features.map((feature) =>
      request({ collection, feature }, new Float32Array(8).fill(1), { topK: 200 }),
    );
    let server: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let proxy: TcpProxy;
    let backend: ElasticsearchBackend;
    beforeAll(async () => {
      server = await startOwnElasticsearch(1, TINY);
      proxy = await startProxy(server.cluster.port);
      const url = `http://127.0.0.1:${proxy.port}`;
      backend = await openElasticsearch({ url, refreshInterval: '100ms' }, systemClock);
      await backend.prepare(collection, features);
      await backend.put(collection, randomDocuments(features, DOCUMENTS, 'overloaded'));
    }, OWN_START);
    afterAll(async () => {
      await backend.close();
      await proxy.close();
      await server.stop();
    });

    const whole = (outcome: KnnOutcome): boolean => outcome.status === 'ok' && !outcome.partial;

    test('features whose search is refused fail with the reason, the others are whole, and later all are', async () => {
      const pid = pidOf(server.cluster, 1)!;
      process.kill(pid, 'SIGSTOP');
      const taken = proxy.taken();
      const asked = Promise.all(Array.from({ length: AT_ONCE }, () => backend.search(requests, 60_000)));
      try {
        // So that they all arrive at the same moment.
        await until(() => proxy.taken() >= taken + AT_ONCE);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const outcomes = (await asked).flat();
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [outcome] : []));
      expect(refused.length).toBeGreaterThan(0);
      for (const { failure, reason: said } of refused) {
        expect(failure).toBe('FEATURE_FAILED');
        expect(said).toBe('Elasticsearch is overloaded and refused the search');
      }
      expect(outcomes.filter(whole).length).toBe(outcomes.length - refused.length);
      expect((await backend.search(requests, 20_000)).map(whole)).toEqual([true, true]);
    });

    test('batches are stored whole after pauses, or refused to be tried again with nothing of them left', async () => {
      const batches = Array.from({ length: AT_ONCE }, (_, batch) =>
        randomDocuments(features, 25, `batch ${batch}`).map((document): Document => ({
          ...document,
          id: `${batch} ${document.id}`,
        })),
      );
      const stored = await Promise.allSettled(batches.map((batch) => backend.put(collection, batch)));
      let expected = DOCUMENTS;
      for (const [index, batch] of batches.entries()) {
        const outcome = stored[index]!;
        if (outcome.status === 'fulfilled') {
          expect(outcome.value).toEqual(batch.map(() => false));
          expected += batch.length;
        } else {
          expect(outcome.reason).toBeInstanceOf(ReweighError);
          expect(outcome.reason).toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
        }
      }
      expect((await backend.count(collection, [])).documents).toBe(expected);
      const refused = batches.filter((_, index) => stored[index]!.status === 'rejected');
      for (const batch of refused) await backend.put(collection, batch);
      expect((await backend.count(collection, [])).documents).toBe(DOCUMENTS + AT_ONCE * 25);
    });
  });
