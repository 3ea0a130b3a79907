/** The things of `both-backends-world.ts` as a shop of its own keeps them in Elasticsearch, and how they are attached. */
import { parseVector } from '../../src/engine/vector.ts';
import { COLOUR, MOOD, SHAPE, WORDS } from './both-backends-world.ts';
import type { RawElasticsearch } from './elasticsearch-raw.ts';

type Json = Readonly<Record<string, unknown>>;

/** A document as the API gives it. */
export interface Thing {
  readonly documentId: string;
  readonly fields: Json;
  /** In base64 of little-endian float32. */
  readonly vectors: readonly { readonly feature: string; readonly vector: string }[];
}

export const SHOP = 'shop';
/** The same vectors as WORDS, quantized to one bit and to eight. */
export const WORDS_BBQ = 'embed://hashing@1/title-bbq';
export const WORDS_INT8 = 'embed://hashing@1/title-int8';

const dense = (dims: number, similarity: string, type: string): Json => ({
  type: 'dense_vector',
  dims,
  similarity,
  index_options: { type },
});
const MAPPINGS: Json = {
  properties: {
    sku: { type: 'keyword' },
    product: {
      properties: {
        name: { type: 'text' },
        labels: { type: 'text', fields: { raw: { type: 'keyword' } } },
        sort: { type: 'text', fields: { raw: { type: 'keyword' } } },
        euros: { type: 'float' },
        available: { type: 'boolean' },
        since: { type: 'date', format: 'dd.MM.uuuu HH:mm:ss' },
      },
    },
    chunks: { type: 'nested', properties: { text: { type: 'keyword' } } },
    ml: {
      properties: {
        shape: dense(8, 'cosine', 'hnsw'),
        colour: dense(8, 'l2_norm', 'flat'),
        mood: dense(8, 'max_inner_product', 'hnsw'),
        words: dense(64, 'dot_product', 'hnsw'),
        words_bbq: dense(64, 'cosine', 'bbq_hnsw'),
        words_int8: dense(64, 'dot_product', 'int8_flat'),
      },
    },
  },
};

/** Two indexes behind the alias, half of the things in each. */
export async function openShop(
  raw: RawElasticsearch,
  alias: string,
  things: readonly Thing[],
): Promise<void> {
  for (const half of [0, 1]) {
    const index = `${alias}-${half}`;
    await raw.send('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: MAPPINGS,
      aliases: { [alias]: {} },
    });
    const own = things.filter((_, at) => at % 2 === half);
    await raw.fill(index, new Map(own.map((thing) => [thing.documentId, product(thing)])));
  }
}

export async function closeShop(raw: RawElasticsearch, alias: string): Promise<void> {
  for (const half of [0, 1]) await raw.remove(`${alias}-${half}`);
}

/** As its owner writes it: booleans as texts, dates with the day first. */
function product({ documentId, fields, vectors }: Thing): Json {
  const of = (uri: string): readonly number[] | undefined => {
    const given = vectors.find(({ feature }) => feature === uri);
    return given === undefined ? undefined : Array.from(parseVector(given.vector));
  };
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(String(fields['addedAt']))!;
  const words = of(WORDS);
  return {
    sku: documentId,
    product: {
      name: fields['title'],
      labels: fields['tags'],
      sort: fields['kind'],
      euros: fields['price'],
      available: String(fields['inStock']),
      since: `${day}.${month}.${year} ${time}`,
    },
    ml: { shape: of(SHAPE), colour: of(COLOUR), mood: of(MOOD), words, words_bbq: words, words_int8: words },
  };
}

export const attachInput = (
  index: string,
): Json & { readonly fields: Json[]; readonly features: Json[] } => ({
  name: SHOP,
  index,
  idField: 'sku',
  fields: [
    { name: 'title', type: 'TEXT', path: 'product.name' },
    { name: 'tags', type: 'KEYWORD', many: true, path: 'product.labels.raw' },
    { name: 'kind', type: 'KEYWORD', path: 'product.sort.raw' },
    { name: 'price', type: 'NUMBER', path: 'product.euros' },
    { name: 'inStock', type: 'BOOLEAN', path: 'product.available' },
    { name: 'addedAt', type: 'DATE', path: 'product.since' },
  ],
  features: [
    { uri: SHAPE, field: 'ml.shape', dims: 8 },
    { uri: COLOUR, field: 'ml.colour', dims: 8, similarity: 'L2' },
    { uri: MOOD, field: 'ml.mood', dims: 8, similarity: 'DOT_PRODUCT' },
    { uri: WORDS, field: 'ml.words', dims: 64, embedder: 'HASHING' },
    { uri: WORDS_BBQ, field: 'ml.words_bbq', dims: 64, embedder: 'HASHING' },
  ],
});
