import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { MUTATIONS, TASTE, TITLE, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';
import { SPEC, type Spec } from '../support/full-spec.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

const VERSION = `version collections description finalTopK filter createdAt
  inputs { name type required default role } fusion { strategy rrfK normalization staticArm }
  searches { feature input topK numCandidates oversample minScore weight filter onEmpty }
  learning { posterior exploration { start } rewards { kind reward } }`;
describe('retrievers', () => {
  test('a created retriever shows its version 1 with every default filled in', async () => {
    await addRetriever(api, 'full', SPEC);
    const { retriever } = await api.ask<{ readonly retriever: { readonly latest: Spec } }>(
      `{ retriever(name: "full") { name latestVersion clonedFrom { version } latest { ${VERSION} } } }`,
    );
    expect(retriever).toMatchObject({ name: 'full', latestVersion: 1, clonedFrom: null });
    expect(retriever.latest).toMatchObject({
      version: 1,
      finalTopK: 12,
      description: 'by title and taste',
      fusion: { strategy: 'LEARNED', rrfK: 60, normalization: 'BACKGROUND', staticArm: 'WEIGHTED' },
      inputs: [
        { name: 'query', type: 'TEXT', required: true, default: null, role: 'NONE' },
        { name: 'taste' },
        { name: 'tag' },
        { name: 'since', default: '2000-01-01' },
        { name: 'audience', role: 'SEGMENT' },
      ],
      searches: [
        {
          feature: TITLE,
          topK: 7,
          numCandidates: null,
          oversample: null,
          minScore: null,
          weight: 3,
          onEmpty: 'ERROR',
        },
        {
          feature: TASTE,
          topK: 100,
          minScore: 0.1,
          onEmpty: 'SKIP',
          filter: { field: 'tags', eq: '{{INPUT.tag}}' },
        },
      ],
      filter: SPEC['filter'],
    });
  });

  test('every fault of a recipe is listed at once, with its path', async () => {
    const refusal = await api.refused(MUTATIONS.retriever, {
      input: {
        name: 'bad name',
        spec: {
          collections: ['books'],
          inputs: [
            { name: 'query', type: 'TEXT' },
            { name: 'query', type: 'NUMBER' },
            { name: 'v', type: 'VECTOR' },
            { name: 'who', type: 'NUMBER', role: 'USER' },
          ],
          searches: [
            { feature: TITLE, input: '{{INPUT.nope}}', topK: 0 },
            { feature: TITLE, input: '{{INPUT.query}', topK: 1_001, weight: -1 },
            { feature: 'embed://no@1/such', input: '{{INPUT.query}}', numCandidates: 5, oversample: 11 },
            { feature: TASTE, input: 'text {{INPUT.v}}', filter: { field: 'colour', eq: 'red' } },
          ],
          filter: { and: [{ field: 'year', gt: 'old' }, { field: 'title', eq: 'x' }, { field: 'year' }, {}] },
          finalTopK: 501,
        },
      },
    });
    expect(refusal.code).toBe('BAD_INPUT');
    expect([...refusal.faults].sort()).toEqual(
      [
        'INVALID_VALUE at name',
        'DUPLICATE at spec.inputs.1.name',
        'TYPE_MISMATCH at spec.inputs.3.role',
        'UNKNOWN_INPUT at spec.searches.0.input',
        'OUT_OF_RANGE at spec.searches.0.topK',
        'DUPLICATE at spec.searches.1.feature',
        'INVALID_TEMPLATE at spec.searches.1.input',
        'OUT_OF_RANGE at spec.searches.1.topK',
        'OUT_OF_RANGE at spec.searches.1.weight',
        'UNKNOWN_FEATURE at spec.searches.2.feature',
        'OUT_OF_RANGE at spec.searches.2.numCandidates',
        'OUT_OF_RANGE at spec.searches.2.oversample',
        'TYPE_MISMATCH at spec.searches.3.input',
        'UNKNOWN_FIELD at spec.searches.3.filter.field',
        'TYPE_MISMATCH at spec.filter.and.0.gt',
        'TYPE_MISMATCH at spec.filter.and.1.eq',
        'REQUIRED at spec.filter.and.2',
        'INVALID_VALUE at spec.filter.and.3',
        'OUT_OF_RANGE at spec.finalTopK',
      ].sort(),
    );
  });

  test('a recipe over a collection that is not there, or without searches, is refused', async () => {
    const input = { name: 'x', spec: { collections: ['nope'], searches: [] } };
    expect((await api.refused(MUTATIONS.retriever, { input })).faults).toEqual([
      'NOT_FOUND at spec.collections.0',
      'OUT_OF_RANGE at spec.searches',
    ]);
  });

  test('a reward map that drops kinds says which now earn nothing', async () => {
    const entries = [{ kind: 'CLICK', reward: 2 }];
    const create = `mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) {
      kindsWithoutReward retriever { latest { learning { rewards { kind reward } } } } } }`;
    const made = (name: string, mode: string): Promise<{ readonly createRetriever: Spec }> =>
      api.ask(create, {
        input: { name, spec: { ...tasteSpec('books'), learning: { rewardMap: { mode, entries } } } },
      });
    expect((await made('merged', 'MERGE')).createRetriever['kindsWithoutReward']).toEqual([]);
    expect((await made('replaced', 'REPLACE')).createRetriever['kindsWithoutReward']).toEqual([
      'LONG_VIEW',
      'PURCHASE',
      'ADD_TO_CART',
      'BOOKMARK',
      'SHARE',
      'POSITIVE_FEEDBACK',
      'NEGATIVE_FEEDBACK',
      'SKIP',
      'RETURN_TO_RESULTS',
    ]);
  });
});
