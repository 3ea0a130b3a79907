import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { TASTE, TITLE, addLibrary } from '../support/library.ts';
import { encodeVector } from '../../src/engine/vector.ts';
import { refusal } from '../../src/engine/errors.ts';
import type { Embedder } from '../../src/engine/embedding/embedder.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

const INDEX = `mutation ($input: IndexDocumentsInput!) { indexDocuments(input: $input) {
  indexed refused results { index documentId status faults { code path message } } userErrors { code path } } }`;
const REMOVE = `mutation ($input: DeleteDocumentsInput!) { deleteDocuments(input: $input) {
  deleted results { documentId deleted } userErrors { code } } }`;
const READ = `query ($id: ID!) { document(collection: "books", id: $id) {
  id documentId fields collection { name } vectors { feature vector } } }`;

interface Indexed {
  readonly indexDocuments: {
    readonly indexed: number;
    readonly refused: number;
    readonly results: readonly {
      readonly status: string;
      readonly documentId: string;
      readonly faults: readonly { readonly code: string; readonly path: readonly string[] }[];
    }[];
    readonly userErrors: readonly object[];
  };
}
const index = (documents: readonly object[], options = {}): Promise<Indexed> =>
  api.ask(INDEX, { input: { collection: 'books', documents } }, options);
const faultsOf = ({ indexDocuments }: Indexed): readonly (readonly string[])[] =>
  indexDocuments.results.map(({ faults }) => faults.map(({ code, path }) => `${code} at ${path.join('.')}`));
interface Read {
  readonly document: {
    readonly id: string;
    readonly documentId: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly vectors: readonly { readonly feature: string; readonly vector: string }[];
  } | null;
}
const read = async (id: string): Promise<Read['document']> => (await api.ask<Read>(READ, { id })).document;

describe('indexDocuments', () => {
  test('tells created from replaced documents, and stores them whole', async () => {
    const document = { id: 'new', fields: { title: 'First', year: 1, addedAt: '2024-05-01', inStock: true } };
    expect((await index([document])).indexDocuments).toEqual({
      indexed: 1,
      refused: 0,
      results: [{ index: 0, documentId: 'new', status: 'CREATED', faults: [] }],
      userErrors: [],
    });
    expect((await read('new'))?.fields).toEqual({
      title: 'First',
      year: 1,
      addedAt: '2024-05-01T00:00:00.000Z',
      inStock: true,
    });
    const again = await index([{ id: 'new', fields: { tags: ['a', 'b'] } }]);
    expect(again.indexDocuments.results[0]?.status).toBe('REPLACED');
    expect((await read('new'))?.fields).toEqual({ tags: ['a', 'b'] });
  });

  test('a vector can be a list of numbers or base64 of little-endian float32', async () => {
    const base64 = encodeVector(Float32Array.of(0.25, -3));
    await index([
      { id: 'list', vectors: [{ feature: TASTE, vector: [0.25, -3] }] },
      { id: 'text', vectors: [{ feature: 'taste', vector: base64 }] },
    ]);
    for (const id of ['list', 'text'])
      expect((await read(id))?.vectors).toEqual([{ feature: TASTE, vector: base64 }]);
  });

  test('a vector literal in the document itself is read like a variable', async () => {
    const literal = `mutation ($title: String!) { indexDocuments(input: { collection: "books", documents: [
      { id: "literal", fields: { title: $title, year: 3 }, vectors: [{ feature: "taste", vector: [0.5, 1e0, 2] }] }
      { id: "mixed", fields: { title: $title, year: 3 }, vectors: [{ feature: "taste", vector: [0.5, 2] }] }
    ] }) { results { faults { code } } } }`;
    expect(await api.ask(literal, { title: 'Lit' })).toEqual({
      indexDocuments: { results: [{ faults: [{ code: 'WRONG_DIMENSIONS' }] }, { faults: [] }] },
    });
    const mixed = await read('mixed');
    expect(mixed?.fields).toEqual({ title: 'Lit', year: 3 });
    expect(mixed?.vectors[0]?.vector).toBe(encodeVector(Float32Array.of(0.5, 2)));
  });

  test('text is embedded where no vector is given; null and a text without words leave the feature out', async () => {
    await index([
      { id: 'made', fields: { title: 'The quiet sea' } },
      { id: 'nulled', fields: { title: 'The quiet sea' }, vectors: [{ feature: TITLE, vector: null }] },
      { id: 'wordless', fields: { title: '…' } },
    ]);
    const features = async (id: string): Promise<readonly string[] | undefined> =>
      (await read(id))?.vectors.map(({ feature }) => feature);
    expect(await features('made')).toEqual([TITLE]);
    expect(await features('nulled')).toEqual([]);
    expect(await features('wordless')).toEqual([]);
    expect((await read('made'))?.vectors).toEqual((await read('sea'))?.vectors.slice(1));
  });

  test('one bad document never spoils the rest, whatever is wrong with it', async () => {
    const vector = (value: unknown): object => ({ vectors: [{ feature: TASTE, vector: value }] });
    const nan = Buffer.alloc(8);
    nan.writeFloatLE(NaN, 0);
    nan.writeFloatLE(1, 4);
    const indexed = await index([
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
    expect(await read('good-2')).not.toBeNull();
    expect(await read('wrong-dims')).toBeNull();
  });

  test('an embedder that fails spoils only the documents that need it', async () => {
    const embedder: Embedder = {
      embed: () => Promise.reject(refusal('EMBEDDING_UNAVAILABLE', 'the embedding server is away')),
    };
    const documents = [
      { id: 'needs-it', fields: { title: 'Words' } },
      { id: 'does-not', fields: { year: 1 } },
    ];
    const indexed = await index(documents, { ports: { embedder } });
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
    expect((await index(many.slice(1))).indexDocuments.indexed).toBe(5_000);
  });

  test('an unknown collection is a user error', async () => {
    const input = { collection: 'nope', documents: [{ id: 'a' }] };
    expect(await api.ask(INDEX, { input })).toMatchObject({
      indexDocuments: { results: [], userErrors: [{ code: 'NOT_FOUND', path: ['collection'] }] },
    });
  });
});

describe('ids of documents', () => {
  const longest = '🦉'.repeat(128);
  const kept = [
    longest,
    'quotes " \' ` and \\',
    'slashes / \\ //',
    '🦉 é e\u0301',
    ' spaces ',
    '%00 {{INPUT.x}}',
    '__proto__',
    '"]}',
  ];

  test('any 1 to 512 bytes of UTF-8 are kept exactly, by id, by global id and in lists', async () => {
    expect(Buffer.byteLength(longest)).toBe(512);
    await index(kept.map((id) => ({ id, fields: { title: id } })));
    for (const id of kept) {
      const document = await read(id);
      expect(document).toMatchObject({ documentId: id, fields: { title: id } });
      const again = await api.ask('query ($id: ID!) { node(id: $id) { ... on Document { documentId } } }', {
        id: document?.id,
      });
      expect(again).toEqual({ node: { documentId: id } });
    }
    const removed = await api.ask<{ readonly deleteDocuments: { readonly results: unknown } }>(REMOVE, {
      input: { collection: 'books', ids: kept },
    });
    expect(removed.deleteDocuments.results).toEqual(kept.map((id) => ({ documentId: id, deleted: true })));
  });

  test('513 bytes, none, NUL and half a surrogate pair are refused', async () => {
    const bad = [`${longest}x`, '', 'a\0b', '\ud800'];
    const indexed = await index([...bad.map((id) => ({ id })), { id: 'fine' }]);
    expect(faultsOf(indexed)).toEqual([...bad.map((_, i) => [`INVALID_ID at documents.${i}.id`]), []]);
    const refused = await api.refused(REMOVE, { input: { collection: 'books', ids: ['fine', ...bad] } });
    expect(refused.faults).toEqual(bad.map((_, i) => `INVALID_ID at ids.${i + 1}`));
    expect(await read('fine')).not.toBeNull();
  });
});

describe('reading and deleting documents', () => {
  test('fields can be chosen by name', async () => {
    const chosen = '{ document(collection: "books", id: "sea") { fields(names: ["year", "nope"]) } }';
    expect(await api.ask(chosen)).toEqual({ document: { fields: { year: 1990 } } });
  });

  test('a document that is not there is null, an unknown collection is refused', async () => {
    expect(await read('nope')).toBeNull();
    expect((await api.refused('{ document(collection: "nope", id: "a") { id } }')).code).toBe('NOT_FOUND');
  });

  test('documents are listed in order of the UTF-8 bytes of their ids, page by page', async () => {
    await addLibrary(api, 'listed');
    await api.ask(INDEX, {
      input: { collection: 'listed', documents: [{ id: '\u{1F989}' }, { id: '\uFFFD' }] },
    });
    const query = `query ($after: String) { documents(collection: "listed", first: 3, after: $after) {
      edges { cursor node { documentId } } pageInfo { hasNextPage endCursor } totalCount totalCountCapped } }`;
    interface Listed {
      readonly documents: {
        readonly edges: readonly {
          readonly cursor: string;
          readonly node: { readonly documentId: string };
        }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly totalCount: number;
      };
    }
    const seen: string[] = [];
    let page: Listed = await api.ask(query);
    for (;;) {
      seen.push(...page.documents.edges.map(({ node }) => node.documentId));
      expect(page.documents.totalCount).toBe(7);
      expect(page.documents.edges.at(-1)?.cursor).toBe(page.documents.pageInfo.endCursor);
      if (!page.documents.pageInfo.hasNextPage) break;
      page = await api.ask(query, { after: page.documents.pageInfo.endCursor });
    }
    // U+FFFD is EF BF BD, the owl F0 9F A6 89: by UTF-16 units they would stand the other way round.
    expect(seen).toEqual(['blank', 'drum', 'lake', 'sea', 'stone', '\uFFFD', '\u{1F989}']);
  });

  test('deleting tells which were there, each id once', async () => {
    await index([{ id: 'gone' }]);
    const input = { collection: 'books', ids: ['gone', 'never', 'gone'] };
    expect(await api.ask(REMOVE, { input })).toEqual({
      deleteDocuments: {
        deleted: 1,
        results: [
          { documentId: 'gone', deleted: true },
          { documentId: 'never', deleted: false },
        ],
        userErrors: [],
      },
    });
    expect(await read('gone')).toBeNull();
  });

  test('counts follow what is indexed and deleted', async () => {
    const query = '{ collection(name: "listed") { documentCount features { documentCount } } }';
    expect(await api.ask(query)).toEqual({
      collection: { documentCount: 7, features: [{ documentCount: 4 }, { documentCount: 5 }] },
    });
    await api.ask(REMOVE, { input: { collection: 'listed', ids: ['sea'] } });
    expect(await api.ask(query)).toEqual({
      collection: { documentCount: 6, features: [{ documentCount: 3 }, { documentCount: 4 }] },
    });
  });
});
