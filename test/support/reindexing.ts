/** The few operations that tests of reindexing share. */
export const REINDEX = `mutation ($input: ReindexCollectionInput!) { reindexCollection(input: $input) {
  collection { name } userErrors { __typename code path } } }`;
export const REINDEXING = `query ($name: String!) { collection(name: $name) { documentCount
  reindexing { state documents total embedded startedAt finishedAt reason } } }`;
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
      readonly startedAt: string;
      readonly finishedAt: string | null;
      readonly reason: string | null;
    } | null;
  };
}
