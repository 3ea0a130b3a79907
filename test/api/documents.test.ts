import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { INDEX, REMOVE, faultsOf, openDocumentApi, type DocumentApi } from '../support/documents.ts';
import { addLibrary } from '../support/library.ts';

let api: DocumentApi;
beforeAll(async () => {
  api = await openDocumentApi();
});
afterAll(() => api.close());

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
    await api.index(kept.map((id) => ({ id, fields: { title: id } })));
    for (const id of kept) {
      const document = await api.read(id);
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
    const indexed = await api.index([...bad.map((id) => ({ id })), { id: 'fine' }]);
    expect(faultsOf(indexed)).toEqual([...bad.map((_, i) => [`INVALID_ID at documents.${i}.id`]), []]);
    const refused = await api.refused(REMOVE, { input: { collection: 'books', ids: ['fine', ...bad] } });
    expect(refused.faults).toEqual(bad.map((_, i) => `INVALID_ID at ids.${i + 1}`));
    expect(await api.read('fine')).not.toBeNull();
  });
});

describe('reading and deleting documents', () => {
  test('fields can be chosen by name', async () => {
    const chosen = '{ document(collection: "books", id: "sea") { fields(names: ["year", "nope"]) } }';
    expect(await api.ask(chosen)).toEqual({ document: { fields: { year: 1990 } } });
  });

  test('a document that is not there is null, an unknown collection is refused', async () => {
    expect(await api.read('nope')).toBeNull();
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
    await api.index([{ id: 'gone' }]);
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
    expect(await api.read('gone')).toBeNull();
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
