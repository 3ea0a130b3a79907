/** How a managed index of Elasticsearch looks: its settings and mapping. Pure. */
import type { Uuid } from '../ids.ts';
import type { Collection, Feature, FieldDeclaration, Similarity } from '../collection/collection.ts';

/** How vectors are indexed: exact, a graph over floats, or graphs over 8-bit or 1-bit vectors. */
export const INDEX_OPTIONS = ['flat', 'hnsw', 'int8_hnsw', 'bbq_hnsw'] as const;
export type IndexOption = (typeof INDEX_OPTIONS)[number];

export interface IndexSettings {
  readonly indexOption: IndexOption;
  readonly shards: number;
  /** Copies beside the primary; null: one as soon as there is a second node. */
  readonly replicas: number | null;
  /** Time after which what was written can be found, such as 1s; `put` waits for it. */
  readonly refreshInterval: string;
  /**
   * How long an index that was replaced stays, in milliseconds, for searches and reads that were on their way to it;
   * 5,000 unless given.
   */
  readonly leaveAfter?: number;
}

/** Raised when an index made before could not be used as it is. */
export const LAYOUT = 1;

/** Positions between two values of a text: more than the words of the longest value, so no match spans two. */
export const VALUE_GAP = 1_000_000;
export const WIDEST_VALUE = 600_000;

/** The paths of a document in the index. */
export const FIELDS = {
  namespace: 'namespace',
  /** The id again, sortable: `_id` is not. */
  id: 'id',
  /** The id's hash: an order that has nothing to do with the data, for samples. */
  order: 'order',
  /** Names of declared fields that have a value. */
  present: 'present',
  /** Ids of features that have a vector. */
  has: 'has',
  field: (name: string): string => `fields.${name}`,
  vector: (feature: Pick<Feature, 'field'>): string => `vectors.${feature.field}`,
  /** What was given, to be given back exactly; not indexed. */
  source: 'source',
} as const;

const SIMILARITY = {
  COSINE: 'cosine',
  DOT_PRODUCT: 'max_inner_product',
  L2: 'l2_norm',
} as const satisfies Record<Similarity, string>;

type Json = Readonly<Record<string, unknown>>;

export function indexBody(
  collection: Collection,
  features: readonly Feature[],
  { indexOption, shards, replicas, refreshInterval }: IndexSettings,
): Json {
  return {
    settings: {
      number_of_shards: shards,
      ...(replicas === null ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
      refresh_interval: refreshInterval,
    },
    mappings: {
      dynamic: 'strict',
      _meta: { reweigh: { layout: LAYOUT, collection: collection.id } },
      // Vectors are kept in `source`, in less space and without the rounding of an index.
      _source: { excludes: ['vectors'] },
      properties: {
        [FIELDS.namespace]: { type: 'keyword' },
        [FIELDS.id]: { type: 'keyword' },
        [FIELDS.order]: { type: 'long' },
        [FIELDS.present]: { type: 'keyword' },
        [FIELDS.has]: { type: 'keyword' },
        [FIELDS.source]: { type: 'object', enabled: false },
        fields: {
          properties: Object.fromEntries(collection.fields.map((field) => [field.name, fieldType(field)])),
        },
        vectors: vectorProperties(features, indexOption),
      },
    },
  };
}

/** The mapping of vector fields, for a new index or to be added to one. */
export function vectorProperties(features: readonly Feature[], indexOption: IndexOption): Json {
  return {
    properties: Object.fromEntries(
      features.map((feature) => [
        feature.field,
        {
          type: 'dense_vector',
          dims: feature.dims,
          similarity: SIMILARITY[feature.similarity],
          index_options: { type: indexOption },
          meta: { feature: feature.id },
        },
      ]),
    ),
  };
}

function fieldType({ type }: FieldDeclaration): Json {
  switch (type) {
    case 'KEYWORD':
      return { type: 'keyword' };
    case 'TEXT':
      return { type: 'text', analyzer: 'whitespace', position_increment_gap: VALUE_GAP };
    case 'NUMBER':
      return { type: 'double' };
    case 'BOOLEAN':
      return { type: 'boolean' };
    case 'DATE':
      return { type: 'long' };
  }
}

/** The part of a stored mapping that says whose index it is and which vectors it holds. */
export interface StoredMapping {
  readonly _meta?: { readonly reweigh?: { readonly layout?: number; readonly collection?: string } };
  readonly properties?: {
    readonly vectors?: { readonly properties?: Readonly<Record<string, StoredVectorField>> };
  };
}

interface StoredVectorField {
  readonly dims?: number;
  readonly similarity?: string;
  readonly meta?: { readonly feature?: string };
}

/** A feature as the index knows it. */
export type IndexedFeature = Pick<Feature, 'id' | 'field' | 'dims'>;

/** The features that have a vector field in the index, by id. */
export function indexedFeatures(mapping: StoredMapping): ReadonlyMap<Uuid, IndexedFeature> {
  return new Map(
    Object.entries(mapping.properties?.vectors?.properties ?? {}).flatMap(([field, { dims, meta }]) => {
      const id = meta?.feature as Uuid | undefined;
      return id === undefined || dims === undefined ? [] : [[id, { id, field, dims }] as const];
    }),
  );
}

/** Every way in which an index does not fit the collection and features; features it lacks are no fault. */
export function mismatches(
  mapping: StoredMapping,
  collection: Collection,
  features: readonly Feature[],
): readonly string[] {
  const meta = mapping._meta?.reweigh;
  const faults: string[] = [];
  if (meta?.layout !== LAYOUT) faults.push(`expected layout ${LAYOUT}, got ${meta?.layout ?? 'none'}`);
  if (meta?.collection !== collection.id)
    faults.push(`expected collection ${collection.id}, got ${meta?.collection ?? 'none'}`);
  const fields = vectorFields(mapping);
  for (const feature of features) {
    const stored = fields.get(feature.field);
    if (stored === undefined) continue;
    const differs = (what: string, expected: unknown, got: unknown): void => {
      if (expected !== got)
        faults.push(`${feature.field}: expected ${what} ${String(expected)}, got ${String(got)}`);
    };
    differs('dims', feature.dims, stored.dims);
    differs('similarity', SIMILARITY[feature.similarity], stored.similarity);
    differs('feature', feature.id, stored.meta?.feature);
  }
  return faults;
}

/** Features without a vector field in the index. */
export function missingFeatures(mapping: StoredMapping, features: readonly Feature[]): readonly Feature[] {
  const fields = vectorFields(mapping);
  return features.filter(({ field }) => !fields.has(field));
}

function vectorFields(mapping: StoredMapping): ReadonlyMap<string, StoredVectorField> {
  return new Map(Object.entries(mapping.properties?.vectors?.properties ?? {}));
}
