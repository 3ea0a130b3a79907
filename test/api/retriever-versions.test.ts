import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { addLibrary, addRetriever, tasteSpec } from '../support/library.ts';
import type { Spec } from '../support/full-spec.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addLibrary(api, 'books');
});
afterAll(() => api.close());

const UPDATE = `mutation ($input: UpdateRetrieverInput!) { updateRetriever(input: $input) {
  retriever { latestVersion latest { finalTopK } } kindsWithoutReward
  userErrors { __typename path ... on VersionConflictError { expectedVersion latestVersion } } } }`;

describe('versions and clones of a retriever', () => {
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
      '{ retriever(name: "copy") { id latest { id } } collection(name: "books") { id features { id } } }',
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
