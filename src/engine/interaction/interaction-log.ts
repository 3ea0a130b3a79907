import type { Fault } from '../errors.ts';
import type { Interaction, InteractionDraft, InteractionState } from './interaction.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Uuid } from '../ids.ts';

export interface InteractionFilter {
  readonly retrieverId: Uuid | null;
  readonly executionId: Uuid | null;
  readonly user: string | null;
  readonly session: string | null;
  readonly document: string | null;
  /** Holds at least one of these kinds, as bits; 0: any. */
  readonly kinds: number;
  readonly state: InteractionState | null;
  /** Occurred at or after, and before. */
  readonly since: Date | null;
  readonly until: Date | null;
}

export const INTERACTION_ORDERS = ['NEWEST', 'OLDEST', 'OCCURRED'] as const;
/** By time of arrival, newest or oldest first; or by the time it happened, latest first. */
export type InteractionOrder = (typeof INTERACTION_ORDERS)[number];

/**
 * recorded: written now. repeated: the same key came with the same content before; nothing was written.
 * refused: it contradicts the record of its execution, or its key stands for other content.
 */
export type RecordOutcome =
  | { readonly status: 'recorded' | 'repeated'; readonly interaction: Interaction }
  | { readonly status: 'refused'; readonly fault: Fault };

/**
 * The log of interactions, and through it the credit of their rewards.
 * Laws: what is recorded is durable, and in the counters, when the promise resolves; a reward belongs to (execution,
 * hit, kind), so repetition changes nothing, in whatever order, batches or instances; the counters always equal the
 * sums over what is in the log; an interaction may come before its execution; a deleted one leaves no trace.
 */
export interface InteractionLog {
  /** STORE_UNAVAILABLE (retryable) where it could not be made durable; with a key a retry cannot count twice. */
  record(draft: InteractionDraft): Promise<RecordOutcome>;
  find(namespace: string, id: Uuid): Promise<Interaction | null>;
  list(
    namespace: string,
    question: { readonly filter: InteractionFilter; readonly order: InteractionOrder },
    page: PageRequest,
  ): Promise<Page<Interaction>>;
  /** Takes the interaction and its reward away; what it was, or null where it is not there. */
  delete(namespace: string, id: Uuid): Promise<Interaction | null>;
  /** Credits what waits for executions that have come since; how many it settled. `now` decides who waited too long. */
  sweep(now: Date): Promise<number>;
  /** Accepted and not yet durable. */
  readonly pending: number;
  /** Milliseconds the oldest of them has waited; 0 where there is none. */
  readonly oldestPending: number;
  /** Writes what was accepted and stops. */
  close(): Promise<void>;
}
