import { expect } from '@jest/globals';
import type { Api, RequestOptions } from './api.ts';

/** The few operations that tests of reindexing share. */
export const REINDEX = `mutation ($input: ReindexCollectionInput!) { reindexCollection(input: $input) {
  collection { name } userErrors { __typename code path } } }`;
export const REINDEXING = `query ($name: String!) { collection(name: $name) { documentCount
  reindexing { state documents total embedded refused refusedDocuments { documentId reason } startedAt finishedAt reason } } }`;
export const DELETE_FEATURE = `mutation ($input: DeleteFeatureInput!) { deleteFeature(input: $input) {
  deleted userErrors { code path ... on InUseError { usedBy } } } }`;
export const REGISTER = `mutation ($input: RegisterFeatureInput!) { registerFeature(input: $input) {
  feature { uri } userErrors { code path } } }`;

export interface ReindexingState {
  readonly collection: {
    readonly documentCount: number;
    readonly reindexing: {
      readonly state: 'RUNNING' | 'DONE' | 'FAILED';
      readonly documents: number;
      readonly total: number;
      readonly embedded: number;
      readonly refused: number;
      readonly refusedDocuments: readonly { readonly documentId: string; readonly reason: string }[];
      readonly startedAt: string;
      readonly finishedAt: string | null;
      readonly reason: string | null;
    } | null;
  };
}

/** Reindexes the collection `books`; how it stands when that has ended. */
export async function reindexBooks(
  api: Api,
  input: object,
  options: RequestOptions = {},
): Promise<ReindexingState['collection']> {
  expect(await api.ask(REINDEX, { input: { collection: 'books', ...input } }, options)).toEqual({
    reindexCollection: { collection: { name: 'books' }, userErrors: [] },
  });
  await api.ports.jobs.settle();
  return (await api.ask<ReindexingState>(REINDEXING, { name: 'books' })).collection;
}
