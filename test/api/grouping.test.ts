import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { idsOf, openSearchApi, PAGE, withBackend, type SearchApi } from '../support/executions.ts';
import { addRetriever, MUTATIONS, tasteSpec } from '../support/library.ts';

/** On the library: sea 1990, lake 2001, drum 2010, stone 2020, in this order of taste for (1, 0). */
const SERIES = [
  { id: 'sea-2', year: 1990, taste: [0.99, 0.1] },
  { id: 'sea-3', year: 1990, taste: [0.95, 0.3] },
  { id: 'undated', year: null, taste: [0.9, 0.4] },
];

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
  const documents = SERIES.map(({ id, year, taste }) => ({
    id,
    fields: year === null ? {} : { year },
    vectors: [{ feature: 'embed://hand@1/taste', vector: taste }],
  }));
  await api.ask(MUTATIONS.documents, { input: { collection: 'books', documents } });
  await addRetriever(api, 'by-year', { ...tasteSpec('books'), groupBy: { field: 'year', limit: 1 } });
});
afterAll(() => api.close());

describe('groups', () => {
  test('of a year only the first hit is served; positions count served hits, also on later pages', async () => {
    const execution = await api.execute({ retriever: 'by-year', first: 2 });
    expect(idsOf(execution)).toEqual(['sea', 'undated']);
    expect(execution.hits.nodes.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(execution).toMatchObject({ candidateCount: 7, hits: { totalCount: 5 } });
    const { executionPage } = await api.ask<{
      readonly executionPage: { readonly hits: { readonly nodes: readonly object[] } };
    }>(PAGE, { execution: execution.id, after: execution.hits.pageInfo.endCursor, first: 5 });
    expect(executionPage.hits.nodes).toMatchObject([
      { rank: 3, documentId: 'lake' },
      { rank: 4, documentId: 'drum' },
      { rank: 5, documentId: 'stone' },
    ]);
  });

  test('what is skipped is recorded behind the hits, as a further candidate', async () => {
    const settings = { ...api.ports.settings, recordDepth: 100, recordShare: 1 };
    await api.execute({ retriever: 'by-year' }, { ports: { settings } });
    await api.ports.executions.flush();
    const { rows } = await api.ports.executions.list(
      'default',
      { retrieverId: null, user: null, session: null, since: null, until: null },
      { first: 1, after: null, count: false },
    );
    expect(rows[0]!.value).toMatchObject({ hitCount: 5 });
    expect(rows[0]!.value.candidates.ids.slice(5)).toEqual(['sea-2', 'sea-3']);
  });

  test('the groups are shown with the version', async () => {
    const read = '{ retriever(name: "by-year") { latest { groupBy { field limit } } } }';
    expect(await api.ask(read)).toEqual({
      retriever: { latest: { groupBy: { field: 'year', limit: 1 } } },
    });
  });

  test('documents are read no further than it takes to fill the hits', async () => {
    await addRetriever(api, 'one', { ...tasteSpec('books'), finalTopK: 1, groupBy: { field: 'year' } });
    const fetched: (readonly string[])[] = [];
    const backend = withBackend(api, {
      fetch: (collection, ids, options) => {
        fetched.push(ids);
        return api.ports.backend.fetch(collection, ids, options);
      },
    });
    await api.ask(
      'query ($inputs: [GivenInput!]) { execute(retriever: "one", inputs: $inputs) { hits { nodes { rank } } } }',
      { inputs: [{ name: 'taste', vector: [1, 0] }] },
      { ports: { backend } },
    );
    expect(fetched).toHaveLength(1);
  });

  test('that cannot be read in time end the execution, which is worth another try', async () => {
    const backend = withBackend(api, { fetch: () => new Promise(() => undefined) });
    const settings = { ...api.ports.settings, searchDeadline: 100 };
    const refusal = await api.executeRefused({ retriever: 'by-year' }, { ports: { backend, settings } });
    expect(refusal).toMatchObject({ code: 'SEARCH_UNAVAILABLE', retryable: true });
  });

  test('an unknown field, a field of many values, a text and a bad limit are refused', async () => {
    const create =
      'mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) { retriever { id } } }';
    const refused = async (groupBy: object): Promise<readonly string[]> => {
      const input = { name: 'refused', spec: { ...tasteSpec('books'), groupBy } };
      return (await api.refused(create, { input })).faults;
    };
    expect(await refused({ field: 'nope' })).toEqual(['UNKNOWN_FIELD at spec.groupBy.field']);
    expect(await refused({ field: 'tags' })).toEqual(['TYPE_MISMATCH at spec.groupBy.field']);
    expect(await refused({ field: 'title' })).toEqual(['TYPE_MISMATCH at spec.groupBy.field']);
    expect(await refused({ field: 'year', limit: 0 })).toEqual(['OUT_OF_RANGE at spec.groupBy.limit']);
  });
});
