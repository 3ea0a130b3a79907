import type { Uuid } from '../ids.ts';
import type { FieldScalar } from '../collection/collection.ts';
import type { Learning } from './learning-spec.ts';

/** Types an input can be declared with. */
export const INPUT_TYPES = ['TEXT', 'NUMBER', 'BOOLEAN', 'VECTOR', 'DOCUMENT', 'TEXTS', 'NUMBERS'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** What an input also says about the execution: whose it is, or a segment feature. */
export const INPUT_ROLES = ['NONE', 'USER', 'SESSION', 'SEGMENT'] as const;
export type InputRole = (typeof INPUT_ROLES)[number];

/** A stored document whose vectors are searched with. */
export interface NamedDocument {
  /** Name of its collection. */
  readonly collection: string;
  readonly id: string;
}

export type InputValue =
  string | number | boolean | Float32Array | NamedDocument | readonly string[] | readonly number[];

/** Input name to value; an input that was not given and has no default is absent. */
export type InputValues = ReadonlyMap<string, InputValue>;

export interface InputDeclaration {
  readonly name: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly default: Exclude<InputValue, Float32Array | NamedDocument> | null;
  readonly role: InputRole;
}

/** Tells a stored document from the other values of inputs. */
export function isNamedDocument(value: unknown): value is NamedDocument {
  return typeof value === 'object' && value !== null && 'collection' in value && 'id' in value;
}

/** A value of a filter: a constant, or a text that may hold `{{INPUT.name}}`. */
export type FilterOperand = FieldScalar;
export const FILTER_OPERATORS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'exists',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** A filter as it is written in a retriever: templates still in it, checked against the declared fields. */
export type FilterTemplate =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly FilterTemplate[] }
  | { readonly kind: 'not'; readonly filter: FilterTemplate }
  | {
      readonly kind: 'condition';
      readonly field: string;
      readonly operator: FilterOperator;
      readonly operand: FilterOperand | readonly FilterOperand[];
    };

/** Nothing to search with: an error, or an empty list that still teaches. */
export const ON_EMPTY = ['ERROR', 'SKIP'] as const;
export type OnEmpty = (typeof ON_EMPTY)[number];

/** One feature's request in a retriever. */
export interface Search {
  readonly feature: string;
  /** Template of the input, such as `{{INPUT.query}}` or `films about {{INPUT.query}}`. */
  readonly input: string;
  /** Length of the ranked list, 1..1000. */
  readonly topK: number;
  /** Candidates an approximate index looks at, topK..10,000; null: the backend's default. Exact search ignores it. */
  readonly numCandidates: number | null;
  /** Rescoring factor of a quantized index, 1..10; null: none. Exact search ignores it. */
  readonly oversample: number | null;
  /** Least raw score of a hit, applied before fusion; null: none. */
  readonly minScore: number | null;
  /** Factor (rrf, dbsf, max) or weight before normalising to sum 1 (weighted, prior of learned), ≥ 0; null: not given. */
  readonly weight: number | null;
  readonly filter: FilterTemplate | null;
  readonly onEmpty: OnEmpty;
}

export const FUSION_STRATEGIES = ['RRF', 'DBSF', 'WEIGHTED', 'MAX', 'LEARNED'] as const;
export type FusionStrategy = (typeof FUSION_STRATEGIES)[number];
export type StaticStrategy = Exclude<FusionStrategy, 'LEARNED'>;

export const NORMALIZATIONS = [
  'BACKGROUND',
  'SIMILARITY',
  'MIN_MAX',
  'Z_SCORE',
  'DBSF',
  'L2',
  'TMM',
  'RANK',
] as const;
export type Normalization = (typeof NORMALIZATIONS)[number];

/** What a candidate's score is in a list that lacks it: 0, or the exact score, asked for after the search. */
export const MISSING_RULES = ['ZERO', 'COMPLETE'] as const;
export type MissingRule = (typeof MISSING_RULES)[number];

export interface Fusion {
  readonly strategy: FusionStrategy;
  /** k of rrf, 1..10,000; 60 unless given. */
  readonly rrfK: number;
  readonly normalization: Normalization;
  readonly missing: MissingRule;
  /** What a learned retriever serves when it does not serve learned weights; null for other strategies. */
  readonly staticArm: StaticStrategy | null;
}

/** Of the hits that share a value of a field only so many are served. */
export interface GroupBy {
  /** A KEYWORD, NUMBER or BOOLEAN field that holds one value. */
  readonly field: string;
  /** Most hits of one group, 1..500. */
  readonly limit: number;
}

/** A recipe, parsed: every value in range, every name known, every default filled in. */
export interface RetrieverSpec {
  /** Names of 1..5 collections. */
  readonly collections: readonly string[];
  readonly inputs: readonly InputDeclaration[];
  /** 1..10, each another feature. */
  readonly searches: readonly Search[];
  readonly fusion: Fusion;
  readonly learning: Learning;
  /** Applied to every search beside its own filter. */
  readonly filter: FilterTemplate | null;
  /** Hits kept after fusion, 1..500. */
  readonly finalTopK: number;
  /** Null: hits are not grouped. */
  readonly groupBy: GroupBy | null;
  readonly description: string | null;
}

/** A named recipe. Its versions never change. */
export interface Retriever {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly latestVersion: number;
  /** The retriever and version it was cloned from. */
  readonly clonedFrom: { readonly retrieverId: Uuid; readonly version: number } | null;
  readonly createdAt: Date;
}

export interface RetrieverVersion {
  readonly retrieverId: Uuid;
  /** From 1, without gaps. */
  readonly version: number;
  readonly spec: RetrieverSpec;
  readonly createdAt: Date;
}
