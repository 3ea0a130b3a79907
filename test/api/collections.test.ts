import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { FIELDS, MUTATIONS, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

interface Payload<T> {
  readonly [name: string]: T & { readonly userErrors: readonly Readonly<Record<string, unknown>>[] };
}
const create = (input: object): Promise<Payload<{ readonly collection: object | null }>> =>
  api.ask(
    `mutation ($input: CreateCollectionInput!) { createCollection(input: $input) {
      collection { name fields { name type many } documentCount features { uri } }
      userErrors { __typename code message path } } }`,
    { input },
  );

describe('collections', () => {
  test('a created collection has its declared fields, no features and no documents', async () => {
    const { createCollection } = await create({ name: 'films', fields: FIELDS.slice(0, 2) });
    expect(createCollection).toEqual({
      collection: {
        name: 'films',
        fields: [
          { name: 'title', type: 'TEXT', many: false },
          { name: 'tags', type: 'KEYWORD', many: true },
        ],
        documentCount: 0,
        features: [],
      },
      userErrors: [],
    });
  });

  test('a name that is taken is a user error, not an error', async () => {
    const { createCollection } = await create({ name: 'books', fields: [] });
    expect(createCollection).toEqual({
      collection: null,
      userErrors: [
        {
          __typename: 'NameTakenError',
          code: 'NAME_TAKEN',
          message: 'there is a collection named books already',
          path: ['name'],
        },
      ],
    });
  });

  test('an index is attached only where Elasticsearch searches', async () => {
    const { attachCollection } = await api.ask<Payload<{ readonly collection: object | null }>>(
      `mutation ($input: AttachCollectionInput!) { attachCollection(input: $input) {
        collection { name } userErrors { __typename code message path } } }`,
      { input: { name: 'goods', index: 'shop', fields: [], features: [] } },
    );
    expect(attachCollection).toEqual({
      collection: null,
      userErrors: [
        {
          __typename: 'NotSupportedError',
          code: 'NOT_SUPPORTED',
          message: expect.stringContaining('ELASTICSEARCH_URL'),
          path: [],
        },
      ],
    });
    expect(await api.ask('{ collection(name: "goods") { name } }')).toEqual({ collection: null });
  });

  test('every fault of a definition is listed with its path', async () => {
    const fields = [
      { name: '1st', type: 'TEXT' },
      { name: 'a', type: 'TEXT' },
      { name: 'a', type: 'NUMBER' },
    ];
    const refusal = await api.refused(MUTATIONS.collection, { input: { name: 'no spaces', fields } });
    expect(refusal.code).toBe('BAD_INPUT');
    expect(refusal.faults).toEqual([
      'INVALID_VALUE at name',
      'INVALID_VALUE at fields.0.name',
      'DUPLICATE at fields.2.name',
    ]);
  });

  test('pages are cut by name, and a cursor of another connection is refused', async () => {
    for (const name of ['p1', 'p2', 'p3']) await create({ name, fields: [] });
    const query = `query ($first: Int, $after: String) { collections(first: $first, after: $after) {
      nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }`;
    interface Page {
      readonly collections: {
        readonly nodes: readonly { readonly name: string }[];
        readonly pageInfo: Readonly<Record<string, unknown>>;
        readonly totalCount: number;
      };
    }
    const seen: string[] = [];
    let after: unknown = null;
    do {
      const page: Page = await api.ask(query, { first: 2, after });
      seen.push(...page.collections.nodes.map(({ name }) => name));
      expect(page.collections.totalCount).toBe(5);
      expect(page.collections.pageInfo['hasPreviousPage']).toBe(after !== null);
      after =
        page.collections.pageInfo['hasNextPage'] === true ? page.collections.pageInfo['endCursor'] : null;
    } while (after !== null);
    expect(seen).toEqual(['books', 'films', 'p1', 'p2', 'p3']);
    const foreign = await api.refused(query, { first: 2, after: Buffer.from('hit:1').toString('base64url') });
    expect(foreign.faults).toEqual(['INVALID_VALUE at after']);
    expect((await api.refused(query, { first: 101 })).faults).toEqual(['OUT_OF_RANGE at first']);
    expect((await api.refused(query, { first: 0, after: 'x' })).faults).toEqual([
      'OUT_OF_RANGE at first',
      'INVALID_VALUE at after',
    ]);
  });

  test('a collection that a retriever searches cannot be deleted; the answer names the retrievers', async () => {
    const remove = `mutation ($input: DeleteCollectionInput!) { deleteCollection(input: $input) {
      deleted userErrors { __typename code path ... on InUseError { usedBy } } } }`;
    await addRetriever(api, 'by-taste', tasteSpec('books'));
    expect(await api.ask(remove, { input: { collection: 'books' } })).toEqual({
      deleteCollection: {
        deleted: null,
        userErrors: [
          { __typename: 'InUseError', code: 'IN_USE', path: ['collection'], usedBy: ['by-taste'] },
        ],
      },
    });
    await addLibrary(api, 'unused');
    expect(await api.ask(remove, { input: { collection: 'unused' } })).toEqual({
      deleteCollection: { deleted: 'unused', userErrors: [] },
    });
    expect(await api.ask('{ collection(name: "unused") { name } }')).toEqual({ collection: null });
    expect(await api.ask(remove, { input: { collection: 'unused' } })).toEqual({
      deleteCollection: {
        deleted: null,
        userErrors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['collection'] }],
      },
    });
  });

  test('a collection of another namespace is not seen, by name or by id', async () => {
    await addLibrary(api, 'private', 'other');
    const { collection } = await api.ask<{ readonly collection: { readonly id: string } }>(
      '{ collection(name: "private") { id } }',
      {},
      { namespace: 'other' },
    );
    expect(await api.ask('{ collection(name: "private") { id } }')).toEqual({ collection: null });
    const byId = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(await api.ask(byId, collection)).toEqual({ node: null });
    expect(await api.ask(byId, collection, { namespace: 'other' })).toEqual({ node: collection });
  });
});
