import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { TASTE, TITLE, addLibrary, addRetriever } from '../support/library.ts';
import { SPEC, type Spec } from '../support/full-spec.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
  await addRetriever(api, 'full', SPEC);
});
afterAll(() => api.close());

describe('explainRetriever', () => {
  const EXPLAIN = `query ($inputs: [GivenInput!]) { explainRetriever(retriever: "full", inputs: $inputs) {
    retriever { name } version { version } fusion { strategy } finalTopK generation mostCandidates similarities
    notices { code feature }
    searches { feature collection input value embedder dims similarity topK minScore onEmpty weight documents filter
      normalization { rule mean } } } }`;

  test('without inputs it shows the plan with its templates, weights and normalizations', async () => {
    const { explainRetriever } = await api.ask<{ readonly explainRetriever: Spec }>(EXPLAIN);
    expect(explainRetriever).toMatchObject({
      retriever: { name: 'full' },
      version: { version: 1 },
      fusion: { strategy: 'LEARNED' },
      finalTopK: 12,
      generation: expect.stringMatching(/^[0-9a-f]{32}$/),
      // Five titles and four tastes; topK 7 and 100 are more than that.
      mostCandidates: 9,
      similarities: 9,
      notices: [
        { code: 'NORMALIZATION_FALLBACK', feature: TITLE },
        { code: 'NORMALIZATION_FALLBACK', feature: TASTE },
      ],
      searches: [
        {
          feature: TITLE,
          collection: 'books',
          value: null,
          weight: 0.75,
          documents: 5,
          filter: SPEC['filter'],
        },
        {
          feature: TASTE,
          weight: 0.25,
          documents: 4,
          normalization: { rule: 'SIMILARITY', mean: null },
          filter: { and: [SPEC['filter'], { field: 'tags', eq: '{{INPUT.tag}}' }] },
        },
      ],
    });
  });

  test('with inputs it shows what would be searched for, and the filters with the values in them', async () => {
    const inputs = [
      { name: 'query', text: 'water' },
      { name: 'tag', text: 'music' },
      { name: 'taste', vector: [1, 0] },
    ];
    const year = { not: { field: 'year', lt: 1900 } };
    const added = { field: 'addedAt', gte: '2000-01-01T00:00:00.000Z' };
    expect(await api.ask(EXPLAIN, { inputs })).toMatchObject({
      explainRetriever: {
        searches: [
          { value: 'books about water', filter: { or: [year, added] } },
          {
            value: 'a vector of 2 numbers',
            filter: { and: [{ or: [year, added] }, { field: 'tags', eq: 'music' }] },
          },
        ],
      },
    });
  });

  test('it runs nothing and records nothing, and refuses bad inputs', async () => {
    expect(await api.ask('{ executions { totalCount } }')).toEqual({ executions: { totalCount: 0 } });
    expect((await api.refused(EXPLAIN, { inputs: [{ name: 'nope', text: 'x' }] })).faults).toEqual([
      'UNKNOWN_INPUT at inputs.0.name',
      'REQUIRED at inputs.query',
    ]);
  });
});
