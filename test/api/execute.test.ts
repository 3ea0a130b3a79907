import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  PAGE,
  TO_THE_SEA,
  idsOf,
  withBackend,
  openSearchApi,
  type SearchApi,
  type Execution,
} from '../support/executions.ts';
import { TASTE, TITLE, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
});
afterAll(() => api.close());

describe('execute', () => {
  test('answers one ranking in which every score is explained', async () => {
    const execution = await api.execute();
    expect(execution).toMatchObject({
      retrieverName: 'taste',
      version: 1,
      candidateCount: 4,
      strategy: 'WEIGHTED',
      normalization: 'SIMILARITY',
      assignment: 'STATIC',
      level: 'PRIOR',
      weights: [{ feature: TASTE, weight: 1 }],
      inputs: [{ name: 'taste', type: 'VECTOR', value: null, dims: 2 }],
      degradations: [],
      notices: [],
      hits: { totalCount: 4, pageInfo: { hasNextPage: false, hasPreviousPage: false } },
    });
    // cosines with (1, 0): sea (1, 0) 1, lake (.8, .6) .8, drum (0, 1) 0, stone (−1, 0) −1.
    expect(idsOf(execution)).toEqual(['sea', 'lake', 'drum', 'stone']);
    const scores = execution.hits.nodes.map(({ score }) => score);
    [1, 0.8, 0, -1].forEach((cosine, index) => expect(scores[index]).toBeCloseTo(cosine, 6));
    const lake = execution.hits.nodes[1]!;
    expect(lake).toMatchObject({
      rank: 2,
      document: { documentId: 'lake', fields: { title: 'Songs of the lake' } },
      contributions: [
        { feature: TASTE, rank: 2, rawScore: lake.score, normalizedScore: lake.score, weight: 1, share: 1 },
      ],
    });
    expect(execution.hits.nodes[2]!.contributions[0]).toMatchObject({ contribution: 0, share: null });
    expect((execution['timings'] as readonly { readonly stage: string }[]).map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['plan', 'embed', 'search', 'fuse', 'total', `search ${TASTE}`]),
    );
  });

  test('features that lack a document contribute nothing to it; the parts sum to the score', async () => {
    const { hits } = await api.execute({
      retriever: 'both',
      inputs: [
        { name: 'query', text: 'untasted' },
        { name: 'taste', vector: [1, 0] },
      ],
    });
    const blank = hits.nodes.find(({ documentId }) => documentId === 'blank')!;
    expect(blank.contributions[0]).toMatchObject({ feature: TITLE, rank: 1, contribution: 1 / 61, share: 1 });
    expect(blank.contributions[1]).toEqual({
      feature: TASTE,
      rank: null,
      rawScore: null,
      normalizedScore: 0,
      weight: 1,
      contribution: 0,
      share: 0,
    });
    for (const { score, contributions } of hits.nodes)
      expect(contributions.reduce((sum, part) => sum + Number(part['contribution']), 0)).toBeCloseTo(
        score,
        12,
      );
  });

  test('inputs name the user and the segment, and fill the filters', async () => {
    const execution = await api.execute({
      retriever: 'both',
      session: 's-1',
      inputs: [
        { name: 'user', text: 'u 🦉' },
        { name: 'audience', text: 'sailors' },
        { name: 'taste', vector: [1, 0] },
        { name: 'tag', text: 'water' },
      ],
    });
    expect(execution).toMatchObject({ user: 'u 🦉', session: 's-1', segment: ['sailors'] });
    expect(idsOf(execution)).toEqual(['sea', 'lake']);
    expect(execution['notices']).toEqual([
      { code: 'EMPTY_SEARCH', feature: TITLE },
      { code: 'NORMALIZATION_FALLBACK', feature: TITLE },
      { code: 'NORMALIZATION_FALLBACK', feature: TASTE },
    ]);
  });

  test('a document deleted after the search is null, its hit stays', async () => {
    await addLibrary(api, 'fleeting');
    await addRetriever(api, 'fleeting', tasteSpec('fleeting'));
    const { id } = await api.execute({ retriever: 'fleeting' });
    await api.ports.executions.flush();
    await api.ask(
      'mutation { deleteDocuments(input: { collection: "fleeting", ids: ["lake"] }) { deleted } }',
    );
    const read = `query ($id: ID!) { execution(id: $id) { hits { nodes { documentId document { id } } } } }`;
    const { execution } = await api.ask<{ readonly execution: Execution }>(read, { id });
    expect(idsOf(execution)).toEqual(['sea', 'lake', 'drum', 'stone']);
    expect(execution.hits.nodes.map(({ document }) => document === null)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test('the documents of a page are fetched once, and only when they are selected', async () => {
    const fetched: (readonly string[])[] = [];
    const backend = withBackend(api, {
      fetch: (collection, ids, options) => {
        fetched.push(ids);
        return api.ports.backend.fetch(collection, ids, options);
      },
    });
    await api.execute({}, { ports: { backend } });
    expect(fetched).toEqual([['sea', 'lake', 'drum', 'stone']]);
    const bare =
      'query ($inputs: [GivenInput!]) { execute(retriever: "taste", inputs: $inputs) { hits { nodes { documentId } } } }';
    await api.ask(bare, { inputs: TO_THE_SEA }, { ports: { backend } });
    expect(fetched).toHaveLength(1);
  });

  test('is not answered over GET, and neither are its later pages: both are remembered', async () => {
    expect((await api.executeRefused({}, { method: 'GET' })).code).toBe('METHOD_NOT_ALLOWED');
    const { id } = await api.execute();
    expect((await api.refused(PAGE, { execution: id }, { method: 'GET' })).code).toBe('METHOD_NOT_ALLOWED');
  });
});
