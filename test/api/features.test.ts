import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { FIELDS, MUTATIONS, TASTE, addLibrary } from '../support/library.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
  await api.ask(MUTATIONS.collection, { input: { name: 'films', fields: FIELDS } });
});
afterAll(() => api.close());

describe('features', () => {
  const register = `mutation ($input: RegisterFeatureInput!) { registerFeature(input: $input) {
    feature { uri field dims similarity embedder sourceFields documentCount background { mean } }
    userErrors { __typename code path } } }`;
  const feature = { collection: 'films', uri: 'embed://hashing@1/title', field: 'v', dims: 8 };

  test('a registered feature shows its definition with the defaults', async () => {
    expect(await api.ask(register, { input: feature })).toEqual({
      registerFeature: {
        feature: {
          uri: 'embed://hashing@1/title',
          field: 'v',
          dims: 8,
          similarity: 'COSINE',
          embedder: 'NONE',
          sourceFields: [],
          documentCount: 0,
          background: null,
        },
        userErrors: [],
      },
    });
  });

  test('a URI or field that is taken is a user error', async () => {
    const refused = (path: string): object => ({
      registerFeature: {
        feature: null,
        userErrors: [{ __typename: 'NameTakenError', code: 'NAME_TAKEN', path: [path] }],
      },
    });
    expect(await api.ask(register, { input: { ...feature, field: 'w' } })).toEqual(refused('uri'));
    expect(await api.ask(register, { input: { ...feature, uri: 'embed://x@1/y' } })).toEqual(
      refused('field'),
    );
  });

  test('every fault of a definition is listed with its path', async () => {
    const input = { collection: 'films', uri: 'title', field: 'title', dims: 5000, sourceFields: ['nope'] };
    const refusal = await api.refused(MUTATIONS.feature, { input: { ...input, embedder: 'HASHING' } });
    expect(refusal.faults).toEqual([
      'INVALID_FEATURE_URI at uri',
      'DUPLICATE at field',
      'OUT_OF_RANGE at dims',
      'UNKNOWN_FIELD at sourceFields.0',
    ]);
  });

  test.each([
    [{ embedder: 'OPENAI' }, 'EMBEDDINGS_URL'],
    [{ embedder: 'ELASTICSEARCH', model: 'my-e5' }, 'ELASTICSEARCH_URL'],
  ])('an embedder that this server is started without is refused: %j', async (over, variable) => {
    const input = { ...feature, field: 'other', uri: 'embed://other@1/title', ...over };
    const refusal = await api.refused(register, { input });
    expect(refusal).toMatchObject({ code: 'EMBEDDING_FAILED', faults: ['EMBEDDING_FAILED at embedder'] });
    expect(refusal.message).toContain(variable);
    const both = await api.refused(register, { input: { ...input, dims: 0 } });
    expect(both.faults).toEqual(['OUT_OF_RANGE at dims', 'EMBEDDING_FAILED at embedder']);
    expect(await api.ask(`{ feature(collection: "films", uri: "embed://other@1/title") { uri } }`)).toEqual({
      feature: null,
    });
  });

  test('features of a collection are paged in order of registration', async () => {
    const query = `query ($after: String) { features(collection: "books", first: 1, after: $after) {
      nodes { uri documentCount } pageInfo { hasNextPage endCursor } totalCount } }`;
    const first: {
      readonly features: { readonly pageInfo: { readonly endCursor: string }; readonly nodes: unknown };
    } = await api.ask(query);
    expect(first.features).toMatchObject({
      nodes: [{ uri: TASTE, documentCount: 4 }],
      pageInfo: { hasNextPage: true },
      totalCount: 2,
    });
    expect(await api.ask(query, { after: first.features.pageInfo.endCursor })).toMatchObject({
      features: { nodes: [{ documentCount: 5 }], pageInfo: { hasNextPage: false } },
    });
    expect(await api.ask(`{ feature(collection: "books", uri: "${TASTE}") { dims } }`)).toEqual({
      feature: { dims: 2 },
    });
    expect(await api.ask('{ feature(collection: "books", uri: "nope") { dims } }')).toEqual({
      feature: null,
    });
  });
});
