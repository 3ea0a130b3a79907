import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareUtf8 } from '../../src/engine/ids.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { rawElasticsearch, type RawElasticsearch } from '../support/elasticsearch-raw.ts';
import { ATTACHED_MAPPING, attachedWorld, foreignDocument } from './search-backend-attached-world.ts';
import { hitsOf, searchLaws, type OpenBackend } from './search-backend.ts';
import { newCollection, randomDocuments, randomVector, request } from './search-backend-world.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { Collection, Document } from '../../src/engine/collection/collection.ts';
import type { SearchBackend } from '../../src/engine/search/search-backend.ts';

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`an attached index as a search backend (${reason})`, () => undefined);
else
  describe('an attached index, two indexes behind one alias', () => {
    const prefix = `attached-${process.pid}`;
    let server: TestElasticsearch;
    let raw: RawElasticsearch;
    beforeAll(async () => {
      server = await elasticsearchForTests();
      raw = rawElasticsearch(server.url);
    }, 240_000);
    afterAll(() => server.stop());
    const openBackend = (): Promise<SearchBackend> =>
      openElasticsearch({ url: server.url, indexPrefix: `${prefix}-own-` }, systemClock);

    const laws = attachedWorld(() => raw, `${prefix}-laws`);
    const open = async (): Promise<OpenBackend> => {
      const backend = await openBackend();
      return {
        backend,
        reopen: open,
        end: async () => {
          await backend.close();
          for (const index of laws.indexes) await raw.remove(index);
        },
      };
    };
    searchLaws(open, laws);
    readingLaws(openBackend, () => raw);
    ownershipLaws(openBackend, () => raw);
  });

function readingLaws(openBackend: () => Promise<SearchBackend>, raw: () => RawElasticsearch): void {
  describe('reading', () => {
    const world = attachedWorld(raw, `attached-${process.pid}-read`);
    const { collection, features, documents } = world;
    let backend: SearchBackend;
    beforeAll(async () => {
      backend = await openBackend();
      await world.fill(backend);
    });
    afterAll(async () => {
      await backend.close();
      for (const index of world.indexes) await raw().remove(index);
    });

    test('gives documents by id with the fields and vectors that are declared', async () => {
      const ids = documents.map(({ id }) => id);
      const read = await backend.fetch(collection, [...ids, 'absent', ids[0]!], { vectors: features });
      expect(read).toEqual(new Map(documents.map((document) => [document.id, document])));
      const bare = await backend.fetch(collection, ids.slice(0, 3), { vectors: [] });
      expect([...bare.values()].map(({ vectors }) => vectors.size)).toEqual([0, 0, 0]);
    });

    test('gives the first of several values of a field that is declared to hold one', async () => {
      const fields = collection.fields.map((field) => ({ ...field, many: !field.many }));
      const read = await backend.fetch({ ...collection, fields }, [documents[0]!.id], { vectors: [] });
      const swapped = [...documents[0]!.fields].map(([name, value]) => [
        name,
        typeof value === 'object' ? value[0] : [value],
      ]);
      expect(Object.fromEntries(read.get(documents[0]!.id)!.fields)).toEqual(Object.fromEntries(swapped));
    });

    test('lists pages in UTF-8 order of ids, each document once', async () => {
      const listed: Document[] = [];
      for (let after: string | null = null; ; after = listed.at(-1)!.id) {
        const page: readonly Document[] = await backend.list(collection, after, 90);
        listed.push(...page);
        if (page.length < 90) break;
      }
      expect(listed).toEqual(
        documents
          .map((document) => ({ ...document, vectors: new Map() }))
          .sort((a, b) => compareUtf8(a.id, b.id)),
      );
    });

    test('refuses to list where no field repeats the id', async () => {
      const unlisted = { ...collection, attached: { ...collection.attached!, idField: null } };
      await expect(backend.list(unlisted, null, 10)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    });

    test('counts documents, and those with each feature', async () => {
      const { documents: all, features: having } = await backend.count(collection, features);
      expect(all).toBe(400);
      for (const { id } of features)
        expect(having.get(id)).toBe(documents.filter(({ vectors }) => vectors.has(id)).length);
    });

    test('samples the same vectors for the same seed, others for another, each document once', async () => {
      const sample = async (seed: string, limit: number): Promise<readonly string[]> =>
        (await backend.sample(collection, features[1], limit, seed)).map((vector) => vector.join());
      const first = await sample('a', 100);
      expect(first).toHaveLength(100);
      expect(await sample('a', 100)).toEqual(first);
      expect((await sample('b', 100)).toSorted()).not.toEqual(first.toSorted());
      const having = documents.flatMap(({ vectors }) => vectors.get(features[1].id)?.join() ?? []);
      expect((await sample('a', 1_000)).toSorted()).toEqual(having.toSorted());
      // From both indexes alike: of 100 between 30 and 70 come from the first, but for one time in 100,000.
      const inFirst = new Set(
        documents.flatMap(({ vectors }, at) =>
          at % 2 === 0 ? (vectors.get(features[1].id)?.join() ?? []) : [],
        ),
      );
      const inSecond = new Set(
        documents.flatMap(({ vectors }, at) =>
          at % 2 === 1 ? (vectors.get(features[1].id)?.join() ?? []) : [],
        ),
      );
      const told = first.filter((one) => inFirst.has(one) !== inSecond.has(one));
      const share = told.filter((one) => inFirst.has(one)).length / told.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.7);
    });

    test('finds texts by all their words, as the analyzer of the index makes them', async () => {
      const contains = async (value: string): Promise<readonly string[]> => {
        const filter = { kind: 'contains', field: 'text', value } as const;
        const vector = randomVector(seededRandom('words'));
        const hits = await hitsOf(
          backend,
          request({ collection, feature: features[2] }, vector, { filter, topK: 1000 }),
        );
        return hits.map(({ id }) => id).sort();
      };
      const having = (matches: (text: string) => boolean): readonly string[] =>
        documents
          .filter(({ fields, vectors }) => {
            const text = fields.get('text');
            return vectors.has(features[2].id) && typeof text === 'string' && matches(text);
          })
          .map(({ id }) => id)
          .sort();
      expect(await contains('HARBOUR old')).toEqual(having((text) => text === 'The old Harbour, at night'));
      expect(await contains("épernay's")).toEqual(having((text) => text.includes('ÉPERNAY')));
      expect(await contains('épernay')).toEqual([]);
      expect(await contains('…')).toEqual(having(() => true));
    });

    test('gives a document that two indexes hold only once, with its best score', async () => {
      const [twice] = randomDocuments(features, 1, 'twice');
      const vector = Float32Array.of(9, 9, 9, 9, 9, 9, 9, 9);
      for (const [at, index] of world.indexes.entries())
        await raw().fill(
          index,
          new Map([
            [
              'twice',
              {
                ...foreignDocument(twice!, []),
                sku: 'twice',
                embeddings: { L2: Array.from(vector, (n) => n + at) },
              },
            ],
          ]),
        );
      const hits = await hitsOf(backend, request({ collection, feature: features[2] }, vector, { topK: 5 }));
      expect(hits.filter(({ id }) => id === 'twice')).toEqual([{ id: 'twice', score: 0 }]);
    });
  });
}

function ownershipLaws(openBackend: () => Promise<SearchBackend>, raw: () => RawElasticsearch): void {
  describe('an index of somebody else', () => {
    const world = attachedWorld(raw, `attached-${process.pid}-own`);
    const { collection, features, documents } = world;
    let backend: SearchBackend;
    beforeAll(async () => {
      backend = await openBackend();
      await world.fill(backend);
    });
    afterAll(async () => {
      await backend.close();
      for (const index of world.indexes) await raw().remove(index);
    });

    test('is never written, whatever the backend is told', async () => {
      const before = await raw().send('GET', `/${collection.attached!.index}/_mapping`);
      await expect(backend.put(collection, documents.slice(0, 1))).rejects.toMatchObject({
        code: 'READ_ONLY',
      });
      await expect(backend.delete(collection, [documents[0]!.id])).rejects.toMatchObject({
        code: 'READ_ONLY',
      });
      const rewriting = backend.rewrite(collection, features, {
        revise: (some) => Promise.resolve(some),
        onProgress: () => undefined,
        onRevised: () => undefined,
        signal: new AbortController().signal,
      });
      await expect(rewriting).rejects.toMatchObject({ code: 'READ_ONLY' });
      expect(await backend.abandonRewrite(collection)).toBe(false);
      await backend.prepare(collection, features);
      await backend.drop(collection);
      expect((await backend.count(collection, [])).documents).toBe(400);
      expect(await raw().send('GET', `/${collection.attached!.index}/_mapping`)).toEqual(before);
    });

    test('fits what is declared as it is', async () => {
      expect(await backend.inspect(collection, features)).toEqual([]);
    });

    test('is refused when it is not there, closed, or one of the server’s own', async () => {
      const inspect = async (index: string): Promise<readonly string[]> => {
        const other: Collection = { ...collection, attached: { index, idField: null, routing: null } };
        return (await backend.inspect(other, features)).map(
          ({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`,
        );
      };
      const absent = `attached-${process.pid}-absent`;
      expect(await inspect(absent)).toEqual([`NOT_FOUND at index: there is no index or alias ${absent}`]);
      const [first] = world.indexes;
      await raw().send('POST', `/${first}/_close`);
      expect(await inspect(first)).toEqual([`INDEX_MISMATCH at index: ${first} is closed: open it first`]);
      await raw().send('POST', `/${first}/_open`);
      const managed = newCollection();
      await backend.prepare({ ...managed, fields: [] }, []);
      const [mine] = await inspect(`attached-${process.pid}-own-${managed.id}`);
      expect(mine).toContain('one of a server’s own indexes');
      await backend.drop({ ...managed, fields: [] });
    });

    test('is refused when the field that is to repeat the id says something else', async () => {
      const other: Collection = {
        ...collection,
        attached: { ...collection.attached!, idField: 'props.keyword.raw' },
      };
      const faults = await backend.inspect(other, features);
      expect(faults).toMatchObject([{ code: 'INDEX_MISMATCH', path: ['idField'] }]);
    });

    test('is refused with the name of the index behind the alias that does not fit', async () => {
      const odd = `attached-${process.pid}-odd`;
      await raw().send('PUT', `/${odd}`, {
        mappings: { ...ATTACHED_MAPPING, properties: { sku: { type: 'keyword' } } },
        aliases: { [collection.attached!.index]: {} },
      });
      const faults = await backend.inspect(
        { ...collection, fields: collection.fields.slice(0, 1) },
        features,
      );
      await raw().remove(odd);
      expect(faults.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
        `fields.0.path: in ${odd}: there is no field props.keyword.raw`,
        ...features.map(({ field }, at) => `features.${at}.field: in ${odd}: there is no field ${field}`),
      ]);
    });

    test('with a routing asks only the shards that documents of that routing are on', async () => {
      const routed = `attached-${process.pid}-routed`;
      await raw().send('PUT', `/${routed}`, {
        settings: { number_of_shards: 5, number_of_replicas: 0 },
        mappings: { ...ATTACHED_MAPPING, _routing: { required: true } },
      });
      const vector = Array.from(randomVector(seededRandom('routed')));
      // These two are on different shards of five.
      for (const shop of ['north', 'south'])
        await raw().fill(routed, new Map([[shop, { sku: shop, embeddings: { L2: vector } }]]), shop);
      const found = async (routing: string | null): Promise<readonly string[]> => {
        const other: Collection = { ...collection, attached: { index: routed, idField: 'sku', routing } };
        const one = request({ collection: other, feature: features[2] }, Float32Array.from(vector));
        const hits = (await hitsOf(backend, one)).map(({ id }) => id);
        const { documents: counted } = await backend.count(other, []);
        const listed = await backend.list(other, null, 10);
        const read = await backend.fetch(other, ['north', 'south'], { vectors: [] });
        expect(counted).toBe(hits.length);
        expect(listed.map(({ id }) => id)).toEqual(hits);
        expect([...read.keys()].sort()).toEqual(hits);
        return hits;
      };
      expect(await found(null)).toEqual(['north', 'south']);
      expect(await found('north')).toEqual(['north']);
      expect(await found('south')).toEqual(['south']);
      await raw().remove(routed);
    });
  });
}
