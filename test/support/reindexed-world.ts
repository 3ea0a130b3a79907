/** A collection that is reindexed while two instances of the built server search it and write to it. */
import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { addFeature, addRetriever, MUTATIONS } from './library.ts';
import { answerTo, httpApi } from './http-api.ts';
import { REINDEX, REINDEXING, type ReindexingState } from './reindexing.ts';

export const FIRST = 'embed://hashing@1/title';
export const COUNT = 2_000;
const LONGEST = 120_000;
const WORDS = ['sea', 'lake', 'drum', 'stone', 'night', 'quiet', 'song', 'harbour'];

export const titleFeature = (uri: string, field: string): Readonly<Record<string, unknown>> => ({
  collection: 'books',
  uri,
  field,
  dims: 32,
  sourceFields: ['title'],
  embedder: 'HASHING',
});

export const specOf = (feature: string): Readonly<Record<string, unknown>> => ({
  collections: ['books'],
  inputs: [{ name: 'query', type: 'TEXT', required: true }],
  searches: [{ feature, input: '{{INPUT.query}}' }],
  fusion: { strategy: 'LEARNED', normalization: 'SIMILARITY' },
});

export const documentOf = (id: string, revision = 0): object => {
  const place = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const words = [0, 1, 2].map((turn) => WORDS[(place * (turn + 3) + turn) % WORDS.length]);
  return { id, fields: { title: words.join(' '), revision } };
};

/** The collection, its feature, a retriever, and its documents. */
export async function addBooks(url: string): Promise<void> {
  const api = httpApi(url);
  const fields = [
    { name: 'title', type: 'TEXT' },
    { name: 'revision', type: 'NUMBER' },
  ];
  await api.ask(MUTATIONS.collection, { input: { name: 'books', fields } });
  await addFeature(api, titleFeature(FIRST, 'title_1'));
  const documents = Array.from({ length: COUNT }, (_, place) => documentOf(`book ${place}`));
  // Now: the first search must find something.
  await api.ask(MUTATIONS.documents, { input: { collection: 'books', documents, searchable: 'NOW' } });
  await addRetriever(api, 'titles', specOf(FIRST));
}

const EXECUTE = `query ($query: String!) { execute(retriever: "titles", inputs: [{ name: "query", text: $query }]) {
  degradations { code } level hits { nodes { documentId } } } }`;

export interface Found {
  readonly degradations: readonly object[];
  readonly level: string;
  readonly hits: { readonly nodes: readonly { readonly documentId: string }[] };
}

export async function search(url: string, query = 'sea'): Promise<Found> {
  const answer = await httpApi(url).ask<{ readonly execute: Found }>(EXECUTE, { query });
  return answer.execute;
}

/** Searches again and again until `over`; how often. Every one must find something, with nothing left out. */
export async function searchSteadily(url: string, over: () => boolean): Promise<number> {
  let searches = 0;
  for (; !over(); searches += 1) {
    const { degradations, hits } = await search(url, WORDS[searches % WORDS.length]);
    expect(degradations).toEqual([]);
    expect(hits.nodes.length).toBeGreaterThan(0);
  }
  return searches;
}

/** Puts, replaces and deletes until `over`; what must be there by id, with its revision, or must not (null). */
export async function writeSteadily(
  url: string,
  writer: string,
  over: () => boolean,
): Promise<ReadonlyMap<string, number | null>> {
  const expected = new Map<string, number | null>();
  for (let turn = 1; !over(); turn += 1) {
    const old = `book ${(turn * 37 + (writer === 'a' ? 0 : 1)) % COUNT}`;
    const ids = [`${writer} ${turn}`, ...(ownedBy(old) === writer ? [old] : [])];
    const documents = ids.map((id) => documentOf(id, turn));
    const input = { collection: 'books', documents, searchable: turn % 2 === 0 ? 'SOON' : 'NOW' };
    const { body } = await answerTo(url, MUTATIONS.documents, { input });
    expect(body.errors).toBeUndefined();
    expect(body.data?.['indexDocuments']).toMatchObject({ indexed: ids.length, refused: 0 });
    for (const id of ids) expected.set(id, turn);
    const gone = `${writer} ${turn - 5}`;
    if (turn % 3 !== 0 || turn <= 5) continue;
    const removed = await answerTo(url, DELETE, { input: { collection: 'books', ids: [gone] } });
    expect(removed.body.data?.['deleteDocuments']).toEqual({ deleted: 1 });
    expected.set(gone, null);
  }
  return expected;
}
const DELETE = `mutation ($input: DeleteDocumentsInput!) { deleteDocuments(input: $input) { deleted } }`;

/** Two writers must not replace the same document: nobody could say which revision is the last. */
function ownedBy(id: string): string {
  return Number(id.split(' ')[1]) % 2 === 0 ? 'a' : 'b';
}

/** Ids whose document is not as it was acknowledged. */
export async function lostOf(
  url: string,
  expected: ReadonlyMap<string, number | null>,
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const [id, revision] of expected) {
    const { document } = await httpApi(url).ask<{
      readonly document: { readonly fields: { readonly revision: number } } | null;
    }>('query ($id: ID!) { document(collection: "books", id: $id) { fields } }', { id });
    if ((document?.fields.revision ?? null) !== revision) lost.push(id);
  }
  return lost;
}

export async function reindexingOf(url: string): Promise<ReindexingState['collection']> {
  return (await httpApi(url).ask<ReindexingState>(REINDEXING, { name: 'books' })).collection;
}

/** Waits until an instance knows a feature that another one has registered: within a second. */
export async function untilKnown(url: string, uri: string): Promise<void> {
  const feature = 'query ($uri: String!) { feature(collection: "books", uri: $uri) { uri } }';
  const ask = (): Promise<{ readonly feature: object | null }> => httpApi(url).ask(feature, { uri });
  const end = performance.now() + LONGEST;
  while ((await ask()).feature === null) {
    if (performance.now() > end) throw new Error(`${uri} did not become known`);
    await sleep(20);
  }
}

/** Begins a reindexing and waits until it has ended. */
export async function reindex(
  url: string,
  embed: readonly string[] = [],
  more: object = {},
): Promise<ReindexingState['collection']> {
  await begin(url, embed, more);
  return ended(url);
}

export async function begin(url: string, embed: readonly string[] = [], more: object = {}): Promise<void> {
  const input = { collection: 'books', embed, ...more };
  expect(await httpApi(url).ask(REINDEX, { input })).toMatchObject({
    reindexCollection: { userErrors: [] },
  });
}

export async function ended(url: string): Promise<ReindexingState['collection']> {
  const end = performance.now() + LONGEST;
  for (;;) {
    const collection = await reindexingOf(url);
    if (collection.reindexing?.state !== 'RUNNING') return collection;
    if (performance.now() > end) throw new Error('the reindexing has not ended');
    await sleep(100);
  }
}

/** The collection's indexes at the server, with the kind of index of each vector field. */
export async function indexesOf(
  elasticsearch: string,
  prefix: string,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const mappings = (await (await fetch(`${elasticsearch}/${prefix}*/_mapping`)).json()) as Readonly<
    Record<string, { readonly mappings: { readonly properties: { readonly vectors: VectorFields } } }>
  >;
  return Object.fromEntries(
    Object.entries(mappings).map(
      ([
        name,
        {
          mappings: { properties },
        },
      ]) => [
        name.replace(/^.*-/, ''),
        Object.fromEntries(
          Object.entries(properties.vectors.properties ?? {}).map(([field, one]) => [
            field,
            one.index_options.type,
          ]),
        ),
      ],
    ),
  );
}
interface VectorFields {
  readonly properties?: Readonly<Record<string, { readonly index_options: { readonly type: string } }>>;
}
