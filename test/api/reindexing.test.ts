import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addFeature, addLibrary, addRetriever, BOOKS, MUTATIONS, TASTE, TITLE } from '../support/library.ts';
import {
  DELETE_FEATURE,
  REGISTER,
  REINDEX,
  reindexBooks,
  REINDEXING,
  type ReindexingState,
} from '../support/reindexing.ts';
import { openDocumentApi, type DocumentApi } from '../support/documents.ts';
import { refusal } from '../../src/engine/errors.ts';
import type { Embedders } from '../../src/engine/embedding/embedder.ts';

const TITLE_2 = 'embed://hashing@2/title';
const SECOND = {
  collection: 'books',
  uri: TITLE_2,
  field: 'titleVector2',
  dims: 32,
  sourceFields: ['title'],
  embedder: 'HASHING',
};
const specOf = (feature: string): Readonly<Record<string, unknown>> => ({
  collections: ['books'],
  inputs: [{ name: 'query', type: 'TEXT', required: true }],
  searches: [{ feature, input: '{{INPUT.query}}' }],
});
const SEARCH = `{ execute(retriever: "titles", learn: false, inputs: [{ name: "query", text: "sea" }]) {
  hits { nodes { documentId } } } }`;

let api: DocumentApi;
beforeAll(async () => {
  api = await openDocumentApi();
});
afterAll(() => api.close());

const reindex = (input: object, options = {}): Promise<ReindexingState['collection']> =>
  reindexBooks(api, input, options);
const vectorsOf = async (id: string): Promise<ReadonlyMap<string, string>> =>
  new Map((await api.read(id))?.vectors.map(({ feature, vector }) => [feature, vector]));

describe('reindexCollection', () => {
  test('there is none before the first one', async () => {
    const { collection } = await api.ask<ReindexingState>(REINDEXING, { name: 'books' });
    expect(collection.reindexing).toBeNull();
  });

  test('gives documents the vectors of a new version of a model, which a new version of a retriever searches', async () => {
    await addRetriever(api, 'titles', specOf(TITLE));
    await addFeature(api, SECOND);
    expect((await vectorsOf('sea')).has(TITLE_2)).toBe(false);
    const { reindexing, documentCount } = await reindex({ embed: [TITLE_2] });
    expect(reindexing).toMatchObject({
      state: 'DONE',
      documents: BOOKS.length,
      total: BOOKS.length,
      embedded: BOOKS.length,
      reason: null,
    });
    expect(Date.parse(reindexing!.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(reindexing!.startedAt));
    expect(documentCount).toBe(BOOKS.length);
    await api.ask(
      `mutation ($spec: RetrieverSpecInput!) { updateRetriever(input: { retriever: "titles", expectedVersion: 1, spec: $spec }) {
         retriever { latestVersion } userErrors { code message } } }`,
      { spec: specOf(TITLE_2) },
    );
    expect(await api.ask(SEARCH)).toMatchObject({
      execute: { hits: { nodes: expect.arrayContaining([{ documentId: 'sea' }]) } },
    });
  });

  test('embeds anew only what is named, and leaves ready vectors alone', async () => {
    const ready = [{ feature: TITLE, vector: [1, ...Array<number>(63).fill(0)] }];
    await api.index([{ id: 'ready', fields: { title: 'Ready made' }, vectors: ready }]);
    const before = await vectorsOf('ready');
    expect((await reindex({})).reindexing).toMatchObject({ state: 'DONE', embedded: 0 });
    expect(await vectorsOf('ready')).toEqual(before);
    await reindex({ embed: [TITLE] });
    expect((await vectorsOf('ready')).get(TITLE)).not.toBe(before.get(TITLE));
    expect((await vectorsOf('ready')).get(TITLE_2)).toBe(before.get(TITLE_2));
  });

  test('that fails says why and changes nothing', async () => {
    const embedder: Embedders = {
      embed: () => Promise.reject(refusal('EMBEDDING_FAILED', 'no such model')),
      whyNot: () => null,
    };
    const before = await vectorsOf('sea');
    const { reindexing } = await reindex({ embed: [TITLE] }, { ports: { embedder } });
    expect(reindexing).toMatchObject({
      state: 'FAILED',
      reason: expect.stringContaining('cannot be embedded'),
      refused: BOOKS.length + 1,
      refusedDocuments: expect.arrayContaining([{ documentId: 'sea', reason: `${TITLE}: no such model` }]),
    });
    expect(await vectorsOf('sea')).toEqual(before);
    expect((await reindex({})).reindexing).toMatchObject({ state: 'DONE', reason: null });
  });

  test('is refused while one runs, and runs again after that', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const hold: Embedders = {
      embed: async (...asked) => {
        await held;
        return api.ports.embedder.embed(...asked);
      },
      whyNot: () => null,
    };
    const input = { collection: 'books', embed: [TITLE] };
    await api.ask(REINDEX, { input }, { ports: { embedder: hold } });
    expect(await api.ask(REINDEX, { input })).toEqual({
      reindexCollection: {
        collection: null,
        userErrors: [{ __typename: 'AlreadyRunningError', code: 'ALREADY_RUNNING', path: ['collection'] }],
      },
    });
    const { collection } = await api.ask<ReindexingState>(REINDEXING, { name: 'books' });
    expect(collection.reindexing).toMatchObject({ state: 'RUNNING', finishedAt: null });
    goOn();
    await api.ports.jobs.settle();
    expect((await reindex({})).reindexing?.state).toBe('DONE');
  });

  test('ends where the collection is deleted meanwhile, and one of the same name begins anew', async () => {
    await addLibrary(api, 'short-lived');
    let [begun, goOn] = [(): void => undefined, (): void => undefined];
    const asked = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const hold: Embedders = {
      embed: async (...given) => {
        begun();
        await held;
        return api.ports.embedder.embed(...given);
      },
      whyNot: () => null,
    };
    const input = { collection: 'short-lived', embed: [TITLE] };
    await api.ask(REINDEX, { input }, { ports: { embedder: hold } });
    await asked;
    const remove = 'mutation { deleteCollection(input: { collection: "short-lived" }) { deleted } }';
    expect(await api.ask(remove)).toEqual({ deleteCollection: { deleted: 'short-lived' } });
    goOn();
    await api.ports.jobs.settle();
    await addLibrary(api, 'short-lived');
    const { collection } = await api.ask<ReindexingState>(REINDEXING, { name: 'short-lived' });
    expect(collection).toEqual({ documentCount: BOOKS.length, reindexing: null });
    await api.ask(remove);
  });

  test('is refused whole for features that cannot be embedded', async () => {
    const input = { collection: 'books', embed: ['nope', TASTE, TITLE, TITLE] };
    expect((await api.refused(REINDEX, { input })).faults).toEqual([
      'UNKNOWN_FEATURE at embed.0',
      'INVALID_VALUE at embed.1',
      'DUPLICATE at embed.3',
    ]);
    expect(await api.ask(REINDEX, { input: { collection: 'nope' } })).toMatchObject({
      reindexCollection: { userErrors: [{ code: 'NOT_FOUND', path: ['collection'] }] },
    });
  });
});

describe('deleteFeature', () => {
  test('is refused while a retriever searches the feature', async () => {
    expect(await api.ask(DELETE_FEATURE, { input: { collection: 'books', uri: TITLE_2 } })).toEqual({
      deleteFeature: { deleted: null, userErrors: [{ code: 'IN_USE', path: ['uri'], usedBy: ['titles'] }] },
    });
  });

  test('removes it; its vectors are gone after a reindexing, and a feature in the same field begins empty', async () => {
    expect(await api.ask(DELETE_FEATURE, { input: { collection: 'books', uri: TITLE } })).toEqual({
      deleteFeature: { deleted: TITLE, userErrors: [] },
    });
    expect((await vectorsOf('sea')).has(TITLE)).toBe(false);
    await reindex({});
    const input = { ...SECOND, uri: 'embed://hashing@3/title', field: 'titleVector', embedder: 'NONE' };
    expect(await api.ask(REGISTER, { input })).toEqual({
      registerFeature: { feature: { uri: input.uri }, userErrors: [] },
    });
    expect([...(await vectorsOf('sea')).keys()].sort()).toEqual([TASTE, TITLE_2].sort());
    await api.ask(MUTATIONS.documents, {
      input: { collection: 'books', documents: [{ id: 'after', fields: { title: 'Sea after' } }] },
    });
    expect([...(await vectorsOf('after')).keys()]).toEqual([TITLE_2]);
  });

  test('refuses what is not there', async () => {
    expect(await api.ask(DELETE_FEATURE, { input: { collection: 'books', uri: 'nope' } })).toMatchObject({
      deleteFeature: { deleted: null, userErrors: [{ code: 'NOT_FOUND', path: ['uri'] }] },
    });
  });
});
