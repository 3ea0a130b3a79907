import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { FIELDS, MUTATIONS, TASTE, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';

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

describe('the background of a feature', () => {
  const measure = `mutation ($input: MeasureBackgroundInput!) { measureBackground(input: $input) {
    features { uri background { mean deviation documents pairs population } measuringAdvised }
    userErrors { code ... on TooFewDocumentsError { documents needed } } } }`;
  const read =
    '{ collection(name: "wheel") { features { background { mean documents population } measuringAdvised } } }';

  /** Documents whose two-dimensional vectors point to `count` angles evenly around the circle. */
  const wheel = (from: number, count: number): readonly object[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `w${from + i}`,
      vectors: [{ feature: 'angle', vector: [Math.cos(i), Math.sin(i)] }],
    }));
  const index = (documents: readonly object[]): Promise<unknown> =>
    api.ask(MUTATIONS.documents, { input: { collection: 'wheel', documents } });

  beforeAll(async () => {
    await create({ name: 'wheel', fields: [] });
    const input = { collection: 'wheel', uri: 'embed://hand@1/angle', field: 'angle', dims: 2 };
    await api.ask(MUTATIONS.feature, { input });
  });

  test('below 50 documents it is not measured: by the job not, on request refused', async () => {
    await index(wheel(0, 49));
    await api.ports.jobs.settle();
    expect(await api.ask(read)).toMatchObject({ collection: { features: [{ background: null }] } });
    expect(await api.ask(measure, { input: { collection: 'wheel' } })).toEqual({
      measureBackground: {
        features: [],
        userErrors: [{ code: 'TOO_FEW_DOCUMENTS', documents: 49, needed: 50 }],
      },
    });
  });

  test('from 50 documents on the job after indexing measures it once', async () => {
    await index(wheel(49, 1));
    await api.ports.jobs.settle();
    const first = await api.ask(read);
    expect(first).toMatchObject({
      collection: { features: [{ background: { documents: 50, population: 50 }, measuringAdvised: false }] },
    });
    await index(wheel(50, 500));
    await api.ports.jobs.settle();
    expect(await api.ask(read)).toMatchObject({
      collection: { features: [{ background: { documents: 50, population: 50 }, measuringAdvised: true }] },
    });
  });

  test('on request it is measured anew, from the mean and deviation of random pairs', async () => {
    interface Measured {
      readonly measureBackground: {
        readonly features: readonly [
          { readonly background: Readonly<Record<'mean' | 'deviation' | 'documents' | 'pairs', number>> },
        ];
      };
    }
    const { measureBackground } = await api.ask<Measured>(measure, { input: { collection: 'wheel' } });
    const { background } = measureBackground.features[0];
    expect(background).toMatchObject({ documents: 550, pairs: 4_000, population: 550 });
    // The cosine of a uniform angle has mean 0 and deviation √½; 4,000 pairs: standard error √½/√4000 = .011.
    expect(Math.abs(background.mean)).toBeLessThan(5 * 0.0112);
    expect(Math.abs(background.deviation - Math.SQRT1_2)).toBeLessThan(0.02);
  });

  test('unknown and repeated features are refused with their paths', async () => {
    const features = ['embed://hand@1/angle', 'embed://hand@1/angle', 'nope'];
    const refusal = await api.refused(measure, { input: { collection: 'wheel', features } });
    expect(refusal.faults).toEqual(['DUPLICATE at features.1', 'UNKNOWN_FEATURE at features.2']);
  });
});
