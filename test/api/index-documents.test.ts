import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { INDEX, faultsOf, openDocumentApi, type DocumentApi } from '../support/documents.ts';
import { TASTE, TITLE } from '../support/library.ts';
import { encodeVector } from '../../src/engine/vector.ts';
import { refusal } from '../../src/engine/errors.ts';
import type { Embedders } from '../../src/engine/embedding/embedder.ts';

let api: DocumentApi;
beforeAll(async () => {
  api = await openDocumentApi();
});
afterAll(() => api.close());

describe('indexDocuments', () => {
  test('tells created from replaced documents, and stores them whole', async () => {
    const document = { id: 'new', fields: { title: 'First', year: 1, addedAt: '2024-05-01', inStock: true } };
    expect((await api.index([document])).indexDocuments).toEqual({
      indexed: 1,
      refused: 0,
      results: [{ index: 0, documentId: 'new', status: 'CREATED', faults: [] }],
      userErrors: [],
    });
    expect((await api.read('new'))?.fields).toEqual({
      title: 'First',
      year: 1,
      addedAt: '2024-05-01T00:00:00.000Z',
      inStock: true,
    });
    const again = await api.index([{ id: 'new', fields: { tags: ['a', 'b'] } }]);
    expect(again.indexDocuments.results[0]?.status).toBe('REPLACED');
    expect((await api.read('new'))?.fields).toEqual({ tags: ['a', 'b'] });
  });

  test('a vector can be a list of numbers or base64 of little-endian float32', async () => {
    const base64 = encodeVector(Float32Array.of(0.25, -3));
    await api.index([
      { id: 'list', vectors: [{ feature: TASTE, vector: [0.25, -3] }] },
      { id: 'text', vectors: [{ feature: 'taste', vector: base64 }] },
    ]);
    for (const id of ['list', 'text'])
      expect((await api.read(id))?.vectors).toEqual([{ feature: TASTE, vector: base64 }]);
  });

  test('a vector literal in the document itself is read like a variable', async () => {
    const literal = `mutation ($title: String!) { indexDocuments(input: { collection: "books", documents: [
      { id: "literal", fields: { title: $title, year: 3 }, vectors: [{ feature: "taste", vector: [0.5, 1e0, 2] }] }
      { id: "mixed", fields: { title: $title, year: 3 }, vectors: [{ feature: "taste", vector: [0.5, 2] }] }
    ] }) { results { faults { code } } } }`;
    expect(await api.ask(literal, { title: 'Lit' })).toEqual({
      indexDocuments: { results: [{ faults: [{ code: 'WRONG_DIMENSIONS' }] }, { faults: [] }] },
    });
    const mixed = await api.read('mixed');
    expect(mixed?.fields).toEqual({ title: 'Lit', year: 3 });
    expect(mixed?.vectors[0]?.vector).toBe(encodeVector(Float32Array.of(0.5, 2)));
  });

  test('text is embedded where no vector is given; null and a text without words leave the feature out', async () => {
    await api.index([
      { id: 'made', fields: { title: 'The quiet sea' } },
      { id: 'nulled', fields: { title: 'The quiet sea' }, vectors: [{ feature: TITLE, vector: null }] },
      { id: 'wordless', fields: { title: '…' } },
    ]);
    const features = async (id: string): Promise<readonly string[] | undefined> =>
      (await api.read(id))?.vectors.map(({ feature }) => feature);
    expect(await features('made')).toEqual([TITLE]);
    expect(await features('nulled')).toEqual([]);
    expect(await features('wordless')).toEqual([]);
    expect((await api.read('made'))?.vectors).toEqual((await api.read('sea'))?.vectors.slice(1));
  });

  test('one bad document never spoils the rest, whatever is wrong with it', async () => {
    const vector = (value: unknown): object => ({ vectors: [{ feature: TASTE, vector: value }] });
    const nan = Buffer.alloc(8);
    nan.writeFloatLE(NaN, 0);
    nan.writeFloatLE(1, 4);
    const indexed = await api.index([
      { id: 'good-1', ...vector([1, 2]) },
      { id: 'wrong-dims', ...vector([1, 2, 3]) },
      { id: 'nan', ...vector(nan.toString('base64')) },
      { id: 'infinite', ...vector([Infinity, 1]) },
      { id: 'overflow', ...vector([1e39, 1]) },
      { id: 'zero', ...vector([0, 0]) },
      { id: 'no-base64', ...vector('%%%%') },
      { id: 'no-numbers', ...vector(['1', '2']) },
      { id: 'unknown-feature', vectors: [{ feature: 'nope', vector: [1, 2] }] },
      {
        id: 'twice',
        vectors: [
          { feature: TASTE, vector: [1, 2] },
          { feature: 'taste', vector: null },
        ],
      },
      { id: 'unknown-field', fields: { colour: 'red' } },
      {
        id: 'mismatch',
        fields: { year: '1990', inStock: 1, tags: [1], addedAt: '2024-02-30', title: ['a'] },
      },
      { id: 'infinite-number', fields: { year: Infinity } },
      { id: 'good-1', ...vector([1, 2]) },
      { id: 'good-2', ...vector([2, 1]) },
    ]);
    expect(faultsOf(indexed)).toEqual([
      [],
      ['WRONG_DIMENSIONS at documents.1.vectors.0.vector'],
      ['NON_FINITE at documents.2.vectors.0.vector'],
      ['NON_FINITE at documents.3.vectors.0.vector'],
      ['NON_FINITE at documents.4.vectors.0.vector'],
      ['ZERO_VECTOR at documents.5.vectors.0.vector'],
      ['INVALID_VALUE at documents.6.vectors.0.vector'],
      ['INVALID_VALUE at documents.7.vectors.0.vector'],
      ['UNKNOWN_FEATURE at documents.8.vectors.0.feature'],
      ['DUPLICATE at documents.9.vectors.1.feature'],
      ['UNKNOWN_FIELD at documents.10.fields.colour'],
      [
        'TYPE_MISMATCH at documents.11.fields.year',
        'TYPE_MISMATCH at documents.11.fields.inStock',
        'TYPE_MISMATCH at documents.11.fields.tags.0',
        'TYPE_MISMATCH at documents.11.fields.addedAt',
        'TYPE_MISMATCH at documents.11.fields.title',
      ],
      ['NON_FINITE at documents.12.fields.year'],
      ['DUPLICATE at documents.13.id'],
      [],
    ]);
    expect([indexed.indexDocuments.indexed, indexed.indexDocuments.refused]).toEqual([2, 13]);
    expect(await api.read('good-2')).not.toBeNull();
    expect(await api.read('wrong-dims')).toBeNull();
  });

  test('an embedder that fails spoils only the documents that need it', async () => {
    const embedder: Embedders = {
      whyNot: () => null,
      embed: () => Promise.reject(refusal('EMBEDDING_UNAVAILABLE', 'the embedding server is away')),
    };
    const documents = [
      { id: 'needs-it', fields: { title: 'Words' } },
      { id: 'does-not', fields: { year: 1 } },
    ];
    const indexed = await api.index(documents, { ports: { embedder } });
    expect(faultsOf(indexed)).toEqual([['EMBEDDING_UNAVAILABLE at documents.0'], []]);
  });

  test('none and more than 5,000 documents are refused; 5,000 are stored in one call', async () => {
    expect((await api.refused(INDEX, { input: { collection: 'books', documents: [] } })).faults).toEqual([
      'OUT_OF_RANGE at documents',
    ]);
    const many = Array.from({ length: 5_001 }, (_, i) => ({ id: `m${i}`, fields: { year: i } }));
    expect((await api.refused(INDEX, { input: { collection: 'books', documents: many } })).faults).toEqual([
      'OUT_OF_RANGE at documents',
    ]);
    expect((await api.index(many.slice(1))).indexDocuments.indexed).toBe(5_000);
  });

  test('what is indexed is searchable now, unless soon is enough', async () => {
    const asked: unknown[] = [];
    const { backend } = api.ports;
    const watched = new Proxy(backend, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (name === 'put') asked.push(given[2]);
          return (value as (...all: unknown[]) => unknown).apply(target, given);
        };
      },
    });
    for (const searchable of [undefined, 'NOW', 'SOON']) {
      const input = { collection: 'books', documents: [{ id: 'when' }], searchable };
      await api.ask(INDEX, { input }, { ports: { backend: watched } });
    }
    expect(asked.map((options) => (options as { readonly searchable: string }).searchable)).toEqual([
      'now',
      'now',
      'soon',
    ]);
  });

  test('an unknown collection is a user error', async () => {
    const input = { collection: 'nope', documents: [{ id: 'a' }] };
    expect(await api.ask(INDEX, { input })).toMatchObject({
      indexDocuments: { results: [], userErrors: [{ code: 'NOT_FOUND', path: ['collection'] }] },
    });
  });
});
