import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { indexBody, type IndexSettings } from '../../src/engine/search/elasticsearch-mapping.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import type { Collection, Feature } from '../../src/engine/collection/collection.ts';
import type { ElasticsearchBackend } from '../../src/engine/search/elasticsearch-backend.ts';

const PREFIX = `changed-${process.pid}-`;
const SETTINGS: IndexSettings = { indexOption: 'hnsw', shards: 1, replicas: null, refreshInterval: '100ms' };

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`an index that others change (${reason})`, () => undefined);
else
  describe('an index that somebody else', () => {
    let server: TestElasticsearch;
    let backend: ElasticsearchBackend;
    let collection: Collection;
    let features: readonly [Feature, Feature];
    /** The backend's time, which stands still unless it is moved on. */
    let now = 0;
    beforeAll(async () => {
      server = await elasticsearchForTests();
      const clock = { ...systemClock, monotonic: () => now };
      backend = await openElasticsearch(
        { url: server.url, indexPrefix: PREFIX, refreshInterval: '100ms' },
        clock,
      );
    }, 240_000);
    afterEach(() => backend.drop(collection));
    beforeEach(async () => {
      now += 10_000;
      collection = newCollection();
      features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')];
      await index(20);
    });
    afterAll(async () => {
      await backend.close();
      await server.stop();
    });

    /** As `indexDocuments` does. */
    const index = async (count: number): Promise<void> => {
      await backend.prepare(collection, features);
      await backend.put(collection, randomDocuments(features, count, `${count}`));
    };
    const ask = async (method: string, path: string, body?: object): Promise<void> => {
      const answer = await fetch(`${server.url.split(',')[0]}/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    };
    const remove = (): Promise<void> => ask('DELETE', `${PREFIX}${collection.id}-1`);
    /** Puts an index as ours would be for these features in the place of ours. */
    const replace = async (of: readonly Feature[], mappings: object = {}): Promise<void> => {
      await remove();
      const body = indexBody(collection, of, SETTINGS);
      await ask('PUT', `${PREFIX}${collection.id}-1`, {
        settings: body['settings'],
        mappings: { ...(body['mappings'] as object), ...mappings },
        aliases: { [`${PREFIX}${collection.id}`]: {} },
      });
    };
    /** What is left of one search per feature: hits, or the failure with its reason. */
    const search = async (): Promise<readonly string[]> => {
      const requests = features.map((feature) =>
        request({ collection, feature }, new Float32Array(8).fill(1)),
      );
      const outcomes = await backend.search(requests, 20_000);
      return outcomes.map((one) => (one.status === 'ok' ? 'ok' : `${one.failure}: ${one.reason}`));
    };
    const expectServing = async (count: number): Promise<void> => {
      for (const feature of features) {
        const one = request({ collection, feature }, new Float32Array(8).fill(1), { topK: 100 });
        expect((await hitsOf(backend, one)).length).toBeGreaterThan(0);
      }
      expect((await backend.count(collection, [])).documents).toBe(count);
    };

    test('deletes fails features with the reason, and is made anew with the next documents', async () => {
      await expectServing(20);
      await remove();
      for (const outcome of await search()) expect(outcome).toMatch(/^FEATURE_FAILED.*index_not_found/);
      await expect(index(5)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
      await index(5);
      await expectServing(5);
    });

    test('makes anew with other dimensions is refused with every difference, until it is right again', async () => {
      // Not twice as many: 8 floats have as many bytes as 16 half floats, which the server would take.
      const wider = features.map((feature) => ({ ...feature, dims: 12 }));
      const differences = {
        code: 'INDEX_MISMATCH',
        message: expect.stringMatching(/cosine: expected dims 8, got 12; l2: expected dims 8, got 12/),
      };
      await replace(wider);
      for (const outcome of await search()) expect(outcome).toMatch(/^FEATURE_REJECTED.*vector/);
      // The first has not looked at the index since it was changed, the second has.
      await expect(index(5)).rejects.toMatchObject(differences);
      await expect(index(5)).rejects.toMatchObject(differences);
      await replace(features);
      await index(5);
      await expectServing(5);
    });

    test('makes anew as none of ours is refused within a second, though it could take the documents', async () => {
      await replace(features, { _meta: {} });
      now += 1_001;
      await expect(index(5)).rejects.toMatchObject({
        code: 'INDEX_MISMATCH',
        message: expect.stringMatching(/expected layout 1, got none; expected collection .*, got none/),
      });
      await replace(features);
      await index(5);
      await expectServing(5);
    });

    test('makes anew without one feature fails that feature alone, and gets it back with the next documents', async () => {
      await replace([features[0]]);
      const [kept, lost] = await search();
      expect(kept).toBe('ok');
      expect(lost).toMatch(/^FEATURE_FAILED.*has no field vectors\.l2/);
      await expect(index(5)).rejects.toMatchObject({
        code: 'SEARCH_UNAVAILABLE',
        message: expect.stringMatching(/has lost the vectors of l2/),
      });
      await index(5);
      now += 1_001;
      await expectServing(5);
    });
  });
