/** Laws of storing, reading back and removing documents. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareUtf8 } from '../../src/engine/ids.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { hitsOf, type OpenBackend } from './search-backend.ts';
import {
  DIMS,
  newCollection,
  newFeature,
  randomDocuments,
  randomVector,
  request,
} from './search-backend-world.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type { SearchBackend } from '../../src/engine/search/search-backend.ts';

const ONE = Float32Array.from({ length: DIMS }, () => 1);
const LONG_MILLISECONDS = 20_000;
const IDS = [
  'plain',
  `${'x'.repeat(508)}😀`,
  '"quotes" and \\ backslash',
  'a/b/../c?d#e&f=%2F',
  " spaces and\ttabs\nand 'ends' ",
  '😀',
  '\uffee after surrogates in UTF-16, before in UTF-8',
  '{"json": [1]}',
  'null',
  '_underscore',
  '..',
  '$1; drop table document; --',
];

interface Stage {
  readonly collection: Collection;
  readonly features: readonly [Feature, Feature];
}

export function storageLaws(open: () => Promise<OpenBackend>): void {
  let opened: OpenBackend;
  const stages: Stage[] = [];
  /** A collection of its own for a test. */
  const stage = async (): Promise<Stage & { readonly backend: SearchBackend }> => {
    const collection = newCollection();
    const features = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    await opened.backend.prepare(collection, features);
    await opened.backend.prepare(collection, features);
    stages.push({ collection, features });
    return { backend: opened.backend, collection, features };
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    for (const { collection } of stages) await opened.backend.drop(collection);
    await opened.end();
  });

  describe('storing', () => {
    test('says which documents were there, and replaces them whole', async () => {
      const { backend, collection, features } = await stage();
      const [a, b, c] = randomDocuments(features, 3, 'replace') as [Document, Document, Document];
      expect(await backend.put(collection, [a, b])).toEqual([false, false]);
      const bare: Document = { id: b.id, fields: new Map([['keyword', 'new']]), vectors: new Map() };
      expect(await backend.put(collection, [c, bare])).toEqual([false, true]);
      expect(await backend.fetch(collection, [b.id], { vectors: features })).toEqual(new Map([[b.id, bare]]));
      for (const feature of features) {
        const hits = await hitsOf(backend, request({ collection, feature }, ONE));
        expect(hits.map(({ id }) => id)).not.toContain(b.id);
      }
    });

    test('round-trips ids of any characters, fields and vectors exactly', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, IDS.length, 'ids').map((document, index): Document => ({
        ...document,
        id: IDS[index]!,
        vectors: new Map([[features[0].id, Float32Array.from({ length: DIMS }, (_, i) => (i + 1) / 3)]]),
      }));
      await backend.put(collection, documents);
      const read = await backend.fetch(collection, [...IDS, 'absent'], { vectors: features });
      expect(read).toEqual(new Map(documents.map((document) => [document.id, document])));
      const without = await backend.fetch(collection, IDS, { vectors: [] });
      expect([...without.values()].every(({ vectors }) => vectors.size === 0)).toBe(true);
      const hits = await hitsOf(backend, request({ collection, feature: features[0] }, ONE, { topK: 100 }));
      // All have the same vector, hence the same score: the order is that of the ids' bytes.
      expect(hits.map(({ id }) => id)).toEqual(IDS.toSorted(compareUtf8));
      expect(await backend.delete(collection, IDS)).toEqual(IDS.map(() => true));
      expect((await backend.count(collection, [])).documents).toBe(0);
    });

    test('stores a batch whole or not at all', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, 20, 'whole');
      const broken: Document = {
        id: 'broken',
        fields: new Map(),
        vectors: new Map([[features[0].id, new Float32Array(DIMS + 1).fill(1)]]),
      };
      await expect(backend.put(collection, [...documents, broken])).rejects.toMatchObject({
        code: 'WRONG_DIMENSIONS',
      });
      expect((await backend.count(collection, [])).documents).toBe(0);
    });

    test('with searchable soon a document is durable at once, and found some moments later', async () => {
      const { backend, collection, features } = await stage();
      const [feature] = features;
      const documents = Array.from({ length: 30 }, (_, index): Document => ({
        id: `soon ${index}`,
        fields: new Map(),
        vectors: new Map([[feature.id, ONE]]),
      }));
      const soon = { searchable: 'soon' } as const;
      expect(await backend.put(collection, documents, soon)).toEqual(documents.map(() => false));
      const ids = documents.map(({ id }) => id);
      expect((await backend.fetch(collection, ids, { vectors: features })).size).toBe(30);
      expect(await backend.put(collection, documents.slice(0, 3), soon)).toEqual([true, true, true]);
      const end = performance.now() + LONG_MILLISECONDS;
      let found = 0;
      while (found < 30 && performance.now() < end)
        found = (await hitsOf(backend, request({ collection, feature }, ONE, { topK: 100 }))).length;
      expect(found).toBe(30);
    });

    test('takes an empty batch', async () => {
      const { backend, collection, features } = await stage();
      expect(await backend.put(collection, [])).toEqual([]);
      expect(await backend.delete(collection, [])).toEqual([]);
      expect(await backend.fetch(collection, [], { vectors: features })).toEqual(new Map());
    });
  });

  describe('removing', () => {
    test('removes from every search and count, and says what was there', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, 60, 'remove');
      await backend.put(collection, documents);
      const gone = documents.filter((_, index) => index % 3 === 0).map(({ id }) => id);
      const said = await backend.delete(collection, [...gone, 'never there']);
      expect(said).toEqual([...gone.map(() => true), false]);
      expect(await backend.delete(collection, gone)).toEqual(gone.map(() => false));
      const rest = documents.filter(({ id }) => !gone.includes(id));
      for (const feature of features) {
        const hits = await hitsOf(backend, request({ collection, feature }, ONE, { topK: 100 }));
        expect(hits.map(({ id }) => id).sort()).toEqual(
          rest.flatMap(({ id, vectors }) => (vectors.has(feature.id) ? [id] : [])).sort(),
        );
      }
      expect((await backend.count(collection, [])).documents).toBe(rest.length);
    });

    test('drops a collection, again and again, and leaves the others', async () => {
      const one = await stage();
      const other = await stage();
      const { backend } = one;
      await backend.put(one.collection, randomDocuments(one.features, 5, 'one'));
      await backend.put(other.collection, randomDocuments(other.features, 7, 'other'));
      await backend.drop(one.collection);
      await backend.drop(one.collection);
      expect((await backend.count(other.collection, [])).documents).toBe(7);
      await backend.prepare(one.collection, one.features);
      expect((await backend.count(one.collection, [])).documents).toBe(0);
      const [feature] = one.features;
      expect(await hitsOf(backend, request({ collection: one.collection, feature }, ONE))).toEqual([]);
    });
  });

  describe('reading', () => {
    test('lists pages in UTF-8 order of ids, each document once, without vectors', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, 25, 'list');
      await backend.put(collection, documents);
      const listed: Document[] = [];
      for (let after: string | null = null; ; after = listed.at(-1)!.id) {
        const page: readonly Document[] = await backend.list(collection, after, 10);
        listed.push(...page);
        if (page.length < 10) break;
      }
      expect(listed).toEqual(
        documents
          .map((document) => ({ ...document, vectors: new Map() }))
          .sort((a, b) => compareUtf8(a.id, b.id)),
      );
    });

    test('counts documents, and those with each feature', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, 40, 'count');
      await backend.put(collection, documents);
      const having = (feature: Feature): number =>
        documents.filter(({ vectors }) => vectors.has(feature.id)).length;
      const counts = await backend.count(collection, features);
      expect(counts.documents).toBe(40);
      for (const feature of features) expect(counts.features.get(feature.id)).toBe(having(feature));
    });

    test('samples the same vectors for the same seed, others for another, each document once', async () => {
      const { backend, collection, features } = await stage();
      const random = seededRandom('sample');
      const [feature] = features;
      const documents = Array.from({ length: 200 }, (_, index): Document => {
        const vector = randomVector(random);
        vector[0] = index + 1;
        return { id: `s${index}`, fields: new Map(), vectors: new Map([[feature.id, vector]]) };
      });
      await backend.put(collection, documents);
      const sample = async (seed: string, limit: number): Promise<readonly number[]> =>
        (await backend.sample(collection, feature, limit, seed)).map((vector) => vector[0]!);
      const first = await sample('a', 50);
      expect(new Set(first).size).toBe(50);
      expect(await sample('a', 50)).toEqual(first);
      expect((await sample('b', 50)).toSorted()).not.toEqual(first.toSorted());
      expect(new Set(await sample('a', 1000)).size).toBe(200);
      // The mean of 50 of 1..200 without replacement: 100.5 ± 4 · 57.9 · sqrt(150/199/50) = 28.5.
      expect(Math.abs(first.reduce((sum, one) => sum + one, 0) / 50 - 100.5)).toBeLessThan(28.5);
    });

    test('finds everything again after it was closed and opened', async () => {
      const { backend, collection, features } = await stage();
      const documents = randomDocuments(features, 50, 'reopen');
      await backend.put(collection, documents);
      await backend.delete(collection, [documents[0]!.id]);
      const asked = features.map((feature) => request({ collection, feature }, ONE, { topK: 100 }));
      const before = await Promise.all(asked.map((one) => hitsOf(backend, one)));
      opened = await opened.reopen();
      expect(await Promise.all(asked.map((one) => hitsOf(opened.backend, one)))).toEqual(before);
      expect((await opened.backend.count(collection, [])).documents).toBe(49);
    });
  });

  test('searches while documents are put and removed: every answer is in order and without doubles', async () => {
    const { backend, collection, features } = await stage();
    const [feature] = features;
    // Three writers at once, each with documents of its own; the second batch of each replaces its first in part.
    const writers = [0, 1, 2].map((writer) =>
      ['first', 'second'].map((batch) =>
        randomDocuments(features, 30, `${writer} ${batch}`).map((document) => ({
          ...document,
          id: `${writer} ${document.id}`,
        })),
      ),
    );
    let writing = true;
    const writes = Promise.all(
      writers.map(async (batches) => {
        for (const batch of batches) await backend.put(collection, batch);
      }),
    ).finally(() => {
      writing = false;
    });
    do {
      const hits = await hitsOf(backend, request({ collection, feature }, ONE, { topK: 100 }));
      expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length);
      expect(hits).toEqual(hits.toSorted((a, b) => b.score - a.score || compareUtf8(a.id, b.id)));
    } while (writing);
    await writes;
    const last = new Map(writers.flat(2).map((document) => [document.id, document]));
    const having = [...last.values()].filter(({ vectors }) => vectors.has(feature.id));
    const hits = await hitsOf(backend, request({ collection, feature }, ONE, { topK: 200 }));
    expect((await backend.count(collection, [])).documents).toBe(last.size);
    expect(hits.map(({ id }) => id).sort()).toEqual(having.map(({ id }) => id).sort());
  });

  test('says that it answers', async () => {
    await expect(opened.backend.check()).resolves.toBeUndefined();
  });
}
