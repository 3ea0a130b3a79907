import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAILED, openSearchApi, withBackend, type SearchApi } from '../support/executions.ts';
import { TASTE, TITLE, addRetriever } from '../support/library.ts';
import type { KnnOutcome } from '../../src/engine/search/search-backend.ts';

const SPEC = {
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT' },
    { name: 'taste', type: 'VECTOR' },
  ],
  searches: [
    { feature: TASTE, input: '{{INPUT.taste}}', topK: 1, onEmpty: 'SKIP' },
    { feature: TITLE, input: '{{INPUT.query}}', topK: 1, onEmpty: 'SKIP' },
  ],
  fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY', missing: 'COMPLETE' },
};
const INPUTS = [
  { name: 'taste', vector: [1, 0] },
  { name: 'query', text: 'drum night' },
];
const ASK = { retriever: 'complete', inputs: INPUTS };

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
  await addRetriever(api, 'complete', SPEC);
  await addRetriever(api, 'zero', { ...SPEC, fusion: { ...SPEC.fusion, missing: 'ZERO' } });
});
afterAll(() => api.close());

/** The second search of an execution answers like this. */
function secondSearch(answer: (outcome: KnnOutcome) => KnnOutcome): SearchApi['ports']['backend'] {
  let searches = 0;
  return withBackend(api, {
    search: async (requests, deadline) => {
      searches += 1;
      const outcomes = await api.ports.backend.search(requests, deadline);
      return searches === 2 ? outcomes.map(answer) : outcomes;
    },
  });
}

describe('missing: COMPLETE', () => {
  test('gives a hit its score in the list that lacks it: without a rank, with a raw score', async () => {
    const execution = await api.execute(ASK);
    const drum = execution.hits.nodes.find(({ documentId }) => documentId === 'drum')!;
    // drum (0, 1) is the only title, and the taste of (1, 0) found only the sea.
    expect(drum.contributions).toMatchObject([
      { feature: TASTE, rank: null, rawScore: expect.closeTo(0, 6) },
      { feature: TITLE, rank: 1 },
    ]);
    const sea = execution.hits.nodes.find(({ documentId }) => documentId === 'sea')!;
    expect(sea.contributions[1]).toMatchObject({ rank: null, rawScore: expect.any(Number) });
    expect(
      (execution['timings'] as readonly { readonly stage: string }[]).map(({ stage }) => stage),
    ).toContain('complete');
    const zero = await api.execute({ ...ASK, retriever: 'zero' });
    expect(zero.hits.nodes.find(({ documentId }) => documentId === 'drum')!.contributions[0]).toMatchObject({
      rank: null,
      rawScore: null,
    });
  });

  test('is read back from the record as it was served', async () => {
    const execution = await api.execute(ASK);
    await api.ports.executions.flush();
    const read = `query ($id: ID!) { execution(id: $id) { hits { nodes { documentId
      contributions { feature rank rawScore normalizedScore weight contribution share } } } } }`;
    const back = await api.ask<{ readonly execution: { readonly hits: unknown } }>(read, {
      id: execution.id,
    });
    expect(back.execution.hits).toEqual({
      nodes: execution.hits.nodes.map(({ documentId, contributions }) => ({ documentId, contributions })),
    });
  });

  test('makes a learning generation of its own', async () => {
    const generations = await Promise.all(
      ['complete', 'zero'].map(async (retriever) => (await api.execute({ ...ASK, retriever }))['generation']),
    );
    expect(generations[0]).not.toBe(generations[1]);
  });

  test('that fails is a degradation: the lists are used as they are, and the page does not teach', async () => {
    const failing = await api.execute(ASK, { ports: { backend: secondSearch(() => FAILED) } });
    expect(failing['degradations']).toMatchObject([
      { code: 'FEATURE_PARTIAL', feature: TASTE, message: expect.stringContaining('a broken disk') },
      { code: 'FEATURE_PARTIAL', feature: TITLE },
    ]);
    const partial = secondSearch((outcome) => ({ ...outcome, partial: true }) as KnnOutcome);
    const half = await api.execute(ASK, { ports: { backend: partial } });
    expect(half['degradations']).toHaveLength(2);
    const drum = half.hits.nodes.find(({ documentId }) => documentId === 'drum')!;
    expect(drum.contributions[0]).toMatchObject({ rank: null, rawScore: expect.closeTo(0, 6) });
  });

  test('a search with nothing to search with is not completed', async () => {
    const execution = await api.execute({ ...ASK, inputs: [INPUTS[0]] });
    expect(execution['degradations']).toEqual([]);
    expect(execution.hits.nodes).toMatchObject([
      { documentId: 'sea', contributions: [{ rank: 1 }, { rank: null, rawScore: null }] },
    ]);
  });

  test('the time of the second search is what the first has left', async () => {
    const deadlines: number[] = [];
    const backend = withBackend(api, {
      search: async (requests, deadline) => {
        deadlines.push(deadline);
        await api.ports.clock.delay(30);
        return api.ports.backend.search(requests, deadline);
      },
    });
    await api.execute(ASK, { ports: { backend } });
    expect(deadlines).toHaveLength(2);
    expect(deadlines[1]).toBeLessThanOrEqual(deadlines[0]! - 29);
    expect(deadlines[1]).toBeGreaterThan(0);
  });

  test('the rule is shown with the version', async () => {
    const read = '{ retriever(name: "complete") { latest { fusion { missing } } } }';
    expect(await api.ask(read)).toEqual({ retriever: { latest: { fusion: { missing: 'COMPLETE' } } } });
  });
});
