import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { faultOfIndexName } from '../../src/engine/collection/parse-attached-names.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { rawElasticsearch, type RawElasticsearch } from '../support/elasticsearch-raw.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, request } from './search-backend-world.ts';
import type { Collection, Feature } from '../../src/engine/collection/collection.ts';
import type { SearchBackend } from '../../src/engine/search/search-backend.ts';

const SHOPS = ['north', 'south', 'west'];
/** One document of each shop in each index, routed by the shop: on three different shards of five. */
const MAPPINGS = {
  properties: {
    sku: { type: 'keyword' },
    shop: { type: 'keyword' },
    vector: { type: 'dense_vector', dims: 8, similarity: 'l2_norm' },
  },
};

describe('the name of an attached collection', () => {
  test.each(['*', 'shop*', 'a,b', '_all', '-a', '<shop-{now/d}>', 'other:shop', 'a b', 'a/b', '', '..'])(
    'may not be %j, which is no name of one index',
    (given) => expect(faultOfIndexName(given)).toContain('expected the name of one index or alias'),
  );
});

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`what an attached name may stand for (${reason})`, () => undefined);
else
  describe('the name of an attached collection', () => {
    const name = `attached-names-${process.pid}`;
    const [first, second] = [`${name}-1`, `${name}-2`];
    let server: TestElasticsearch;
    let raw: RawElasticsearch;
    let backend: SearchBackend;

    beforeAll(async () => {
      server = await elasticsearchForTests();
      raw = rawElasticsearch(server.url);
      backend = await openElasticsearch({ url: server.url, indexPrefix: `${name}-own-` }, systemClock);
    }, 240_000);
    afterAll(async () => {
      await backend.close();
      await server.stop();
    });
    beforeEach(async () => {
      for (const [at, index] of [first, second].entries()) {
        await raw.remove(index);
        const settings = { number_of_shards: 5, number_of_replicas: 0 };
        await raw.send('PUT', `/${index}`, { settings, mappings: MAPPINGS });
        for (const [place, shop] of SHOPS.entries()) {
          const vector = Array.from({ length: 8 }, () => place);
          const document = { sku: `${shop} ${at + 1}`, shop, vector };
          await raw.fill(index, new Map([[document.sku, document]]), shop);
        }
      }
    });
    afterAll(async () => {
      for (const index of [first, second]) await raw.remove(index);
    });

    const alias = async (...adds: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
      await raw.send('POST', '/_aliases', { actions: adds.map((add) => ({ add: { alias: name, ...add } })) });
    };
    const attached = (index: string, routing: string | null = null): [Collection, Feature] => {
      const collection: Collection = {
        ...newCollection(),
        fields: [{ name: 'shop', type: 'KEYWORD', many: false }],
        attached: { index, idField: 'sku', routing },
      };
      return [collection, { ...newFeature(collection, 'L2'), field: 'vector' }];
    };
    const faults = async (index: string, routing: string | null = null): Promise<readonly string[]> => {
      const [collection, feature] = attached(index, routing);
      return (await backend.inspect(collection, [feature])).map(
        ({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`,
      );
    };
    /** What is found by the name, which every way of reading must agree on. */
    const found = async (index: string, routing: string | null = null): Promise<readonly string[]> => {
      expect(await faults(index, routing)).toEqual([]);
      const [collection, feature] = attached(index, routing);
      const one = request({ collection, feature }, new Float32Array(8), { topK: 100 });
      const ids = (await hitsOf(backend, one)).map(({ id }) => id).sort();
      const { documents, features } = await backend.count(collection, [feature]);
      expect([documents, features.get(feature.id)]).toEqual([ids.length, ids.length]);
      expect((await backend.list(collection, null, 100)).map(({ id }) => id)).toEqual(ids);
      const all = SHOPS.flatMap((shop) => [`${shop} 1`, `${shop} 2`]);
      expect([...(await backend.fetch(collection, all, { vectors: [] })).keys()].sort()).toEqual(ids);
      expect(await backend.sample(collection, feature, 100, 'seed')).toHaveLength(ids.length);
      return ids;
    };

    test('may be an alias with a filter, and nothing beyond the filter is found or read', async () => {
      await alias({ index: first, filter: { term: { shop: 'south' } } });
      expect(await found(name)).toEqual(['south 1']);
    });

    test('may be an alias over several indexes, each with a filter of its own or none', async () => {
      await alias({ index: first, filter: { terms: { shop: ['north', 'west'] } } }, { index: second });
      expect(await found(name)).toEqual(['north 1', 'north 2', 'south 2', 'west 1', 'west 2']);
    });

    test('may be an alias with a search routing, so that only the shards of that routing are asked', async () => {
      await alias({ index: first, search_routing: 'north,west' }, { index: second, routing: 'south' });
      expect(await found(name)).toEqual(['north 1', 'south 2', 'west 1']);
    });

    test('may be an alias with a search routing that the collection’s routing narrows', async () => {
      await alias({ index: first, search_routing: 'north,west' }, { index: second });
      expect(await found(name, 'north')).toEqual(['north 1', 'north 2']);
    });

    test('is refused with a routing that an alias has no part of: all shards would be asked', async () => {
      await alias({ index: first, search_routing: 'north,west' }, { index: second });
      expect(await faults(name, 'south')).toEqual([
        'INDEX_MISMATCH at routing: the alias has the search routing north,west: leave the routing out, or give one of it',
      ]);
    });

    test('may be an index that takes no writes', async () => {
      for (const block of ['read_only', 'write', 'read_only_allow_delete']) {
        await raw.send('PUT', `/${first}/_settings`, { [`index.blocks.${block}`]: true });
        expect(await found(first)).toHaveLength(3);
        await raw.send('PUT', `/${first}/_settings`, { [`index.blocks.${block}`]: null });
      }
    });

    test('is refused where the index is blocked for reading, or its mapping is', async () => {
      for (const [block, said] of [
        ['read', 'index read (api)'],
        ['metadata', 'index metadata (api)'],
      ] as const) {
        await raw.send('PUT', `/${first}/_settings`, { [`index.blocks.${block}`]: true });
        const [fault, ...more] = await faults(first);
        await raw.send('PUT', `/${first}/_settings`, { [`index.blocks.${block}`]: null });
        expect(more).toEqual([]);
        expect(fault).toMatch(`INDEX_MISMATCH at index: ${first} cannot be read: `);
        expect(fault).toContain(said);
      }
    });

    test('is refused where an index behind the alias is closed, with the name of that index', async () => {
      await alias({ index: first }, { index: second });
      await raw.send('POST', `/${second}/_close`);
      expect(await faults(name)).toEqual([
        `INDEX_MISMATCH at index: ${second}, an index of ${name}, is closed: open it first`,
      ]);
    });
  });
