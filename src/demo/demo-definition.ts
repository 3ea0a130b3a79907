import type { CollectionInput } from '../engine/collection/parse-collection.ts';
import type { FeatureInput } from '../engine/collection/parse-feature.ts';
import type { RetrieverSpecInput } from '../engine/retriever/spec-input.ts';

/** Name of the demo's collection and of its retriever. */
export const DEMO = 'demo';

/** A library of invented books. */
export const DEMO_COLLECTION: CollectionInput = {
  name: DEMO,
  fields: [
    { name: 'title', type: 'TEXT' },
    { name: 'description', type: 'TEXT' },
    { name: 'makers', type: 'KEYWORD', many: true },
    { name: 'category', type: 'KEYWORD' },
    { name: 'tags', type: 'KEYWORD', many: true },
    { name: 'year', type: 'NUMBER' },
    { name: 'price', type: 'NUMBER' },
    { name: 'inStock', type: 'BOOLEAN' },
    { name: 'addedAt', type: 'DATE' },
  ],
};

/** Four views of a book, each by the built-in embedder; they disagree, which is what there is to learn. */
export const DEMO_FEATURES: readonly FeatureInput[] = [
  feature('title', { sourceFields: ['title'], dims: 192 }),
  feature('description', { sourceFields: ['description'], dims: 256 }),
  feature('makers', { sourceFields: ['makers'], dims: 128 }),
  feature('shelf', { sourceFields: ['category', 'tags'], dims: 128 }),
];

function feature(name: string, parts: Pick<FeatureInput, 'sourceFields' | 'dims'>): FeatureInput {
  return { uri: `embed://hashing@1/${name}`, field: `${name}Vector`, embedder: 'HASHING', ...parts };
}

/** One query searched in all four features, fused with learned weights; an audience is a segment. */
export const DEMO_SPEC: RetrieverSpecInput = {
  collections: [DEMO],
  description: 'Books of the demo library, by title, description, makers and shelf.',
  inputs: [
    { name: 'query', type: 'TEXT', required: true },
    { name: 'user', type: 'TEXT', role: 'USER' },
    { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
    { name: 'category', type: 'TEXT' },
    { name: 'maxPrice', type: 'NUMBER' },
  ],
  searches: DEMO_FEATURES.map(({ uri }) => ({ feature: uri, input: '{{INPUT.query}}' })),
  fusion: { strategy: 'LEARNED', normalization: 'BACKGROUND' },
  filter: {
    and: [
      { field: 'category', eq: '{{INPUT.category}}' },
      { field: 'price', lte: '{{INPUT.maxPrice}}' },
    ],
  },
};
