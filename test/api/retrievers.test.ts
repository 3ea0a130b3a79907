import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { MUTATIONS, TASTE, TITLE, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

type Spec = Readonly<Record<string, unknown>>;
const SPEC: Spec = {
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT', required: true },
    { name: 'taste', type: 'VECTOR' },
    { name: 'tag', type: 'TEXT' },
    { name: 'since', type: 'TEXT', default: '2000-01-01' },
    { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
  ],
  searches: [
    { feature: TITLE, input: 'books about {{INPUT.query}}', topK: 7, weight: 3 },
    {
      feature: TASTE,
      input: '{{INPUT.taste}}',
      weight: 1,
      onEmpty: 'SKIP',
      minScore: 0.1,
      filter: { field: 'tags', eq: '{{INPUT.tag}}' },
    },
  ],
  filter: { or: [{ not: { field: 'year', lt: 1900 } }, { field: 'addedAt', gte: '{{INPUT.since}}' }] },
  finalTopK: 12,
  description: 'by title and taste',
};
const VERSION = `version collections description finalTopK filter createdAt
  inputs { name type required default role } fusion { strategy rrfK normalization staticArm }
  searches { feature input topK numCandidates oversample minScore weight filter onEmpty }
  learning { posterior exploration { start } rewards { kind reward } }`;
const UPDATE = `mutation ($input: UpdateRetrieverInput!) { updateRetriever(input: $input) {
  retriever { latestVersion latest { finalTopK } } kindsWithoutReward
  userErrors { __typename path ... on VersionConflictError { expectedVersion latestVersion } } } }`;

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

  test('an update makes the next version; the versions before it stay, newest first', async () => {
    await addRetriever(api, 'versioned', tasteSpec('books'));
    for (const version of [1, 2])
      expect(
        await api.ask(UPDATE, {
          input: {
            retriever: 'versioned',
            expectedVersion: version,
            spec: { ...tasteSpec('books'), finalTopK: version * 10 },
          },
        }),
      ).toMatchObject({
        updateRetriever: {
          retriever: { latestVersion: version + 1, latest: { finalTopK: version * 10 } },
          userErrors: [],
        },
      });
    const read = `query ($after: String) { retriever(name: "versioned") {
      version(number: 1) { finalTopK } missing: version(number: 9) { finalTopK }
      versions(first: 2, after: $after) { nodes { id version } totalCount pageInfo { hasNextPage endCursor } } } }`;
    interface Versions {
      readonly retriever: { readonly versions: { readonly pageInfo: { readonly endCursor: string } } };
    }
    const first = await api.ask<Versions>(read);
    expect(first.retriever).toMatchObject({
      version: { finalTopK: 25 },
      missing: null,
      versions: { nodes: [{ version: 3 }, { version: 2 }], totalCount: 3, pageInfo: { hasNextPage: true } },
    });
    expect(await api.ask(read, { after: first.retriever.versions.pageInfo.endCursor })).toMatchObject({
      retriever: { versions: { nodes: [{ version: 1 }], pageInfo: { hasNextPage: false } } },
    });
  });

  test('an update based on an old version is a typed conflict and changes nothing', async () => {
    await addRetriever(api, 'contested', tasteSpec('books'));
    const input = { retriever: 'contested', expectedVersion: 1, spec: tasteSpec('books') };
    const answers = await Promise.all([1, 2, 3].map(() => api.ask<Spec>(UPDATE, { input })));
    const conflicts = answers.filter((answer) => JSON.stringify(answer).includes('VersionConflictError'));
    expect(conflicts).toHaveLength(2);
    expect(conflicts[0]).toEqual({
      updateRetriever: {
        retriever: null,
        kindsWithoutReward: [],
        userErrors: [
          {
            __typename: 'VersionConflictError',
            path: ['expectedVersion'],
            expectedVersion: 1,
            latestVersion: 2,
          },
        ],
      },
    });
    expect(await api.ask('{ retriever(name: "contested") { latestVersion } }')).toEqual({
      retriever: { latestVersion: 2 },
    });
  });

  test('a clone is a retriever of its own that names its origin', async () => {
    const clone = `mutation ($input: CloneRetrieverInput!) { cloneRetriever(input: $input) {
      retriever { name latestVersion latest { finalTopK } clonedFrom { version retriever { name } } }
      userErrors { code path } } }`;
    const input = { retriever: 'versioned', version: 2, name: 'copy' };
    expect(await api.ask(clone, { input })).toEqual({
      cloneRetriever: {
        retriever: {
          name: 'copy',
          latestVersion: 1,
          latest: { finalTopK: 10 },
          clonedFrom: { version: 2, retriever: { name: 'versioned' } },
        },
        userErrors: [],
      },
    });
    const errors = async (input: Spec): Promise<unknown> =>
      (await api.ask<{ readonly cloneRetriever: Spec }>(clone, { input })).cloneRetriever['userErrors'];
    expect(await errors(input)).toEqual([{ code: 'NAME_TAKEN', path: ['name'] }]);
    expect(await errors({ ...input, name: 'copy2', version: 77 })).toEqual([
      { code: 'NOT_FOUND', path: ['version'] },
    ]);
    expect(await errors({ retriever: 'nope', name: 'copy2' })).toEqual([
      { code: 'NOT_FOUND', path: ['retriever'] },
    ]);
  });

  test('a deleted retriever is gone, and its clone says so', async () => {
    const remove = `mutation ($input: DeleteRetrieverInput!) { deleteRetriever(input: $input) {
      deleted userErrors { code path } } }`;
    const input = { retriever: 'versioned' };
    expect(await api.ask(remove, { input })).toEqual({
      deleteRetriever: { deleted: 'versioned', userErrors: [] },
    });
    expect(await api.ask(remove, { input })).toEqual({
      deleteRetriever: { deleted: null, userErrors: [{ code: 'NOT_FOUND', path: ['retriever'] }] },
    });
    expect(
      await api.ask('{ retriever(name: "copy") { clonedFrom { version retriever { name } } } }'),
    ).toEqual({
      retriever: { clonedFrom: { version: 2, retriever: null } },
    });
  });

  test('retrievers, versions, collections and features are found again by their global ids, others are null', async () => {
    interface Ids {
      readonly retriever: { readonly id: string; readonly latest: { readonly id: string } };
      readonly collection: { readonly id: string; readonly features: readonly { readonly id: string }[] };
    }
    const { retriever, collection } = await api.ask<Ids>(
      '{ retriever(name: "full") { id latest { id } } collection(name: "books") { id features { id } } }',
    );
    const ids = [
      retriever.id,
      retriever.latest.id,
      collection.id,
      ...collection.features.map(({ id }) => id),
    ];
    const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
    const types = ['Retriever', 'RetrieverVersion', 'Collection', 'Feature', 'Feature'];
    expect(await api.ask(nodes, { ids })).toEqual({
      nodes: ids.map((id, index) => ({ __typename: types[index], id })),
    });
    expect(await api.ask(nodes, { ids }, { namespace: 'other' })).toEqual({ nodes: ids.map(() => null) });
    expect((await api.refused(nodes, { ids: [...ids, 'nonsense', `${ids[0]}x`] })).faults).toEqual([
      'INVALID_ID at ids.5',
      'INVALID_ID at ids.6',
    ]);
    expect((await api.refused(nodes, { ids: [] })).faults).toEqual(['OUT_OF_RANGE at ids']);
  });
});

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
