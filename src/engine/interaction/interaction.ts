import type { Uuid } from '../ids.ts';

/**
 * CREDITED: its kinds are in the set its hit is rewarded for. PENDING: its execution has not been stored yet.
 * UNCREDITED: kept for analytics and judgment sets; the reason says why.
 */
export const INTERACTION_STATES = ['CREDITED', 'PENDING', 'UNCREDITED'] as const;
export type InteractionState = (typeof INTERACTION_STATES)[number];

export const UNCREDITED_REASONS = [
  'UNKNOWN_EXECUTION',
  'OF_EXECUTION',
  'PAGE_DOES_NOT_TEACH',
  'CONTRADICTS_RECORD',
] as const;
/**
 * UNKNOWN_EXECUTION: none was stored within 60 s; credited if it still comes. OF_EXECUTION: its kinds concern the
 * execution, not a hit. PAGE_DOES_NOT_TEACH: a feature had failed. CONTRADICTS_RECORD: the execution came later
 * and has no such hit at such a position.
 */
export type UncreditedReason = (typeof UNCREDITED_REASONS)[number];

/** What a user did to one hit, or to an execution, as it is kept. */
export interface Interaction {
  readonly id: Uuid;
  readonly namespace: string;
  readonly executionId: Uuid;
  /** Null until the execution is known. */
  readonly retrieverId: Uuid | null;
  /** Position of the hit on the served ranking, from 1; null: of the execution, or not resolved yet. */
  readonly rank: number | null;
  readonly document: DocumentRef | null;
  /** Set of kinds as bits, see learning/reward.ts. */
  readonly kinds: number;
  /** The user the caller named; credit follows the execution. */
  readonly user: string | null;
  readonly session: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  /** JSON text. */
  readonly metadata: string | null;
  readonly idempotencyKey: string | null;
  readonly state: InteractionState;
  readonly reason: UncreditedReason | null;
}

export interface DocumentRef {
  /** Null until the execution is known. */
  readonly collectionId: Uuid | null;
  readonly documentId: string;
}

/** What an interaction was reported for. */
export type InteractionTarget =
  | { readonly kind: 'hit'; readonly executionId: Uuid; readonly rank: number }
  | { readonly kind: 'document'; readonly executionId: Uuid; readonly documentId: string }
  | { readonly kind: 'execution'; readonly executionId: Uuid };

/** An interaction that was read and not yet met with its execution. */
export interface InteractionDraft {
  readonly id: Uuid;
  readonly namespace: string;
  readonly target: InteractionTarget;
  readonly kinds: number;
  /** As the caller gave it; must be the hit's rank. */
  readonly position: number | null;
  readonly user: string | null;
  readonly session: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly metadata: string | null;
  readonly idempotencyKey: string | null;
  /** Digest of all the caller gave. */
  readonly fingerprint: string;
}

/** How long an interaction waits for its execution before it is called UNCREDITED, in milliseconds. */
export const PENDING_MILLISECONDS = 60_000;
