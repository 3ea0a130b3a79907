import type { FusionStrategy, NamedDocument, Normalization } from '../retriever/retriever.ts';
import type { Failure } from '../search/search-backend.ts';
import type { Uuid } from '../ids.ts';

export const ASSIGNMENTS = ['STATIC', 'LEARNED'] as const;
/** Which arm was served. */
export type Assignment = (typeof ASSIGNMENTS)[number];

export const LEVELS = ['PRIOR', 'GLOBAL', 'SEGMENT', 'USER', 'SESSION'] as const;
/** Whose evidence the weights rest on. */
export type Level = (typeof LEVELS)[number];

export type DegradationCode = Failure | 'FEATURE_PARTIAL';
/** A feature that was left out, or used in part. Such a page does not teach. */
export interface Degradation {
  readonly code: DegradationCode;
  readonly feature: string;
  readonly message: string;
}

export const NOTICE_CODES = [
  'NORMALIZATION_FALLBACK',
  'STALE_WEIGHTS',
  'STALE_DEFINITIONS',
  'NOT_LOGGED',
  'EMPTY_SEARCH',
] as const;
export type NoticeCode = (typeof NOTICE_CODES)[number];
/** Something worth knowing that does not change what the page teaches. */
export interface Notice {
  readonly code: NoticeCode;
  readonly feature: string | null;
  readonly message: string;
}

/** An input as it was given; a vector only by its length and SHA-256 of its little-endian float32 bytes. */
export type RecordedInput =
  | { readonly name: string; readonly type: 'TEXT'; readonly value: string }
  | { readonly name: string; readonly type: 'NUMBER'; readonly value: number }
  | { readonly name: string; readonly type: 'BOOLEAN'; readonly value: boolean }
  | { readonly name: string; readonly type: 'TEXTS'; readonly value: readonly string[] }
  | { readonly name: string; readonly type: 'NUMBERS'; readonly value: readonly number[] }
  | { readonly name: string; readonly type: 'DOCUMENT'; readonly value: NamedDocument }
  | { readonly name: string; readonly type: 'VECTOR'; readonly dims: number; readonly sha256: string };

/** Whose evidence the weights came from and how they were drawn; enough to repeat the draw. */
export interface WeightChoice {
  readonly level: Level;
  /** Why this level, in a sentence. */
  readonly reason: string;
  /** Learning generation: a digest of features, normalization and its parameters, missing rule and half-life. */
  readonly generation: string;
  /** Reset counts of the contexts the execution was served under. */
  readonly epochs: { readonly global: number; readonly segment: number; readonly user: number };
  /** Mean (F), lower Cholesky factor (F × F, row-major) and standard normals (F) of the draw; null without one. */
  readonly draw: {
    readonly mean: Float64Array;
    readonly factor: Float64Array;
    readonly normals: Float64Array;
    readonly seed: string;
  } | null;
}

/** Duration of a stage in milliseconds. */
export interface Timing {
  readonly stage: string;
  readonly milliseconds: number;
}

/**
 * How every candidate came about, candidates in final order (hits first), features in order of the searches.
 * Matrices are row-major, depth × F.
 */
export interface CandidateTable {
  /** Index into `collections` of the record, per candidate. */
  readonly collection: Uint16Array;
  readonly ids: readonly string[];
  /** Fused score per candidate. */
  readonly fused: Float64Array;
  /** Rank from 1 in the feature's list; 0: absent from it, or completed: then it has a raw score. */
  readonly ranks: Uint32Array;
  /** Raw score; NaN: absent. */
  readonly raw: Float64Array;
  /** Normalized score x; 0 where absent. */
  readonly normalized: Float64Array;
  /** The feature's part of the fused score; 0 where absent. */
  readonly contributions: Float64Array;
}

/** One logged run of a retriever. Immutable. The page is read again, explained and credited from it alone. */
export interface ExecutionRecord {
  readonly id: Uuid;
  readonly namespace: string;
  readonly retrieverId: Uuid;
  readonly retrieverName: string;
  readonly version: number;
  readonly servedAt: Date;
  readonly executionKey: string | null;
  readonly inputs: readonly RecordedInput[];
  readonly user: string | null;
  readonly session: string | null;
  /** Values of the segment features in declared order; null where one is missing or none is declared. */
  readonly segment: readonly string[] | null;
  readonly assignment: Assignment;
  readonly strategy: FusionStrategy;
  readonly normalization: Normalization;
  readonly finalTopK: number;
  /** Feature URIs, F of them, in order of the searches. */
  readonly features: readonly string[];
  /** Served weights (weighted, learned: sum 1) or factors (rrf, dbsf, max), F of them; 0 for a feature left out. */
  readonly weights: Float64Array;
  readonly choice: WeightChoice;
  readonly collections: readonly Uuid[];
  /** Served order: the first `hitCount` candidates are the hits. */
  readonly hitCount: number;
  readonly candidates: CandidateTable;
  /** Distinct candidates over all lists, recorded or not. */
  readonly candidateCount: number;
  readonly timings: readonly Timing[];
  readonly degradations: readonly Degradation[];
  readonly notices: readonly Notice[];
  /** False where a feature failed, timed out, was rejected or came in part. */
  readonly teaches: boolean;
}

/** Hits `from`..`to` (ranks from 1, inclusive) that were on a served page. */
export interface Impression {
  readonly executionId: Uuid;
  readonly from: number;
  readonly to: number;
  readonly at: Date;
}
