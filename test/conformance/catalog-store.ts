import { beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { uuidV7, type Uuid } from '../../src/engine/ids.ts';
import { NOW, someId } from '../support/fixtures.ts';
import type { CatalogStore } from '../../src/engine/collection/catalog-store.ts';
import type { Background, Collection, Feature } from '../../src/engine/collection/collection.ts';
import type { Retriever, RetrieverSpec, RetrieverVersion } from '../../src/engine/retriever/retriever.ts';

/** A store under test, and another one on the same definitions as another instance has it (the same where one is all). */
export interface OpenCatalog {
  readonly store: CatalogStore;
  readonly other: CatalogStore;
}

const HOSTILE = [`o'"\\;--`, '{"a":1}', 'émoji 🎬', '%_', 'ÿ', '\u{10000}', '\uffff', ' ', '../..'];
const ALL = { first: 100, after: null, count: true };

const collectionOf = (overrides: Partial<Collection> = {}): Collection => ({
  id: someId(),
  namespace: randomUUID(),
  name: 'films',
  fields: [{ name: 'title', type: 'TEXT', many: false }],
  createdAt: NOW,
  ...overrides,
});

const featureOf = (collectionId: Uuid, overrides: Partial<Feature> = {}): Feature => ({
  id: someId(),
  collectionId,
  uri: 'embed://hashing@1/title',
  field: 'title',
  dims: 384,
  similarity: 'COSINE',
  sourceFields: ['title', 'year'],
  embedder: 'OPENAI',
  model: 'small',
  background: null,
  createdAt: NOW,
  ...overrides,
});

const retrieverOf = (overrides: Partial<Retriever> = {}): Retriever => ({
  id: someId(),
  namespace: randomUUID(),
  name: 'search',
  latestVersion: 1,
  clonedFrom: null,
  createdAt: NOW,
  ...overrides,
});

const versionOf = (retriever: Retriever, version = 1, collection = 'films'): RetrieverVersion => ({
  retrieverId: retriever.id,
  version,
  spec: { collections: [collection], description: `version ${version}` } as unknown as RetrieverSpec,
  createdAt: NOW,
});

const BACKGROUND: Background = {
  mean: 0.1,
  deviation: 1e-6,
  documents: 1_000,
  pairs: 4_000,
  population: 6_462,
  measuredAt: NOW,
};

/** The laws of `CatalogStore`. */
export function catalogStoreLaws(open: () => Promise<OpenCatalog>): void {
  let store: CatalogStore;
  let other: CatalogStore;
  beforeAll(async () => {
    ({ store, other } = await open());
  });
  const laws = (): OpenCatalog => ({ store, other });
  describe('collections', () => collectionLaws(laws));
  describe('features', () => featureLaws(laws));
  describe('retrievers', () => retrieverLaws(laws));
}

function collectionLaws(laws: () => OpenCatalog): void {
  test('a collection is read back as it was written, by name and by id', async () => {
    const { store } = laws();
    const collection = collectionOf();
    expect(await store.insertCollection(collection)).toBe(true);
    expect(await store.collectionByName(collection.namespace, 'films')).toEqual(collection);
    expect(await store.collectionById(collection.namespace, collection.id)).toEqual(collection);
  });

  test('an attached collection comes with its features at once, or not at all', async () => {
    const { store } = laws();
    const attached = { index: 'goods', idField: 'sku', routing: null };
    const fields = [{ name: 'title', type: 'TEXT' as const, many: false, path: 'text.title' }];
    const collection = collectionOf({ attached, fields });
    const features = ['b', 'a'].map((field) =>
      featureOf(collection.id, { field: `vectors.${field}`, uri: `embed://shop@1/${field}` }),
    );
    expect(await store.insertCollection(collection, features)).toBe(true);
    expect(await store.collectionById(collection.namespace, collection.id)).toEqual(collection);
    expect(await store.featuresOf(collection.id)).toEqual(features);
    const late = collectionOf({ namespace: collection.namespace, attached });
    expect(await store.insertCollection(late, [featureOf(late.id)])).toBe(false);
    expect(await store.featuresOf(late.id)).toEqual([]);
  });

  test('a name is taken once per namespace; another namespace does not see it', async () => {
    const { store } = laws();
    const first = collectionOf();
    await store.insertCollection(first);
    expect(await store.insertCollection(collectionOf({ namespace: first.namespace }))).toBe(false);
    const elsewhere = collectionOf();
    expect(await store.insertCollection(elsewhere)).toBe(true);
    expect(await store.collectionById(elsewhere.namespace, first.id)).toBeNull();
    expect(await store.deleteCollection(elsewhere.namespace, first.id)).toBe(false);
    expect(await store.collectionById(first.namespace, first.id)).toEqual(first);
  });

  test('of two instances that take one name at once, exactly one gets it', async () => {
    const { store, other } = laws();
    for (let round = 0; round < 10; round += 1) {
      const namespace = randomUUID();
      const taken = await Promise.all(
        [store, other].map((one) => one.insertCollection(collectionOf({ namespace }))),
      );
      expect(taken.sort()).toEqual([false, true]);
    }
  });

  test('pages go in order of the UTF-8 bytes of the name, hostile names included', async () => {
    const { store } = laws();
    const namespace = randomUUID();
    for (const name of HOSTILE) await store.insertCollection(collectionOf({ namespace, name }));
    const sorted = [...HOSTILE].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await store.collections(namespace, { first: 2, after, count: true });
      expect(page.total).toBe(HOSTILE.length);
      seen.push(...page.rows.map(({ value }) => value.name));
      if (!page.hasNextPage) break;
      after = page.rows.at(-1)!.key;
    }
    expect(seen).toEqual(sorted);
  });

  test('deleting a collection removes its features', async () => {
    const { store } = laws();
    const collection = collectionOf();
    await store.insertCollection(collection);
    const feature = featureOf(collection.id);
    await store.insertFeature(feature);
    expect(await store.deleteCollection(collection.namespace, collection.id)).toBe(true);
    expect(await store.deleteCollection(collection.namespace, collection.id)).toBe(false);
    expect(await store.featureById(collection.namespace, feature.id)).toBeNull();
    expect(await store.featuresOf(collection.id)).toEqual([]);
  });
}

function featureLaws(laws: () => OpenCatalog): void {
  test('features come in order of registration and are seen in their namespace only', async () => {
    const { store } = laws();
    const collection = collectionOf();
    await store.insertCollection(collection);
    const features = ['c', 'a', 'b'].map((field) =>
      featureOf(collection.id, { field, uri: `embed://hashing@1/${field}` }),
    );
    for (const feature of features) expect(await store.insertFeature(feature)).toBe('ok');
    expect(await store.featuresOf(collection.id)).toEqual(features);
    expect(await store.featureById(collection.namespace, features[0]!.id)).toEqual(features[0]);
    expect(await store.featureById(randomUUID(), features[0]!.id)).toBeNull();
  });

  test('says whether the URI or the field is taken', async () => {
    const { store } = laws();
    const collection = collectionOf();
    await store.insertCollection(collection);
    await store.insertFeature(featureOf(collection.id));
    expect(await store.insertFeature(featureOf(collection.id, { field: 'other' }))).toBe('uri');
    expect(await store.insertFeature(featureOf(collection.id, { uri: 'embed://hashing@2/title' }))).toBe(
      'field',
    );
  });

  test('a background is set, replaced, and with onlyIfMissing the first of two writers wins', async () => {
    const { store, other } = laws();
    const collection = collectionOf();
    await store.insertCollection(collection);
    const feature = featureOf(collection.id);
    await store.insertFeature(feature);
    const missing = await store.featuresWithoutBackground();
    expect(missing).toContainEqual({ collection, feature });
    const written = await Promise.all(
      [store, other].map((one, index) =>
        one.setBackground(feature.id, { ...BACKGROUND, mean: index + 0.1 }, true),
      ),
    );
    expect([...written].sort()).toEqual([false, true]);
    const winner = { ...BACKGROUND, mean: written.indexOf(true) + 0.1 };
    expect((await store.featuresOf(collection.id))[0]!.background).toEqual(winner);
    expect(await store.setBackground(feature.id, BACKGROUND, false)).toBe(true);
    expect((await store.featureById(collection.namespace, feature.id))!.background).toEqual(BACKGROUND);
    expect(await store.featuresWithoutBackground()).not.toContainEqual(expect.objectContaining({ feature }));
  });
}

function retrieverLaws(laws: () => OpenCatalog): void {
  test('a retriever and its versions are read back as they were written', async () => {
    const { store } = laws();
    const origin = { retrieverId: someId(), version: 7 };
    const retriever = retrieverOf({ clonedFrom: origin });
    expect(await store.insertRetriever(retriever, versionOf(retriever))).toBe(true);
    expect(await store.retrieverByName(retriever.namespace, 'search')).toEqual(retriever);
    expect(await store.retrieverById(retriever.namespace, retriever.id)).toEqual(retriever);
    expect(await store.retrieverById(randomUUID(), retriever.id)).toBeNull();
    expect(await store.version(retriever.id, 1)).toEqual(versionOf(retriever));
    expect(await store.version(retriever.id, 2)).toBeNull();
  });

  test('a taken name leaves nothing behind', async () => {
    const { store } = laws();
    const first = retrieverOf();
    await store.insertRetriever(first, versionOf(first));
    const second = retrieverOf({ namespace: first.namespace });
    expect(await store.insertRetriever(second, versionOf(second))).toBe(false);
    expect(await store.version(second.id, 1)).toBeNull();
  });

  test('versions have no gaps: only latest + 1 is appended, by one of two instances at once', async () => {
    const { store, other } = laws();
    const retriever = retrieverOf();
    await store.insertRetriever(retriever, versionOf(retriever));
    expect(await store.appendVersion(versionOf(retriever, 3))).toBe(false);
    expect(await store.appendVersion(versionOf(retriever, 1))).toBe(false);
    for (let version = 2; version < 6; version += 1) {
      const appended = await Promise.all(
        [store, other].map((one) => one.appendVersion(versionOf(retriever, version))),
      );
      expect(appended.sort()).toEqual([false, true]);
    }
    const page = await store.versions(retriever.id, { first: 3, after: null, count: true });
    expect(page.rows.map(({ value }) => value.version)).toEqual([5, 4, 3]);
    expect([page.hasNextPage, page.total]).toEqual([true, 5]);
    const rest = await store.versions(retriever.id, { first: 3, after: page.rows[2]!.key, count: false });
    expect(rest.rows.map(({ key }) => key)).toEqual(['2', '1']);
    expect([rest.hasNextPage, rest.total]).toEqual([false, null]);
    expect((await store.retrieverById(retriever.namespace, retriever.id))!.latestVersion).toBe(5);
  });

  test('deleting a retriever removes its versions and frees its name', async () => {
    const { store } = laws();
    const retriever = retrieverOf();
    await store.insertRetriever(retriever, versionOf(retriever));
    expect(await store.deleteRetriever(randomUUID(), retriever.id)).toBe(false);
    expect(await store.deleteRetriever(retriever.namespace, retriever.id)).toBe(true);
    expect(await store.version(retriever.id, 1)).toBeNull();
    expect((await store.retrievers(retriever.namespace, ALL)).total).toBe(0);
    const again = retrieverOf({ namespace: retriever.namespace, id: uuidV7(new Date()) });
    expect(await store.insertRetriever(again, versionOf(again))).toBe(true);
  });

  test('names the retrievers whose latest version uses a collection', async () => {
    const { store } = laws();
    const namespace = randomUUID();
    for (const [name, collections] of [
      ['moved away', ['films', 'books']],
      ['uses', ['books', `o'"films`]],
    ] as const) {
      const retriever = retrieverOf({ namespace, name });
      await store.insertRetriever(retriever, versionOf(retriever, 1, collections[0]));
      await store.appendVersion(versionOf(retriever, 2, collections[1]));
    }
    expect(await store.retrieversUsing(namespace, 'films')).toEqual([]);
    expect(await store.retrieversUsing(namespace, 'books')).toEqual(['moved away']);
    expect(await store.retrieversUsing(namespace, `o'"films`)).toEqual(['uses']);
    expect(await store.retrieversUsing(randomUUID(), 'books')).toEqual([]);
  });

  test('names the retrievers whose latest version searches a feature in a collection', async () => {
    const { store } = laws();
    const namespace = randomUUID();
    const uri = `embed://o'"@1/title`;
    for (const [name, searched] of [
      ['both', ['embed://other@1/title', uri]],
      ['other', ['embed://other@1/title']],
    ] as const) {
      const retriever = retrieverOf({ namespace, name });
      const version = versionOf(retriever, 1, 'books');
      const searches = searched.map((feature) => ({ feature, input: '' }));
      const spec = { ...version.spec, searches } as unknown as RetrieverSpec;
      await store.insertRetriever(retriever, { ...version, spec });
    }
    expect(await store.retrieversUsing(namespace, 'books', uri)).toEqual(['both']);
    expect(await store.retrieversUsing(namespace, 'books', 'embed://other@1/title')).toEqual([
      'both',
      'other',
    ]);
    expect(await store.retrieversUsing(namespace, 'films', uri)).toEqual([]);
    expect(await store.retrieversUsing(namespace, 'books', 'embed://none@1/title')).toEqual([]);
  });

  test('removes a feature, whose URI and field are free again', async () => {
    const { store, other } = laws();
    const collection = collectionOf();
    await store.insertCollection(collection);
    const feature = featureOf(collection.id);
    await store.insertFeature(feature);
    expect(await other.featuresOf(collection.id)).toHaveLength(1);
    expect(await store.deleteFeature(feature.id)).toBe(true);
    expect(await store.deleteFeature(feature.id)).toBe(false);
    expect(await store.featuresOf(collection.id)).toEqual([]);
    expect(await store.insertFeature(featureOf(collection.id, { id: someId() }))).toBe('ok');
  });
}
