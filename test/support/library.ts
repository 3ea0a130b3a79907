import type { Api } from './api.ts';

/** A small collection whose scores can be worked out by hand: `taste` has 2 dimensions and comes ready. */
export const BOOKS = [
  { id: 'sea', title: 'The quiet sea', tags: ['water'], year: 1990, taste: [1, 0] },
  { id: 'lake', title: 'Songs of the lake', tags: ['water', 'music'], year: 2001, taste: [0.8, 0.6] },
  { id: 'drum', title: 'A drum in the night', tags: ['music'], year: 2010, taste: [0, 1] },
  { id: 'stone', title: 'Stone and sea', tags: ['earth'], year: 2020, taste: [-1, 0] },
  { id: 'blank', title: 'Untasted', tags: [], year: 2024, taste: null },
] as const;

export const TASTE = 'embed://hand@1/taste';
export const TITLE = 'embed://hashing@1/title';

const MUTATIONS = {
  collection: `mutation ($input: CreateCollectionInput!) {
    createCollection(input: $input) { collection { id name } userErrors { code } } }`,
  feature: `mutation ($input: RegisterFeatureInput!) {
    registerFeature(input: $input) { feature { id uri } userErrors { code } } }`,
  documents: `mutation ($input: IndexDocumentsInput!) {
    indexDocuments(input: $input) { indexed refused results { status faults { code path message } } userErrors { code } } }`,
  retriever: `mutation ($input: CreateRetrieverInput!) {
    createRetriever(input: $input) { retriever { id name latestVersion } userErrors { code } } }`,
} as const;

export const FIELDS = [
  { name: 'title', type: 'TEXT' },
  { name: 'tags', type: 'KEYWORD', many: true },
  { name: 'year', type: 'NUMBER' },
  { name: 'inStock', type: 'BOOLEAN' },
  { name: 'addedAt', type: 'DATE' },
];

/** Creates the collection `name` with its two features and the books in it. */
export async function addLibrary(api: Api, name: string, namespace = 'default'): Promise<void> {
  const options = { namespace };
  await api.ask(MUTATIONS.collection, { input: { name, fields: FIELDS } }, options);
  await addFeature(api, { collection: name, uri: TASTE, field: 'taste', dims: 2 }, namespace);
  await addFeature(
    api,
    {
      collection: name,
      uri: TITLE,
      field: 'titleVector',
      dims: 64,
      sourceFields: ['title'],
      embedder: 'HASHING',
    },
    namespace,
  );
  const documents = BOOKS.map(({ id, taste, ...fields }) => ({
    id,
    fields,
    vectors: [{ feature: TASTE, vector: taste }],
  }));
  await api.ask(MUTATIONS.documents, { input: { collection: name, documents } }, options);
}

export async function addFeature(
  api: Api,
  input: Readonly<Record<string, unknown>>,
  namespace = 'default',
): Promise<void> {
  await api.ask(MUTATIONS.feature, { input }, { namespace });
}

/** A recipe over the library: its taste alone, summed as it is. */
export function tasteSpec(collection: string): Readonly<Record<string, unknown>> {
  return {
    collections: [collection],
    inputs: [{ name: 'taste', type: 'VECTOR', required: true }],
    searches: [{ feature: TASTE, input: '{{INPUT.taste}}' }],
    fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
  };
}

export async function addRetriever(
  api: Api,
  name: string,
  spec: Readonly<Record<string, unknown>>,
): Promise<void> {
  await api.ask(MUTATIONS.retriever, { input: { name, spec } });
}

export { MUTATIONS };
