import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addFeature } from '../support/library.ts';
import { openDocumentApi, REMOVE, type DocumentApi } from '../support/documents.ts';
import { reindexBooks } from '../support/reindexing.ts';
import { refusal } from '../../src/engine/errors.ts';
import type { Embedders } from '../../src/engine/embedding/embedder.ts';

const TITLE_2 = 'embed://hashing@2/title';
const refused = ['bad 3', 'bad 7'];
let asked = 0;
let api: DocumentApi;
/** Refuses every request that holds such a text, as servers do. */
const embedder: Embedders = {
  embed: (feature, texts, deadline) => {
    asked += 1;
    if (texts.some((text) => text.startsWith('Poison')))
      return Promise.reject(refusal('EMBEDDING_FAILED', 'the text is too long'));
    return api.ports.embedder.embed(feature, texts, deadline);
  },
  whyNot: () => null,
};
const listed = (ids: readonly string[]): object =>
  expect.arrayContaining(
    ids.map((documentId) => ({ documentId, reason: `${TITLE_2}: the text is too long` })),
  );
beforeAll(async () => {
  api = await openDocumentApi();
  await api.index(
    Array.from({ length: 250 }, (_, place) => ({
      id: `good ${place}`,
      fields: { title: `Sea ${place}` },
    })),
  );
  await api.index(refused.map((id) => ({ id, fields: { title: `Poison ${id}` } })));
  await addFeature(api, {
    collection: 'books',
    uri: TITLE_2,
    field: 'titleVector2',
    dims: 32,
    sourceFields: ['title'],
    embedder: 'HASHING',
  });
});
afterAll(() => api.close());

const hasNew = async (id: string): Promise<boolean> =>
  (await api.read(id))?.vectors.some(({ feature }) => feature === TITLE_2) ?? false;

describe('a reindexing whose embedder refuses texts', () => {
  test('looks at all documents, lists those that were refused, and changes nothing', async () => {
    const { reindexing, documentCount } = await reindexBooks(api, {}, { ports: { embedder } });
    expect(reindexing).toMatchObject({
      state: 'FAILED',
      reason: 'the texts of 2 documents cannot be embedded; see refusedDocuments',
      documents: documentCount,
      embedded: documentCount - refused.length,
      refused: refused.length,
      refusedDocuments: listed(refused),
    });
    expect(reindexing!.refusedDocuments).toHaveLength(refused.length);
    expect(await hasNew('good 0')).toBe(false);
  });

  test('leaves those out where it is told so, and embeds the others', async () => {
    const { reindexing, documentCount } = await reindexBooks(
      api,
      { refusedTexts: 'LEAVE_OUT' },
      { ports: { embedder } },
    );
    expect(reindexing).toMatchObject({
      state: 'DONE',
      reason: null,
      documents: documentCount,
      embedded: documentCount - refused.length,
      refused: refused.length,
      refusedDocuments: listed(refused),
    });
    for (const id of ['good 0', 'good 249', 'sea']) expect(await hasNew(id)).toBe(true);
    for (const id of refused) expect(await hasNew(id)).toBe(false);
    // Again: the same ones are refused, nothing else is to be made.
    expect(
      (await reindexBooks(api, { refusedTexts: 'LEAVE_OUT' }, { ports: { embedder } })).reindexing,
    ).toMatchObject({ state: 'DONE', embedded: 0, refused: 2 });
  });

  test('lists the first twenty, and counts all', async () => {
    const more = Array.from({ length: 25 }, (_, place) => `worse ${place}`);
    await api.index(more.map((id) => ({ id, fields: { title: `Poison ${id}` } })));
    const { reindexing } = await reindexBooks(api, { embed: [TITLE_2] }, { ports: { embedder } });
    expect(reindexing).toMatchObject({ state: 'FAILED', refused: 27 });
    expect(reindexing!.refusedDocuments).toHaveLength(20);
    await api.ask(REMOVE, { input: { collection: 'books', ids: more } });
  });

  test('ends soon where all of them are refused, and gives up no vectors for that', async () => {
    const before = (await api.read('good 0'))!;
    asked = 0;
    const all: Embedders = {
      embed: () => {
        asked += 1;
        return Promise.reject(refusal('EMBEDDING_FAILED', 'no such model'));
      },
      whyNot: () => null,
    };
    for (const refusedTexts of ['FAIL', 'LEAVE_OUT']) {
      const input = { embed: [TITLE_2], refusedTexts };
      expect((await reindexBooks(api, input, { ports: { embedder: all } })).reindexing).toMatchObject({
        state: 'FAILED',
        reason: `20 texts were refused and none was embedded; ${TITLE_2}: no such model`,
      });
    }
    expect(asked).toBeLessThan(2 * 60);
    expect(await api.read('good 0')).toEqual(before);
  });
});
