import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { idsOf, openSearchApi, withBackend, type SearchApi } from '../support/executions.ts';
import { TASTE, TITLE, addRetriever } from '../support/library.ts';

const like = (id: string, collection = 'books'): readonly object[] => [
  { name: 'like', document: { collection, id } },
];
const SPEC = {
  collections: ['books'],
  inputs: [{ name: 'like', type: 'DOCUMENT', required: true }],
  searches: [{ feature: TASTE, input: '{{INPUT.like}}' }],
  fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
};

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
  await addRetriever(api, 'like', SPEC);
  const searches = [TASTE, TITLE].map((feature) => ({ feature, input: '{{INPUT.like}}', onEmpty: 'SKIP' }));
  await addRetriever(api, 'like-both', { ...SPEC, searches });
});
afterAll(() => api.close());

describe('more like this', () => {
  test('searches with the stored vector of the document, which is not among its own hits', async () => {
    const execution = await api.execute({ retriever: 'like', inputs: like('lake') });
    // lake (.8, .6) against sea (1, 0) .8, drum (0, 1) .6, stone (−1, 0) −.8.
    expect(idsOf(execution)).toEqual(['sea', 'drum', 'stone']);
    [0.8, 0.6, -0.8].forEach((cosine, index) =>
      expect(execution.hits.nodes[index]!.score).toBeCloseTo(cosine, 6),
    );
    expect(execution.hits.nodes.map(({ contributions }) => contributions[0]!['rank'])).toEqual([1, 2, 3]);
  });

  test('a list is as long as its topK although the document itself was in it', async () => {
    await addRetriever(api, 'like-two', { ...SPEC, searches: [{ ...SPEC.searches[0], topK: 2 }] });
    expect(idsOf(await api.execute({ retriever: 'like-two', inputs: like('lake') }))).toEqual([
      'sea',
      'drum',
    ]);
    // stone's own vector is the first of its list; sea is last and cut.
    expect(idsOf(await api.execute({ retriever: 'like-two', inputs: like('stone') }))).toEqual([
      'drum',
      'lake',
    ]);
  });

  test('each search takes the vector of its own feature; one that the document lacks is empty', async () => {
    const both = await api.execute({ retriever: 'like-both', inputs: like('sea') });
    expect(both['notices']).toEqual([]);
    expect(idsOf(both)).not.toContain('sea');
    const stone = both.hits.nodes.find(({ documentId }) => documentId === 'stone')!;
    // "The quiet sea" and "Stone and sea" share a word; the tastes are opposite.
    expect(Number(stone.contributions[1]!['rawScore'])).toBeGreaterThan(0.1);
    expect(Number(stone.contributions[0]!['rawScore'])).toBeCloseTo(-1, 6);
    const blank = await api.execute({ retriever: 'like-both', inputs: like('blank') });
    expect(blank['notices']).toEqual([{ code: 'EMPTY_SEARCH', feature: TASTE }]);
    const refusal = await api.executeRefused({ retriever: 'like', inputs: like('blank') });
    expect(refusal.faults).toEqual(['EMPTY_INPUT at searches.0.input']);
  });

  test('an unknown document, or a collection that is not searched, is refused with its path', async () => {
    expect((await api.executeRefused({ retriever: 'like', inputs: like('nobody') })).faults).toEqual([
      'NOT_FOUND at inputs.like.id',
    ]);
    expect((await api.executeRefused({ retriever: 'like', inputs: like('sea', 'films') })).faults).toEqual([
      'NOT_FOUND at inputs.like.collection',
    ]);
    expect((await api.executeRefused({ retriever: 'like', inputs: like('') })).faults).toEqual([
      'INVALID_ID at inputs.0.document.id',
    ]);
    const text = [{ name: 'like', text: 'lake' }];
    expect((await api.executeRefused({ retriever: 'like', inputs: text })).faults).toEqual([
      'TYPE_MISMATCH at inputs.0',
    ]);
  });

  test('the record names the document, and not its vector', async () => {
    const execution = await api.execute({ retriever: 'like', inputs: like('lake') });
    const wanted = [
      {
        name: 'like',
        type: 'DOCUMENT',
        value: { collection: 'books', id: 'lake' },
        dims: null,
        sha256: null,
      },
    ];
    expect(execution['inputs']).toEqual(wanted);
    await api.ports.executions.flush();
    const read = 'query ($id: ID!) { execution(id: $id) { inputs { name type value dims sha256 } } }';
    expect(await api.ask(read, { id: execution.id })).toEqual({ execution: { inputs: wanted } });
  });

  test('the same execution key with another document is a conflict', async () => {
    const first = await api.execute({ retriever: 'like', inputs: like('lake'), key: 'more' });
    const again = await api.execute({ retriever: 'like', inputs: like('lake'), key: 'more' });
    expect(again.id).toBe(first.id);
    const other = { retriever: 'like', inputs: like('sea'), key: 'more' };
    expect((await api.executeRefused(other)).code).toBe('EXECUTION_KEY_CONFLICT');
  });

  test('a document that cannot be read leaves its searches out', async () => {
    const fetch = (): Promise<never> => Promise.reject(new Error('a broken disk'));
    const backend = withBackend(api, { fetch });
    const inputs = like('lake');
    const refusal = await api.executeRefused({ retriever: 'like', inputs }, { ports: { backend } });
    expect(refusal.code).toBe('ALL_FEATURES_FAILED');
    expect(refusal.extensions['degradations']).toMatchObject([
      { code: 'FEATURE_FAILED', feature: TASTE, message: 'a broken disk' },
    ]);
  });

  test('a document input stands alone, has no default, and is nothing for a filter', async () => {
    const create =
      'mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) { retriever { id } } }';
    const refused = async (over: object): Promise<readonly string[]> =>
      (await api.refused(create, { input: { name: 'bad', spec: { ...SPEC, ...over } } })).faults;
    const input = { name: 'like', type: 'DOCUMENT' };
    expect(await refused({ searches: [{ feature: TITLE, input: 'as {{INPUT.like}}' }] })).toEqual([
      'TYPE_MISMATCH at spec.searches.0.input',
    ]);
    expect(await refused({ inputs: [{ ...input, default: 'sea' }] })).toEqual([
      'TYPE_MISMATCH at spec.inputs.0.default',
    ]);
    expect(await refused({ filter: { field: 'tags', eq: '{{INPUT.like}}' } })).toEqual([
      'TYPE_MISMATCH at spec.filter.eq',
    ]);
  });
});
