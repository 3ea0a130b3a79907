import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/server.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import type { Document } from '../../src/engine/collection/collection.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';
import type { KnnOutcome } from '../../src/engine/search/search-backend.ts';

const LONG = 20_000;
/** Shorter than the way there and back through a slow proxy. */
const SHORT = 300;
/** What a busy machine may take on top of a deadline. */
const LOAD = 8_000;
const DOCUMENTS = 60;

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`a bad way to Elasticsearch (${reason})`, () => undefined);
else
  describe('over a way to a real server that', () => {
    const collection = newCollection();
    const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    const requests = features.map((feature) =>
      request({ collection, feature }, new Float32Array(8).fill(1), { topK: 200 }),
    );
    let server: TestElasticsearch;
    let proxy: TcpProxy;
    let backend: ElasticsearchBackend;
    /** The same with short deadlines. */
    let hasty: ElasticsearchBackend;
    beforeAll(async () => {
      server = await elasticsearchForTests();
      proxy = await startProxy(Number(new URL(server.url.split(',')[0]!).port));
      const options = {
        url: `http://127.0.0.1:${proxy.port}`,
        indexPrefix: `network-${process.pid}-`,
        refreshInterval: '100ms',
      };
      backend = await openElasticsearch(options, systemClock);
      hasty = await openElasticsearch({ ...options, readDeadline: 2_000, writeDeadline: 2_000 }, systemClock);
      await backend.prepare(collection, features);
      await backend.put(collection, randomDocuments(features, DOCUMENTS, 'network'));
    }, 300_000);
    afterEach(() => proxy.behave('pass'));
    afterAll(async () => {
      await backend.drop(collection);
      await backend.close();
      await hasty.close();
      await proxy.close();
      await server.stop();
    });

    const expectWhole = async (): Promise<void> => {
      for (const one of requests) expect((await hitsOf(backend, one)).length).toBeGreaterThan(30);
    };
    const expectAll = (outcomes: readonly KnnOutcome[], like: object): void => {
      expect(outcomes).toHaveLength(requests.length);
      for (const outcome of outcomes) expect(outcome).toMatchObject(like);
    };
    /** Searches that are on their way to the server when this returns. */
    const searchesUnderWay = async (count: number): Promise<readonly Promise<readonly KnnOutcome[]>[]> => {
      const before = proxy.taken();
      const searches = Array.from({ length: count }, () => backend.search(requests, LONG));
      await until(() => proxy.taken() > before);
      return searches;
    };
    const someDocuments = (seed: string): readonly Document[] =>
      randomDocuments(features, 5, seed).map((document) => ({ ...document, id: `${seed} ${document.id}` }));

    test('is slow times features out within the deadline, and serves whole lists within a longer one', async () => {
      proxy.behave('delay');
      const started = performance.now();
      expectAll(await backend.search(requests, SHORT), { status: 'failed', failure: 'FEATURE_TIMEOUT' });
      expect(performance.now() - started).toBeLessThan(SHORT + LOAD);
      await expectWhole();
      const documents = someDocuments('slow');
      expect(await backend.put(collection, documents)).toEqual(documents.map(() => false));
      const ids = documents.map(({ id }) => id);
      expect((await backend.fetch(collection, ids, { vectors: features })).size).toBe(documents.length);
      await backend.check();
      expect(await backend.delete(collection, ids)).toEqual(ids.map(() => true));
    });

    test('breaks once costs no search and no document: what was under way is sent again', async () => {
      await expectWhole();
      proxy.behave('delay');
      const searches = await searchesUnderWay(8);
      proxy.behave('reset');
      proxy.behave('pass');
      for (const outcomes of await Promise.all(searches))
        expectAll(outcomes, { status: 'ok', partial: false });

      proxy.behave('delay');
      const documents = someDocuments('broken once');
      const before = proxy.taken();
      const put = backend.put(collection, documents);
      await until(() => proxy.taken() > before);
      proxy.behave('reset');
      proxy.behave('pass');
      expect(await put).toHaveLength(documents.length);
      expect((await backend.count(collection, [])).documents).toBe(DOCUMENTS + documents.length);
      await backend.delete(
        collection,
        documents.map(({ id }) => id),
      );
    });

    test('breaks again and again fails features with the reason, and serves when it holds', async () => {
      proxy.behave('delay');
      const searches = await searchesUnderWay(8);
      proxy.behave('reset');
      const started = performance.now();
      for (const outcomes of await Promise.all(searches)) {
        expectAll(outcomes, { status: 'failed', failure: 'FEATURE_FAILED' });
        for (const outcome of outcomes)
          expect(outcome.status === 'failed' ? outcome.reason : '').toMatch(/cannot be reached/);
      }
      // At once, not at the deadline.
      expect(performance.now() - started).toBeLessThan(LONG / 2);
      const unavailable = { code: 'SEARCH_UNAVAILABLE' };
      const documents = someDocuments('broken');
      await expect(backend.check()).rejects.toMatchObject(unavailable);
      await expect(backend.put(collection, documents)).rejects.toMatchObject(unavailable);
      await expect(backend.fetch(collection, ['any'], { vectors: [] })).rejects.toMatchObject(unavailable);
      proxy.behave('pass');
      await expectWhole();
      await backend.check();
      expect((await backend.count(collection, [])).documents).toBe(DOCUMENTS);
    });

    test('swallows everything times features out, refuses the rest by its deadline, and serves when it is back', async () => {
      proxy.behave('silent');
      const started = performance.now();
      expectAll(await backend.search(requests, SHORT), { status: 'failed', failure: 'FEATURE_TIMEOUT' });
      expect(performance.now() - started).toBeLessThan(SHORT + LOAD);
      const unavailable = { code: 'SEARCH_UNAVAILABLE', message: expect.stringMatching(/did not answer/) };
      const documents = someDocuments('silent');
      await Promise.all([
        expect(hasty.put(collection, documents)).rejects.toMatchObject(unavailable),
        expect(hasty.fetch(collection, ['any'], { vectors: [] })).rejects.toMatchObject(unavailable),
        expect(hasty.count(collection, [])).rejects.toMatchObject(unavailable),
        expect(hasty.check()).rejects.toMatchObject(unavailable),
      ]);
      proxy.behave('pass');
      await expectWhole();
      await hasty.check();
      expect((await backend.count(collection, [])).documents).toBe(DOCUMENTS);
      expect(await backend.put(collection, documents)).toEqual(documents.map(() => false));
    });
  });
