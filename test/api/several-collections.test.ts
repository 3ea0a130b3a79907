import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAILED, openSearchApi, withBackend, type Execution, type SearchApi } from '../support/executions.ts';
import { TASTE, TITLE, addFeature, addRetriever, MUTATIONS, tasteSpec } from '../support/library.ts';

const CREATE =
  'mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) { retriever { id } } }';
const SPEC = { ...tasteSpec('books'), collections: ['books', 'songs'] };

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
  const fields = [
    { name: 'title', type: 'TEXT' },
    { name: 'tags', type: 'KEYWORD', many: true },
    { name: 'year', type: 'KEYWORD' },
  ];
  await api.ask(MUTATIONS.collection, { input: { name: 'songs', fields } });
  await addFeature(api, { collection: 'songs', uri: TASTE, field: 'taste', dims: 2 });
  const documents = [
    { id: 'sea', fields: { title: 'La mer' }, vectors: [{ feature: TASTE, vector: [1, 0] }] },
    { id: 'wave', fields: { title: 'Waves' }, vectors: [{ feature: TASTE, vector: [0.96, 0.28] }] },
  ];
  await api.ask(MUTATIONS.documents, { input: { collection: 'songs', documents } });
  await addRetriever(api, 'all', SPEC);
});
afterAll(() => api.close());

const refused = async (spec: object): Promise<readonly string[]> =>
  (await api.refused(CREATE, { input: { name: 'bad', spec } })).faults;
const hitsOf = async (id: string): Promise<readonly string[]> => {
  const read = `query ($id: ID!) { execution(id: $id) {
    hits { nodes { documentId document { collection { name } fields } } } } }`;
  await api.ports.executions.flush();
  const { execution } = await api.ask<{
    readonly execution: {
      readonly hits: {
        readonly nodes: readonly {
          readonly documentId: string;
          readonly document: { readonly collection: { readonly name: string } };
        }[];
      };
    };
  }>(read, { id });
  return execution.hits.nodes.map(({ documentId, document }) => `${document.collection.name}/${documentId}`);
};

describe('a retriever over several collections', () => {
  test('answers one ranking; documents of one id are told apart by their collection', async () => {
    const execution = await api.execute({ retriever: 'all' });
    // Both seas have cosine 1: the tie goes by the name of the collection.
    expect(await hitsOf(execution.id)).toEqual([
      'books/sea',
      'songs/sea',
      'songs/wave',
      'books/lake',
      'books/drum',
      'books/stone',
    ]);
    expect(execution.hits.nodes.map(({ contributions }) => contributions[0]!['rank'])).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  test('searches a feature where it is registered: songs have no title vectors', async () => {
    const searches = [TASTE, TITLE].map((feature, index) => ({
      feature,
      input: index === 0 ? '{{INPUT.taste}}' : '{{INPUT.query}}',
      onEmpty: 'SKIP',
    }));
    const inputs = [
      { name: 'taste', type: 'VECTOR' },
      { name: 'query', type: 'TEXT' },
    ];
    await addRetriever(api, 'titles', { ...SPEC, inputs, searches });
    const execution = await api.execute({ retriever: 'titles', inputs: [{ name: 'query', text: 'sea' }] });
    expect(execution['degradations']).toEqual([]);
    expect((await hitsOf(execution.id)).every((hit) => hit.startsWith('books/'))).toBe(true);
  });

  test('of which one cannot be searched answers from the others, and does not teach', async () => {
    const backend = withBackend(api, {
      search: async (requests, deadline) => {
        const outcomes = await api.ports.backend.search(requests, deadline);
        return outcomes.map((outcome, index) =>
          requests[index]!.collection.name === 'songs' ? FAILED : outcome,
        );
      },
    });
    const execution = await api.execute({ retriever: 'all' }, { ports: { backend } });
    expect(execution['degradations']).toMatchObject([
      { code: 'FEATURE_PARTIAL', feature: TASTE, message: expect.stringContaining('songs') },
    ]);
    expect(execution.hits.nodes).toHaveLength(4);
    const none = withBackend(api, { search: (requests) => Promise.resolve(requests.map(() => FAILED)) });
    const refusal = await api.executeRefused({ retriever: 'all' }, { ports: { backend: none } });
    expect(refusal.code).toBe('ALL_FEATURES_FAILED');
  });

  test('more like a document of one finds the others in all', async () => {
    await addRetriever(api, 'like', {
      ...SPEC,
      inputs: [{ name: 'like', type: 'DOCUMENT' }],
      searches: [{ feature: TASTE, input: '{{INPUT.like}}' }],
    });
    const inputs = [{ name: 'like', document: { collection: 'songs', id: 'sea' } }];
    const execution: Execution = await api.execute({ retriever: 'like', inputs });
    expect((await hitsOf(execution.id)).slice(0, 2)).toEqual(['books/sea', 'songs/wave']);
    expect(await hitsOf(execution.id)).not.toContain('songs/sea');
  });

  test('is explained search by search and collection by collection', async () => {
    const explain = `{ explainRetriever(retriever: "all") { mostCandidates similarities
      searches { feature collection documents } } }`;
    expect(await api.ask(explain)).toEqual({
      explainRetriever: {
        mostCandidates: 6,
        similarities: 6,
        searches: [
          { feature: TASTE, collection: 'books', documents: 4 },
          { feature: TASTE, collection: 'songs', documents: 2 },
        ],
      },
    });
  });

  test('names a collection once, each of them is searched, and there are at most five', async () => {
    expect(await refused({ ...SPEC, collections: ['books', 'books'] })).toEqual([
      'DUPLICATE at spec.collections.1',
    ]);
    expect(await refused({ ...SPEC, searches: [{ feature: TITLE, input: 'x {{INPUT.taste}}' }] })).toEqual(
      expect.arrayContaining(['UNKNOWN_FEATURE at spec.collections.1']),
    );
    expect(await refused({ ...SPEC, collections: ['a', 'b', 'c', 'd', 'e', 'f'] })).toEqual(
      expect.arrayContaining(['OUT_OF_RANGE at spec.collections', 'NOT_FOUND at spec.collections.5']),
    );
  });

  test('takes filters that fit every collection it searches, and names the one that a filter does not fit', async () => {
    const filter = { field: 'inStock', eq: true };
    const refusal = await api.refused(CREATE, { input: { name: 'bad', spec: { ...SPEC, filter } } });
    expect(refusal.faults).toEqual(['UNKNOWN_FIELD at spec.filter.field']);
    expect(refusal.message).toContain('songs');
    // The year is a number of books and a keyword of songs.
    expect(await refused({ ...SPEC, filter: { field: 'year', eq: 1990 } })).toEqual([
      'TYPE_MISMATCH at spec.filter.eq',
    ]);
    // What no collection has is said once.
    expect(await refused({ ...SPEC, filter: { field: 'colour', eq: 'red' } })).toEqual([
      'UNKNOWN_FIELD at spec.filter.field',
    ]);
    expect(await refused({ ...SPEC, groupBy: { field: 'year' } })).toEqual([
      'TYPE_MISMATCH at spec.groupBy.field',
    ]);
    await addRetriever(api, 'tagged', { ...SPEC, filter: { field: 'tags', contains: 'water' } });
    const execution = await api.execute({ retriever: 'tagged' });
    expect(await hitsOf(execution.id)).toEqual(['books/sea', 'books/lake']);
  });

  test('a feature that differs between its collections is refused, at definition and when it comes later', async () => {
    await api.ask(MUTATIONS.collection, { input: { name: 'films', fields: [] } });
    await api.ask(MUTATIONS.collection, { input: { name: 'plays', fields: [] } });
    await addFeature(api, { collection: 'films', uri: TASTE, field: 'taste', dims: 3 });
    expect(await refused({ ...SPEC, collections: ['books', 'films'] })).toEqual([
      'TYPE_MISMATCH at spec.searches.0.feature',
    ]);
    await addFeature(api, { collection: 'plays', uri: 'embed://hand@1/other', field: 'other', dims: 2 });
    const other = { feature: 'embed://hand@1/other', input: '{{INPUT.taste}}' };
    const searches = [{ feature: TASTE, input: '{{INPUT.taste}}' }, other];
    await addRetriever(api, 'later', { ...SPEC, collections: ['books', 'plays'], searches });
    expect((await api.execute({ retriever: 'later' })).hits.nodes).toHaveLength(4);
    await addFeature(api, { collection: 'plays', uri: TASTE, field: 'taste', dims: 7 });
    const refusal = await api.executeRefused({ retriever: 'later' });
    expect(refusal.faults).toEqual(['TYPE_MISMATCH at retriever']);
  });
});
