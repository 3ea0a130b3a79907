import { seededRandom } from '../../src/engine/random.ts';

/** A collection with every type of field and every similarity, its documents, and recipes over them. */
export const COLLECTION = 'things';
export const DOCUMENTS = 80;
const DIMS = 8;

export const SHAPE = 'embed://hand@1/shape';
export const COLOUR = 'embed://hand@1/colour';
export const MOOD = 'embed://hand@1/mood';
export const WORDS = 'embed://hashing@1/title';

export const FIELDS = [
  { name: 'title', type: 'TEXT' },
  { name: 'tags', type: 'KEYWORD', many: true },
  { name: 'kind', type: 'KEYWORD' },
  { name: 'price', type: 'NUMBER' },
  { name: 'inStock', type: 'BOOLEAN' },
  { name: 'addedAt', type: 'DATE' },
];

export const FEATURES = [
  { uri: SHAPE, field: 'shape', dims: DIMS, similarity: 'COSINE' },
  { uri: COLOUR, field: 'colour', dims: DIMS, similarity: 'L2' },
  { uri: MOOD, field: 'mood', dims: DIMS, similarity: 'DOT_PRODUCT' },
  { uri: WORDS, field: 'words', dims: 64, sourceFields: ['title'], embedder: 'HASHING' },
];

const random = seededRandom('both backends');
const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)]!;
const vector = (): readonly number[] => Array.from({ length: DIMS }, () => random.next() * 2 - 1);
const NOUNS = ['sea', 'lake', 'drum', 'stone', 'night', 'garden', 'lantern', 'river', 'winter', 'orchard'];
const ADJECTIVES = ['quiet', 'deep', 'old', 'bright', 'broken', 'hidden', 'northern', 'golden'];

/** The thing of this number: some lack a price, some a mood. Ids and texts hold what a URL or a query would escape. */
function thing(index: number): Readonly<Record<string, unknown>> {
  return {
    id: index % 10 === 0 ? `ding/${index} ö?"%` : `t${index}`,
    fields: {
      title: `The ${pick(ADJECTIVES)} ${pick(NOUNS)} and the ${pick(ADJECTIVES)} ${pick(NOUNS)} ${index}`,
      tags: [pick(['water', 'earth', 'air']), pick(['old', 'new', 'a b'])],
      kind: pick(['book', 'film', 'song']),
      ...(index % 7 === 0 ? {} : { price: Math.round(random.next() * 1_000) / 10 }),
      inStock: index % 3 === 0,
      addedAt: new Date(Date.UTC(2024, index % 12, 1 + (index % 28))).toISOString(),
    },
    vectors: [
      { feature: SHAPE, vector: vector() },
      { feature: COLOUR, vector: vector() },
      { feature: MOOD, vector: index % 9 === 0 ? null : vector() },
    ],
  };
}
export const THINGS = Array.from({ length: DOCUMENTS }, (_, index) => thing(index));

export const newInputs = (): readonly Readonly<Record<string, unknown>>[] => [
  { name: 'query', text: `the ${pick(ADJECTIVES)} ${pick(NOUNS)}` },
  { name: 'shape', vector: vector() },
  { name: 'colour', vector: vector() },
  { name: 'mood', vector: vector() },
];
export const INPUTS = newInputs();

/** All four features; `over` replaces parts of it. */
export const specOf = (over: object = {}): object => ({
  collections: [COLLECTION],
  inputs: [
    { name: 'query', type: 'TEXT' },
    { name: 'shape', type: 'VECTOR' },
    { name: 'colour', type: 'VECTOR' },
    { name: 'mood', type: 'VECTOR' },
    { name: 'tag', type: 'TEXT' },
  ],
  searches: [
    { feature: SHAPE, input: '{{INPUT.shape}}', topK: 30, weight: 3 },
    { feature: COLOUR, input: '{{INPUT.colour}}', topK: 30, weight: 2 },
    { feature: MOOD, input: '{{INPUT.mood}}', topK: 30, weight: 1 },
    { feature: WORDS, input: '{{INPUT.query}}', topK: 30, weight: 1 },
  ],
  fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
  ...over,
});

/** A filter for each operator on each type of field that has it; each keeps some things and leaves some out. */
export const FILTERS = [
  { field: 'kind', eq: 'film' },
  { field: 'kind', ne: 'film' },
  { field: 'kind', in: ['film', 'song'] },
  { field: 'kind', nin: ['film', 'song'] },
  { field: 'tags', contains: 'a b' },
  { field: 'tags', contains: '{{INPUT.tag}}' },
  { field: 'title', contains: 'sea quiet' },
  { field: 'price', exists: true },
  { field: 'price', exists: false },
  { field: 'price', gt: 50 },
  { field: 'price', gte: 10, lt: 60 },
  { field: 'price', lte: 30 },
  { field: 'price', nin: [1, 2, 3], ne: 4 },
  { field: 'inStock', eq: true },
  { field: 'addedAt', gte: '2024-03-01T00:00:00Z', lt: '2024-06-01T02:00:00+02:00' },
  { and: [{ field: 'kind', eq: 'book' }, { not: { field: 'tags', contains: 'water' } }] },
  {
    or: [
      { field: 'price', gt: 90 },
      { field: 'title', contains: 'lantern' },
    ],
  },
];

/** Every fusion, and every normalization under one of them. */
export const FUSIONS = [
  { strategy: 'RRF', normalization: 'BACKGROUND' },
  { strategy: 'DBSF', normalization: 'BACKGROUND' },
  { strategy: 'MAX', normalization: 'MIN_MAX' },
  { strategy: 'WEIGHTED', normalization: 'MIN_MAX' },
  { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
  { strategy: 'WEIGHTED', normalization: 'L2' },
  { strategy: 'WEIGHTED', normalization: 'Z_SCORE' },
  { strategy: 'WEIGHTED', normalization: 'RANK' },
  { strategy: 'WEIGHTED', normalization: 'DBSF' },
  { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
  { strategy: 'WEIGHTED', normalization: 'BACKGROUND', missing: 'COMPLETE' },
  { strategy: 'LEARNED', normalization: 'BACKGROUND', missing: 'COMPLETE' },
];
