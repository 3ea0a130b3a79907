import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TO_THE_SEA, openSearchApi, withBackend, type SearchApi } from '../support/executions.ts';
import { TASTE, TITLE, addRetriever } from '../support/library.ts';

const EXPLAIN = `query ($retriever: String!, $inputs: [GivenInput!]) {
  explainRetriever(retriever: $retriever, inputs: $inputs) {
    cost { requests vectors bytes } searches { feature method cost { requests vectors bytes } } } }`;
const SPEC = {
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT' },
    { name: 'taste', type: 'VECTOR' },
  ],
  searches: [
    { feature: TASTE, input: '{{INPUT.taste}}', topK: 2, onEmpty: 'SKIP' },
    { feature: TITLE, input: '{{INPUT.query}}', topK: 3, onEmpty: 'SKIP' },
  ],
  fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
};

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
  await addRetriever(api, 'zero', SPEC);
  await addRetriever(api, 'complete', { ...SPEC, fusion: { ...SPEC.fusion, missing: 'COMPLETE' } });
});
afterAll(() => api.close());

describe('the estimated cost', () => {
  test('of an exact search is every vector, 4 bytes a number', async () => {
    // 4 tastes of 2 numbers and 5 titles of 64.
    expect(await api.ask(EXPLAIN, { retriever: 'zero' })).toEqual({
      explainRetriever: {
        cost: { requests: 2, vectors: 9, bytes: 4 * 2 * 4 + 5 * 64 * 4 },
        searches: [
          { feature: TASTE, method: 'EXACT', cost: { requests: 1, vectors: 4, bytes: 32 } },
          { feature: TITLE, method: 'EXACT', cost: { requests: 1, vectors: 5, bytes: 1_280 } },
        ],
      },
    });
  });

  test('of completing is what the other searches can find: 3 titles for the tastes, 2 tastes for the titles', async () => {
    expect(await api.ask(EXPLAIN, { retriever: 'complete' })).toMatchObject({
      explainRetriever: {
        cost: { requests: 4, vectors: 14 },
        searches: [{ cost: { requests: 2, vectors: 4 + 3 } }, { cost: { requests: 2, vectors: 5 + 2 } }],
      },
    });
  });

  test('of a search with nothing to search with is none', async () => {
    expect(await api.ask(EXPLAIN, { retriever: 'zero', inputs: TO_THE_SEA })).toMatchObject({
      explainRetriever: {
        cost: { requests: 1, vectors: 4 },
        searches: [{ cost: { requests: 1 } }, { cost: { requests: 0, vectors: 0, bytes: 0 } }],
      },
    });
  });

  test('is what an execution comes to, and explaining searches nothing', async () => {
    let requests = 0;
    const backend = withBackend(api, {
      search: (asked, deadline) => {
        requests += asked.length;
        return api.ports.backend.search(asked, deadline);
      },
    });
    const inputs = [...TO_THE_SEA, { name: 'query', text: 'sea' }];
    const options = { ports: { backend } };
    const variables = { retriever: 'complete', inputs };
    const { explainRetriever } = await api.ask<{
      readonly explainRetriever: { readonly cost: { readonly requests: number } };
    }>(EXPLAIN, variables, options);
    expect(requests).toBe(0);
    await api.execute(variables, options);
    expect(requests).toBeGreaterThanOrEqual(3);
    expect(requests).toBeLessThanOrEqual(explainRetriever.cost.requests);
  });
});
