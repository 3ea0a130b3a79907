import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pidOf, startCluster, stopNode } from '../../scripts/elasticsearch-server.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  hasStopped,
  OWN_START,
  startOwnElasticsearch,
  whyNoOwnElasticsearch,
} from '../support/elasticsearch.ts';
import { until } from '../support/server.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';

/** What a busy machine may take on top of a deadline. */
const LOAD = 8_000;

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`a failing Elasticsearch (${reason})`, () => undefined);
else
  describe('with a real server that fails', () => {
    const collection = newCollection();
    const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    const requests = features.map((feature) =>
      request({ collection, feature }, new Float32Array(8).fill(1), { topK: 200 }),
    );
    let server: Awaited<ReturnType<typeof startOwnElasticsearch>>;
    let backend: ElasticsearchBackend;
    /** The same with short deadlines. */
    let hasty: ElasticsearchBackend;
    beforeAll(async () => {
      server = await startOwnElasticsearch(1);
      backend = await openElasticsearch({ url: server.url }, systemClock);
      hasty = await openElasticsearch(
        { url: server.url, readDeadline: 3_000, writeDeadline: 3_000 },
        systemClock,
      );
      await backend.prepare(collection, features);
      await backend.put(collection, randomDocuments(features, 100, 'failing'));
    }, OWN_START);
    afterAll(async () => {
      await backend.close();
      await hasty.close();
      await server.stop();
    });

    const expectWhole = async (): Promise<void> => {
      for (const one of requests) expect((await hitsOf(backend, one)).length).toBeGreaterThan(50);
    };

    test('a paused server times features out within the deadline, and works when it goes on', async () => {
      await expectWhole();
      const pid = pidOf(server.cluster, 1)!;
      process.kill(pid, 'SIGSTOP');
      try {
        await until(() => hasStopped(pid));
        const started = performance.now();
        const outcomes = await backend.search(requests, 300);
        expect(performance.now() - started).toBeLessThan(300 + LOAD);
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_TIMEOUT' });
        await expect(hasty.check()).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
        await expect(hasty.count(collection, [])).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
        const documents = randomDocuments(features, 3, 'paused');
        await expect(hasty.put(collection, documents)).rejects.toMatchObject({
          code: 'SEARCH_UNAVAILABLE',
        });
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await expectWhole();
    });

    test('an index that is gone fails its features with the reason, and refuses documents', async () => {
      const other = newCollection();
      const feature = newFeature(other, 'COSINE');
      await backend.prepare(other, [feature]);
      await backend.drop(other);
      const lost = request({ collection: other, feature }, new Float32Array(8).fill(1));
      const [gone, whole] = await backend.search([lost, requests[0]!], 20_000);
      expect(gone).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
      expect(gone?.status === 'failed' ? gone.reason : '').toContain('index_not_found');
      expect(whole).toMatchObject({ status: 'ok' });
      await expect(backend.put(other, randomDocuments([feature], 2, 'gone'))).rejects.toMatchObject({
        code: 'SEARCH_UNAVAILABLE',
      });
    });

    test('an index made for other dimensions is refused with every difference', async () => {
      const wider = features.map((feature) => ({ ...feature, dims: 16 }));
      await expect(backend.prepare(collection, wider)).rejects.toMatchObject({
        code: 'INDEX_MISMATCH',
        message: expect.stringMatching(/cosine: expected dims 16, got 8; l2: expected dims 16, got 8/),
      });
    });

    test('a stopped server fails features at once, and one started again serves without reopening', async () => {
      await stopNode(server.cluster, 1);
      const started = performance.now();
      const outcomes = await backend.search(requests, 2 * LOAD);
      // At once, not at the deadline.
      expect(performance.now() - started).toBeLessThan(LOAD);
      for (const outcome of outcomes) expect(outcome.status).toBe('failed');
      await startCluster(server.cluster);
      await expectWhole();
      expect((await backend.count(collection, [])).documents).toBeGreaterThanOrEqual(100);
    }, 240_000);
  });
