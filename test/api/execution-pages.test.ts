import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  PAGE,
  READ,
  idsOf,
  uuidOf,
  openSearchApi,
  type SearchApi,
  type Execution,
  type Variables,
} from '../support/executions.ts';
import { TASTE, addLibrary, addRetriever, tasteSpec } from '../support/library.ts';
import { encodeGlobalId, uuidV7 } from '../../src/engine/ids.ts';

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
});
afterAll(() => api.close());

describe('pages of an execution', () => {
  test('page two has the order of page one, whatever has changed since', async () => {
    await addLibrary(api, 'moving');
    await addRetriever(api, 'moving', tasteSpec('moving'));
    const first = await api.execute({ retriever: 'moving', first: 2 });
    expect(idsOf(first)).toEqual(['sea', 'lake']);
    expect(first.hits.pageInfo.hasNextPage).toBe(true);
    const documents = [{ id: 'stone', vectors: [{ feature: TASTE, vector: [1, 0] }] }];
    await api.ask(
      'mutation ($documents: [DocumentInput!]!) { indexDocuments(input: { collection: "moving", documents: $documents }) { indexed } }',
      { documents },
    );
    const { executionPage } = await api.ask<{ readonly executionPage: Execution }>(PAGE, {
      execution: first.id,
      after: first.hits.pageInfo.endCursor,
      first: 1,
    });
    expect(executionPage).toMatchObject({
      id: first.id,
      hits: { pageInfo: { hasNextPage: true, hasPreviousPage: true } },
    });
    expect(executionPage.hits.nodes.map(({ rank, documentId }) => [rank, documentId])).toEqual([[3, 'drum']]);
    const last = await api.ask<{ readonly executionPage: Execution }>(PAGE, {
      execution: first.id,
      after: executionPage.hits.pageInfo.endCursor,
    });
    expect(idsOf(last.executionPage)).toEqual(['stone']);
    expect(last.executionPage.hits.pageInfo.hasNextPage).toBe(false);
  });

  test('impressions are what was served: page by page, never by reading back', async () => {
    const { id, hits } = await api.execute({ first: 1 });
    await api.ask(PAGE, { execution: id, after: hits.pageInfo.endCursor, first: 2 });
    await api.ask(READ, { id });
    await api.ask('query ($id: ID!) { node(id: $id) { ... on Execution { hits { nodes { rank } } } } }', {
      id,
    });
    await api.ask('{ executions(first: 1) { nodes { hits { nodes { rank } } } } }');
    await api.ports.executions.flush();
    const impressions = await api.ports.executions.impressions('default', uuidOf(id));
    expect(impressions.map(({ from, to }) => [from, to])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  test('an execution is read back as it was served, hit for hit', async () => {
    const served = await api.execute();
    await api.ports.executions.flush();
    const { execution } = await api.ask<{ readonly execution: Execution }>(READ, { id: served.id });
    expect(execution).toMatchObject({ id: served.id, logged: true, retriever: { name: 'taste' } });
    expect(execution.hits.nodes).toEqual(
      served.hits.nodes.map(({ id, documentId, score, contributions }) => ({
        id,
        documentId,
        score,
        contributions: contributions.map(({ contribution }) => ({ contribution })),
      })),
    );
    const page = await api.ask<{ readonly execution: Execution }>(READ, {
      id: served.id,
      first: 1,
      after: served.hits.pageInfo.endCursor,
    });
    expect(idsOf(page.execution)).toEqual([]);
  });

  test('an execution of another namespace, an unknown one and a foreign id are not shown', async () => {
    const { id } = await api.execute();
    await api.ports.executions.flush();
    const other = { namespace: 'other' };
    expect((await api.refused(READ, { id }, other)).code).toBe('EXECUTION_NOT_STORED');
    const old = uuidV7(new Date(Date.UTC(2020, 0)));
    expect(await api.ask(READ, { id: encodeGlobalId({ type: 'Execution', id: old }) })).toEqual({
      execution: null,
    });
    const retriever = encodeGlobalId({ type: 'Retriever', id: old });
    expect((await api.refused(READ, { id: retriever })).faults).toEqual(['INVALID_ID at id']);
    expect((await api.refused(PAGE, { execution: retriever })).faults).toEqual(['INVALID_ID at execution']);
    expect((await api.refused(PAGE, { execution: id, after: 'x', first: 0 })).faults).toEqual([
      'OUT_OF_RANGE at first',
      'INVALID_VALUE at after',
    ]);
  });

  test('executions are listed newest first, filtered by retriever, user, session and time', async () => {
    const user = 'lister';
    const ids: string[] = [];
    for (const session of ['a', 'b', 'a']) ids.push((await api.execute({ user, session })).id);
    await api.execute({ retriever: 'both', user });
    await api.ports.executions.flush();
    const list = async (filter: Variables): Promise<readonly string[]> => {
      const { executions } = await api.ask<{
        readonly executions: { readonly nodes: readonly { readonly id: string }[] };
      }>(
        `query ($retriever: String, $user: String, $session: String, $since: DateTime, $until: DateTime) {
          executions(retriever: $retriever, user: $user, session: $session, since: $since, until: $until) { nodes { id } } }`,
        filter,
      );
      return executions.nodes.map(({ id }) => id);
    };
    expect(await list({ user, retriever: 'taste' })).toEqual([...ids].reverse());
    expect(await list({ user, session: 'a' })).toEqual([ids[2], ids[0]]);
    expect(await list({ user })).toHaveLength(4);
    expect(await list({ user, until: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await list({ user, since: '2020-01-01T00:00:00+02:00' })).toHaveLength(4);
  });

  test('pages of a list of executions fit together, and all are counted', async () => {
    const query = `query ($after: String) { executions(first: 2, after: $after, user: "lister") {
      nodes { id } totalCount totalCountCapped pageInfo { hasNextPage endCursor } } }`;
    interface Listed {
      readonly executions: {
        readonly nodes: readonly { readonly id: string }[];
        readonly pageInfo: { readonly endCursor: string };
      };
    }
    const first = await api.ask<Listed>(query);
    expect(first.executions).toMatchObject({
      totalCount: 4,
      totalCountCapped: false,
      pageInfo: { hasNextPage: true },
    });
    const second = await api.ask<Listed>(query, { after: first.executions.pageInfo.endCursor });
    expect(second.executions).toMatchObject({ pageInfo: { hasNextPage: false } });
    expect(new Set([...first.executions.nodes, ...second.executions.nodes].map(({ id }) => id)).size).toBe(4);
  });
});
