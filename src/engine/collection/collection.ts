import type { Uuid } from '../ids.ts';

/** Types a document field can be declared with. */
export const FIELD_TYPES = ['KEYWORD', 'TEXT', 'NUMBER', 'BOOLEAN', 'DATE'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface FieldDeclaration {
  readonly name: string;
  readonly type: FieldType;
  /** True where a document may hold several values. */
  readonly many: boolean;
  /** Where its values lie in an attached index, with dots; absent: under its name. */
  readonly path?: string;
}

/** An index that somebody else made and fills: it is searched and read, never written. */
export interface AttachedIndex {
  /** Name of one index, data stream or alias. */
  readonly index: string;
  /** Path of the keyword field that repeats the document's id; null: documents cannot be listed. */
  readonly idField: string | null;
  /** Goes with every request, so that only its shards are asked; null: all are. */
  readonly routing: string | null;
}

export const SIMILARITIES = ['COSINE', 'DOT_PRODUCT', 'L2'] as const;
export type Similarity = (typeof SIMILARITIES)[number];

/**
 * How an input becomes a vector. NONE: only ready vectors are taken. HASHING: the built-in text embedder.
 * OPENAI: a server that answers /v1/embeddings as OpenAI's does. ELASTICSEARCH: an inference endpoint of the
 * Elasticsearch that searches.
 */
export const EMBEDDER_KINDS = ['NONE', 'HASHING', 'OPENAI', 'ELASTICSEARCH'] as const;
export type EmbedderKind = (typeof EMBEDDER_KINDS)[number];

/**
 * Mean and standard deviation of a feature's raw similarity between random pairs of different documents:
 * the scale on which `background` normalization counts.
 */
export interface Background {
  readonly mean: number;
  /** Sample standard deviation, at least 1e-6. */
  readonly deviation: number;
  /** Documents sampled (up to 1,000) and pairs drawn from them (40,000). */
  readonly documents: number;
  readonly pairs: number;
  /** Documents in the collection when it was measured. */
  readonly population: number;
  readonly measuredAt: Date;
}

/** A collection: documents with declared fields. */
export interface Collection {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  /** Absent: the server's own index, which it makes, fills and removes. */
  readonly attached?: AttachedIndex;
  readonly createdAt: Date;
}

/** A feature: one embedding of a document, by one extractor at one version. */
export interface Feature {
  readonly id: Uuid;
  readonly collectionId: Uuid;
  /** scheme://extractor@version/output; unique in its collection. */
  readonly uri: string;
  /** Name of the vector field in documents, in an attached index its path; unique in its collection. */
  readonly field: string;
  readonly dims: number;
  readonly similarity: Similarity;
  /** Text fields the embedder reads, joined by newlines, where a document comes without a ready vector. */
  readonly sourceFields: readonly string[];
  readonly embedder: EmbedderKind;
  /**
   * Model that the OPENAI embedder asks for (null: the server's configured default), or the inference endpoint of the
   * ELASTICSEARCH embedder (never null). Null for other embedders.
   */
  readonly model: string | null;
  readonly background: Background | null;
  readonly createdAt: Date;
}

/** One stored value; dates are ISO 8601 in UTC with milliseconds. */
export type FieldScalar = string | number | boolean;
export type FieldValue = FieldScalar | readonly FieldScalar[];
/** Field name to value; a field that is absent has no value. */
export type FieldValues = ReadonlyMap<string, FieldValue>;

/** A document as it is stored: checked against its collection. */
export interface Document {
  readonly id: string;
  readonly fields: FieldValues;
  /** Feature id to vector; a feature the document lacks is absent. */
  readonly vectors: ReadonlyMap<Uuid, Float32Array>;
}
