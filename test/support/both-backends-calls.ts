/** The calls that are made of both backends, and the form of their answers. */

const mutation = (name: string, input: string, answer: string): string =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { ${answer} userErrors { code path } } }`;

export const CREATE_COLLECTION = mutation(
  'createCollection',
  'CreateCollectionInput',
  'collection { name fields { name type many } }',
);
export const REGISTER_FEATURE = mutation(
  'registerFeature',
  'RegisterFeatureInput',
  'feature { uri field dims similarity embedder sourceFields documentCount }',
);
export const INDEX_DOCUMENTS = mutation(
  'indexDocuments',
  'IndexDocumentsInput',
  'indexed refused results { index documentId status faults { code path message } }',
);
export const MEASURE = mutation(
  'measureBackground',
  'MeasureBackgroundInput',
  'features { uri background { mean deviation documents pairs population } }',
);
export const CREATE_RETRIEVER = mutation(
  'createRetriever',
  'CreateRetrieverInput',
  'retriever { name latestVersion latest { fusion { strategy normalization missing } filter } }',
);
export const DELETE_RETRIEVER = mutation('deleteRetriever', 'DeleteRetrieverInput', 'deleted');
export const DELETE_DOCUMENTS = mutation(
  'deleteDocuments',
  'DeleteDocumentsInput',
  'deleted results { documentId deleted }',
);
export const DELETE_COLLECTION = mutation('deleteCollection', 'DeleteCollectionInput', 'deleted');
export const RECORD = mutation(
  'recordInteraction',
  'RecordInteractionInput',
  'repeated interaction { kinds position documentId state reason }',
);

const HITS = `hits { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { id rank score documentId
  document { documentId fields } contributions { feature rank rawScore normalizedScore weight contribution share } } }`;
export const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!], $first: Int, $learn: Boolean) {
  execute(retriever: $retriever, inputs: $inputs, first: $first, learn: $learn) {
    id retrieverName version candidateCount strategy normalization assignment level logged
    weights { feature weight } degradations { code feature } notices { code feature } ${HITS} } }`;
export const PAGE = `query ($execution: ID!, $after: String, $first: Int) {
  executionPage(execution: $execution, after: $after, first: $first) { ${HITS} } }`;
export const EXPLAIN = `query ($retriever: String!, $inputs: [GivenInput!]) {
  explainRetriever(retriever: $retriever, inputs: $inputs) { finalTopK mostCandidates fusion { strategy normalization }
    notices { code } searches { feature collection input value dims similarity topK documents filter
      normalization { rule mean deviation } } } }`;
export const METHODS =
  '{ explainRetriever(retriever: "weighted-similarity") { searches { method cost { requests } } } }';
export const DOCUMENT = `query ($id: ID!) { document(collection: "things", id: $id) {
  documentId fields vectors { feature vector } } }`;
export const DOCUMENTS_PAGE = `query ($after: String, $first: Int) {
  documents(collection: "things", after: $after, first: $first) {
    totalCount pageInfo { hasNextPage endCursor } nodes { documentId fields(names: ["title", "price"]) } } }`;
export const COUNTS = `{ collection(name: "things") { documentCount features { uri documentCount } } }`;
export const WEIGHTS = `query ($name: String!) { retriever(name: $name) { weights { level weights { feature weight }
  evidence { level pages rewardedImpressions } } posterior { level features { feature pointWeight } } } }`;

export interface Execution {
  readonly id: string;
  readonly level: string;
  readonly candidateCount: number;
  readonly weights: readonly { readonly weight: number }[];
  readonly notices: readonly object[];
  readonly degradations: readonly object[];
  readonly hits: Hits;
}
export interface Hits {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly nodes: readonly {
    readonly id: string;
    readonly rank: number;
    readonly documentId: string;
    readonly document: { readonly fields: Readonly<Record<string, unknown>> } | null;
    readonly contributions: readonly { readonly rank: number | null; readonly rawScore: number | null }[];
  }[];
}

export const documentIdsOf = ({ nodes }: Hits): readonly string[] =>
  nodes.map(({ documentId }) => documentId);
