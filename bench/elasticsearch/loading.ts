import { Client } from '@elastic/elasticsearch';
import { base64Vector, documentJson } from '../../src/engine/search/elasticsearch-document.ts';
import { encodeVector } from '../../src/engine/vector.ts';
import { FEATURES, idOf, vectorAt, type World } from './vectors.ts';
import { indexBody } from '../../src/engine/search/elasticsearch-mapping.ts';
import { refresh } from './index-state.ts';
import { uriOf, type Shelf, type Site } from './site.ts';
import type { Document } from '../../src/engine/collection/collection.ts';

/** Documents of one request, and requests on their way at once: the same for all. */
const BATCH = 500;
const AT_ONCE = 4;
/** What 500 documents take, about. */
const FLUSH_BYTES = 6_000_000;
const SOON = { searchable: 'soon' } as const;
/** Each way loads a tenth, then the next does. */
const TURNS = 10;

/** One way of bringing documents into an index of its own. */
export interface Loading {
  readonly name: string;
  /** Alias or name of the index. */
  readonly index: string;
  /** Stores documents `from`..`to` (exclusive). */
  write(from: number, to: number): Promise<void>;
}

/** Documents each second, by name of the way. */
export type Rates = ReadonlyMap<string, number>;

/**
 * Loads so many documents in every way, in turns of a tenth. The time of a way is that of its turns and of the refresh
 * at the end, after which all of them must be there.
 */
export async function loadInTurns(site: Site, ways: readonly Loading[], documents: number): Promise<Rates> {
  const spent = ways.map(() => 0);
  const timed = async (way: number, work: () => Promise<void>): Promise<void> => {
    const began = performance.now();
    await work();
    spent[way]! += performance.now() - began;
  };
  for (let turn = 0; turn < TURNS; turn += 1)
    for (let step = 0; step < ways.length; step += 1) {
      // Each is the first of a turn as often as the others.
      const way = (turn + step) % ways.length;
      const place = (part: number): number => Math.floor((documents * part) / TURNS);
      await timed(way, () => ways[way]!.write(place(turn), place(turn + 1)));
    }
  for (const [way, { index }] of ways.entries()) await timed(way, () => seeAll(site, index, documents));
  return new Map(ways.map(({ name }, way) => [name, documents / (spent[way]! / 1_000)]));
}

/** Loads documents `from`..`to` in one way; documents each second, with the refresh at the end. */
export async function loadRest(
  site: Site,
  { index, write }: Loading,
  [from, to]: readonly [number, number],
): Promise<number> {
  const began = performance.now();
  await write(from, to);
  await seeAll(site, index, to);
  return (to - from) / ((performance.now() - began) / 1_000);
}

async function seeAll({ elasticsearch }: Site, index: string, documents: number): Promise<void> {
  const count = await refresh(elasticsearch, index);
  if (count !== documents) throw new Error(`${count} of ${documents} documents are in ${index}`);
}

/** The product's loader: the search backend's `put`, not waiting until searches see what was written. */
export function loader({ prefix, engine }: Site, world: World, shelf: Shelf): Loading {
  const { collection } = shelf;
  return {
    name: 'loader',
    index: `${prefix}${collection.id}`,
    write: (from, to) =>
      inBatches(from, to, async (first, end) => {
        await engine.ports.backend.put(collection, documentsOf(world, shelf, [first, end]), SOON);
      }),
  };
}

/** The client's bulk helper, into an index of the same mapping: the same documents as the same JSON. */
export async function bulkHelper(site: Site, world: World, shelf: Shelf): Promise<Loading> {
  const client = new Client({ node: site.elasticsearch });
  const { collection, features } = shelf;
  const index = `${site.prefix}bulk`;
  const settings = { indexOption: site.option, shards: 1, replicas: null, refreshInterval: '1s' } as const;
  await client.indices.create({ index, ...indexBody(collection, features, settings) });
  const how = { features: new Map(features.map((feature) => [feature.id, feature])), form: base64Vector };
  return {
    name: 'helpers.bulk',
    index,
    write: async (from, to) => {
      const { failed } = await client.helpers.bulk<Document>({
        datasource: [...documentsOf(world, shelf, [from, to])],
        concurrency: AT_ONCE,
        flushBytes: FLUSH_BYTES,
        onDocument: (document) => [
          { index: { _index: index, _id: document.id } },
          documentJson(collection, document, how),
        ],
      });
      if (failed > 0) throw new Error(`helpers.bulk: ${failed} documents were refused`);
    },
  };
}

/** `indexDocuments` over HTTP, vectors as base64. */
export function throughApi({ prefix, client }: Site, world: World, { collection }: Shelf): Loading {
  const mutation = `mutation ($input: IndexDocumentsInput!) {
    indexDocuments(input: $input) { indexed refused userErrors { code message } } }`;
  return {
    name: 'indexDocuments',
    index: `${prefix}${collection.id}`,
    write: (from, to) =>
      inBatches(from, to, async (first, end) => {
        const documents = placesFrom(first, end).map((place) => ({
          id: idOf(place),
          fields: { place },
          vectors: world.blocks.map((block, feature) => ({
            feature: uriOf(FEATURES[feature]!),
            vector: encodeVector(vectorAt(block, place)),
          })),
        }));
        await client.ask(mutation, { input: { collection: collection.name, documents, searchable: 'SOON' } });
      }),
  };
}

/** All batches of `from`..`to`, a few at a time. */
async function inBatches(
  from: number,
  to: number,
  write: (first: number, end: number) => Promise<void>,
): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      next = Math.min(to, next + BATCH);
      await write(first, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Documents `from`..`to` (exclusive), without copying their vectors. */
function documentsOf(
  { blocks }: World,
  { features }: Shelf,
  [from, to]: readonly [number, number],
): readonly Document[] {
  return placesFrom(from, to).map((place) => ({
    id: idOf(place),
    fields: new Map([['place', place]]),
    vectors: new Map(
      FEATURES.map((name, index) => {
        const { id } = features.find(({ field }) => field === name)!;
        return [id, vectorAt(blocks[index]!, place)];
      }),
    ),
  }));
}

function placesFrom(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset);
}
