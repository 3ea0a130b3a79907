import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { matchesFilter } from '../../src/engine/search/match-filter.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { rawElasticsearch, type RawElasticsearch } from '../support/elasticsearch-raw.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, request } from './search-backend-world.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type { Filter, KnnRequest, SearchBackend } from '../../src/engine/search/search-backend.ts';

/** Every type of number, with values that it holds without rounding. */
const HELD: Readonly<Record<string, readonly number[]>> = {
  byte: [-128, -1, 0, 5, 127],
  short: [-32_768, -1, 0, 5, 32_767],
  integer: [-(2 ** 31), -1, 0, 5, 2 ** 31 - 1],
  long: [-(2 ** 53), -1, 0, 5, 3e10, 2 ** 53],
  unsigned_long: [0, 5, 3e10, 2 ** 53],
  half_float: [-65_504, -1.5, 0, 5, 65_504],
  float: [-1e38, -1.5, 0, 5, 2 ** 24, 1e38],
  double: [-1.7e308, -1.5, 0, 5, 3e10, 1.7e308],
  scaled_float: [-1e12, -1.5, 0, 5, 3e10],
};
/** Two types that a server may be without: they are modules of their own. */
const MODULES = ['unsigned_long', 'scaled_float'];
/** Another type of the second index behind the alias, for a field of one type in the first. */
const MIXED = { first: 'short', second: 'double' };

const OPERANDS = [
  ...[1.5, 4.5, 5, 127, 128, 200, 32_768, 40_000, 65_504, 131_072, 2 ** 31 - 1, 2 ** 31, 3e10],
  ...[2 ** 53, 1e19, 2 ** 64, 1e21, 1e38, 2 ** 128, 1e300, 1.7e308, Number.MAX_VALUE],
].flatMap((number) => [number, -number]);

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`numbers of an attached index (${reason})`, () => undefined);
else
  describe('numbers of an attached index', () => {
    const alias = `attached-numbers-${process.pid}`;
    let server: TestElasticsearch;
    let raw: RawElasticsearch;
    let backend: SearchBackend;
    let collection: Collection;
    let feature: Feature;
    let documents: readonly Document[];

    beforeAll(async () => {
      server = await elasticsearchForTests();
      raw = rawElasticsearch(server.url);
      backend = await openElasticsearch({ url: server.url, indexPrefix: `${alias}-own-` }, systemClock);
      const types: string[] = [];
      for (const type of Object.keys(HELD))
        if (!MODULES.includes(type) || (await knows(raw, `${alias}-trial`, type))) types.push(type);
      collection = collectionOver(alias, types);
      feature = { ...newFeature(collection, 'L2'), field: 'vector' };
      await fill(raw, alias, types);
      const ids = Array.from({ length: 20 }, (_, at) => `${at}`);
      documents = [...(await backend.fetch(collection, ids, { vectors: [] })).values()];
    }, 240_000);
    afterAll(async () => {
      await backend.close();
      for (const at of [0, 1]) await raw.remove(`${alias}-${at}`);
      await server.stop();
    });

    const of = (filter: Filter): KnnRequest =>
      request({ collection, feature }, new Float32Array(8).fill(1), { filter, topK: 100 });
    const found = async (filter: Filter): Promise<readonly string[]> =>
      (await hitsOf(backend, of(filter))).map(({ id }) => id).sort();
    const foundByEach = async (
      filters: readonly Filter[],
    ): Promise<readonly (readonly string[] | string)[]> =>
      (await backend.search(filters.map(of), 60_000)).map((outcome) =>
        outcome.status === 'ok' ? outcome.hits.map(({ id }) => id).sort() : outcome.reason,
      );
    const expected = (filter: Filter): readonly string[] =>
      documents
        .filter((document) => matchesFilter(filter, collection.fields, document))
        .map(({ id }) => id)
        .sort();

    test('are read as they were written', () => {
      expect(documents).toHaveLength(20);
      const read = new Set(documents.flatMap(({ fields }) => fields.get('byte') ?? []));
      expect([...read].map(Number).sort((a, b) => a - b)).toEqual(HELD['byte']);
    });

    test('are compared with numbers that their type cannot hold as with any other', async () => {
      for (const { name: field } of collection.fields)
        for (const kind of ['eq', 'gt', 'gte', 'lt', 'lte'] as const) {
          const filters = OPERANDS.map((value) => ({ kind, field, value }));
          const ids = await foundByEach(filters);
          expect(filters.map((filter, at) => [filter, ids[at]])).toEqual(
            filters.map((filter) => [filter, expected(filter)]),
          );
        }
    }, 240_000);

    test('are looked for among numbers of which the type holds only some', async () => {
      for (const { name: field } of collection.fields) {
        const anyOperands = fc.subarray(OPERANDS, { minLength: 1 });
        await fc.assert(
          fc.asyncProperty(anyOperands, fc.boolean(), async (values, negated) => {
            const within: Filter = { kind: 'in', field, values };
            const filter: Filter = negated ? { kind: 'not', filter: within } : within;
            expect(await found(filter)).toEqual(expected(filter));
          }),
          { numRuns: 20, seed: 5 },
        );
      }
      const many = Array.from({ length: 1_000 }, (_, at) => 1e12 + at);
      expect(await found({ kind: 'in', field: 'long', values: [...many, 3e10] })).toEqual(
        expected({ kind: 'eq', field: 'long', value: 3e10 }),
      );
    }, 240_000);
  });

async function knows(raw: RawElasticsearch, index: string, type: string): Promise<boolean> {
  try {
    await raw.send('PUT', `/${index}`, { mappings: { properties: { number: mapped(type) } } });
    return true;
  } catch (error) {
    if (!String(error).includes('does not exist')) throw error;
    return false;
  } finally {
    await raw.remove(index);
  }
}

function mapped(type: string): Readonly<Record<string, unknown>> {
  return type === 'scaled_float' ? { type, scaling_factor: 100 } : { type };
}

/** A field with many values of each type, one without an index, and one whose path the query language could misread. */
function collectionOver(index: string, types: readonly string[]): Collection {
  const field = (name: string, path: string): Collection['fields'][number] => {
    return { name, type: 'NUMBER', many: true, path };
  };
  return {
    ...newCollection(),
    attached: { index, idField: null, routing: null },
    fields: [
      ...types.map((type) => field(type, `numbers.${type}`)),
      field('unindexed', 'unindexed'),
      field('mixed', 'mixed'),
      field('odd', 'odd name^2:(x) -y'),
    ],
  };
}

/** Ten documents in each of two indexes; some without any number, some with two. */
async function fill(raw: RawElasticsearch, alias: string, types: readonly string[]): Promise<void> {
  for (const at of [0, 1]) {
    const mixed = at === 0 ? MIXED.first : MIXED.second;
    const properties = {
      vector: { type: 'dense_vector', dims: 8, similarity: 'l2_norm' },
      numbers: { properties: Object.fromEntries(types.map((type) => [type, mapped(type)])) },
      unindexed: { type: 'integer', index: false },
      mixed: { type: mixed },
      'odd name^2:(x) -y': { type: 'integer' },
    };
    const settings = { number_of_replicas: 0 };
    await raw.send('PUT', `/${alias}-${at}`, {
      settings,
      mappings: { properties },
      aliases: { [alias]: {} },
    });
    const some = (type: string, row: number): readonly number[] => {
      const held = HELD[type]!;
      if (row % 10 === 9) return [];
      return row % 10 > 6 ? [held[row % 2]!, held.at(-1)!] : [held[row % held.length]!];
    };
    const rows = Array.from({ length: 10 }, (_, row) => at * 10 + row);
    const written = rows.map((row): [string, Readonly<Record<string, unknown>>] => [
      `${row}`,
      {
        vector: Array.from({ length: 8 }, () => row),
        numbers: Object.fromEntries(types.map((type) => [type, some(type, row)])),
        unindexed: some('integer', row),
        mixed: some(mixed, row),
        'odd name^2:(x) -y': some('integer', row),
      },
    ]);
    await raw.fill(`${alias}-${at}`, new Map(written));
  }
}
