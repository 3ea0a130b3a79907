import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { addLibrary } from '../support/library.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

/** What PostgreSQL cannot store, as a name of anything and as any id. */
const NUL = 'a\0b';

describe('a name with NUL', () => {
  test.each(['collection(name: $name) { id }', 'retriever(name: $name) { id }'])(
    '%s: there is none, and that is no fault',
    async (field) => {
      const [root] = field.split('(');
      expect(await api.ask(`query ($name: String!) { ${field} }`, { name: NUL })).toEqual({ [root!]: null });
    },
  );

  test.each([
    ['NOT_FOUND', 'query ($name: String!) { execute(retriever: $name) { id } }'],
    ['NOT_FOUND', 'query ($name: String!) { explainRetriever(retriever: $name) { finalTopK } }'],
    ['NOT_FOUND', 'query ($name: String!) { documents(collection: $name) { nodes { id } } }'],
    ['NOT_FOUND', 'query ($name: String!) { executions(retriever: $name) { nodes { id } } }'],
    ['INVALID_ID', 'query ($name: String!) { executions(user: $name) { nodes { id } } }'],
    ['INVALID_ID', 'query ($name: String!) { executions(session: $name) { nodes { id } } }'],
    ['INVALID_ID', 'query ($name: String!) { interactions(user: $name) { nodes { id } } }'],
  ])('%s, and no fault of the database: %s', async (code, query) => {
    expect(await api.refused(query, { name: NUL })).toMatchObject({ code });
  });
});

describe('an id with NUL', () => {
  test('of a document: there is none', async () => {
    const query = 'query ($id: ID!) { document(collection: "books", id: $id) { id } }';
    expect(await api.ask(query, { id: NUL })).toEqual({ document: null });
  });

  test('among those to delete: refused, where an unknown one is not', async () => {
    const mutation = `mutation ($ids: [ID!]!) { deleteDocuments(input: { collection: "books", ids: $ids }) {
      deleted userErrors { code } } }`;
    const answer = await api.ask<unknown>(mutation, { ids: ['no such id'] });
    expect(answer).toMatchObject({ deleteDocuments: { deleted: 0, userErrors: [] } });
    expect(await api.refused(mutation, { ids: [NUL] })).toMatchObject({ code: 'INVALID_ID' });
  });
});
