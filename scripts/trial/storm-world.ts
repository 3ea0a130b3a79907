import { ask } from './instance.ts';

/** Ids of a page's hits, first rank first. */
export type PageOfHits = readonly string[];

export const RETRIEVER = 'storm';
const DOCUMENTS = 40;
const DIMS = 4;
const HITS = 10;
const FEATURES = ['storm://hand@1/shape', 'storm://hand@1/colour'];
const AUDIENCES = ['new', 'old', 'guest'];

const mutation = (name: string, input: string): string =>
  `mutation ($input: ${input}!) { ${name}(input: $input) { userErrors { message } } }`;
const EXECUTE = `query ($inputs: [GivenInput!]!, $user: String) {
  execute(retriever: "${RETRIEVER}", inputs: $inputs, user: $user, first: ${HITS}) { hits { nodes { id } } } }`;

/** A collection of random documents with two features, and a learned retriever over them. */
export async function addWorld(url: string, random: () => number): Promise<void> {
  const vector = (): number[] => Array.from({ length: DIMS }, () => random() - 0.5);
  const collection = RETRIEVER;
  await ask(url, mutation('createCollection', 'CreateCollectionInput'), {
    input: { name: collection, fields: [] },
  });
  for (const [index, uri] of FEATURES.entries())
    await ask(url, mutation('registerFeature', 'RegisterFeatureInput'), {
      input: { collection, uri, field: `vector${index}`, dims: DIMS },
    });
  const documents = Array.from({ length: DOCUMENTS }, (_, id) => ({
    id: `d${id}`,
    fields: {},
    vectors: FEATURES.map((feature) => ({ feature, vector: vector() })),
  }));
  await ask(url, mutation('indexDocuments', 'IndexDocumentsInput'), { input: { collection, documents } });
  await ask(url, mutation('createRetriever', 'CreateRetrieverInput'), {
    input: {
      name: RETRIEVER,
      spec: {
        collections: [collection],
        inputs: [
          { name: 'like', type: 'VECTOR', required: true },
          { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
        ],
        searches: FEATURES.map((feature) => ({ feature, input: '{{INPUT.like}}' })),
        fusion: { strategy: 'LEARNED', normalization: 'SIMILARITY' },
      },
    },
  });
}

/** Takes the retriever and the collection away, and the index that holds it. */
export async function removeWorld(url: string): Promise<void> {
  await ask(url, mutation('deleteRetriever', 'DeleteRetrieverInput'), { input: { retriever: RETRIEVER } });
  await ask(url, mutation('deleteCollection', 'DeleteCollectionInput'), { input: { collection: RETRIEVER } });
}

/** A page of some user of some segment. */
export async function readPage(url: string, random: () => number): Promise<PageOfHits> {
  const { execute } = await ask<{ execute: { hits: { nodes: readonly { id: string }[] } } }>(url, EXECUTE, {
    inputs: [
      { name: 'like', vector: Array.from({ length: DIMS }, () => random() - 0.5) },
      { name: 'audience', text: AUDIENCES[Math.floor(random() * AUDIENCES.length)] },
    ],
    user: `u${Math.floor(random() * 30)}`,
  });
  return execute.hits.nodes.map(({ id }) => id);
}
