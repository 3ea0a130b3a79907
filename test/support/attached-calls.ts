/** The calls that are made of an attached collection and of one in an index of the server. */
import type { Execution } from './both-backends-calls.ts';

export const ATTACH = `mutation ($input: AttachCollectionInput!) { attachCollection(input: $input) {
  collection { name attached { index idField routing } fields { name path } documentCount
    features { uri field documentCount } }
  userErrors { code path } } }`;
export interface Attached {
  readonly attachCollection: { readonly collection: object | null; readonly userErrors: readonly object[] };
}

export const REINDEX = `mutation ($input: ReindexCollectionInput!) {
  reindexCollection(input: $input) { userErrors { code path } } }`;

export const DOCUMENTS = `query ($collection: String!) { documents(collection: $collection, first: 100) {
  totalCount nodes { documentId fields vectors { feature vector } } } }`;

/** Without what has the name of the retriever or the collection in it. */
export const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!], $first: Int, $learn: Boolean) {
  execute(retriever: $retriever, inputs: $inputs, first: $first, learn: $learn) {
    candidateCount degradations { code message } notices { code }
    hits { totalCount nodes { rank score documentId document { fields }
      contributions { feature rank rawScore normalizedScore weight contribution share } } } } }`;
export type Answer = Pick<Execution, 'candidateCount' | 'degradations' | 'hits'>;
