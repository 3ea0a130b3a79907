import type { FieldDeclaration, FieldValue } from '../collection/collection.ts';
import type { KnnRequest } from './search-backend.ts';
import type { Uuid } from '../ids.ts';
import type { Nearest, NearestRequest } from './embedded-nearest.ts';

/** Vectors of one feature: `positions[i]` is the place in the batch of the document that row i belongs to. */
export interface VectorBlock {
  readonly feature: Uuid;
  readonly dims: number;
  readonly positions: Uint32Array;
  readonly vectors: Float32Array;
}

/** Whole documents that replace those of the same id. */
export interface PutMessage {
  readonly kind: 'put';
  readonly collection: Uuid;
  readonly declared: readonly FieldDeclaration[];
  readonly ids: readonly string[];
  readonly fields: readonly (readonly (readonly [string, FieldValue])[])[];
  readonly blocks: readonly VectorBlock[];
}

export interface SearchMessage extends NearestRequest {
  readonly kind: 'search';
  readonly collection: Uuid;
  readonly feature: Uuid;
  readonly filter: KnnRequest['filter'];
  /** Milliseconds since 1970; past it nobody waits for the answer, and it is null. */
  readonly expires: number;
}

/** What the worker can be asked, one answer each. Requests are handled in the order they are sent. */
export type WorkerMessage =
  | PutMessage
  | SearchMessage
  | { readonly kind: 'delete'; readonly collection: Uuid; readonly ids: readonly string[] }
  | { readonly kind: 'drop'; readonly collection: Uuid }
  | { readonly kind: 'ping' };

export interface Ticketed {
  readonly ticket: number;
  readonly message: WorkerMessage;
}

export type WorkerAnswer =
  | { readonly ticket: number; readonly ok: true; readonly value: Nearest | null }
  | { readonly ticket: number; readonly ok: false; readonly reason: string };
