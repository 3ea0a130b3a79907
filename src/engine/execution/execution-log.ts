import type { Uuid } from '../ids.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { ExecutionRecord, Impression } from './record.ts';

export interface ExecutionFilter {
  readonly retrieverId: Uuid | null;
  readonly user: string | null;
  readonly session: string | null;
  /** Served at or after, and before. */
  readonly since: Date | null;
  readonly until: Date | null;
}

/** What a key stands for: this request is the first with it, or an execution is there already. */
export type KeyClaim =
  | { readonly status: 'claimed' }
  | { readonly status: 'taken'; readonly executionId: Uuid; readonly fingerprint: string };

/**
 * The log of executions: an ordered, bounded, group-committing writer in front of the database.
 * Laws: what was offered is written in order of offering, each once, also when a batch fails half-way or is
 * tried again; a full queue refuses at once and never blocks; after `flush` all that was accepted is durable.
 */
export interface ExecutionLog {
  /** Takes a record and its first impressions; false where the queue is full (nothing was taken). Never waits. */
  offer(record: ExecutionRecord, firstImpression: Impression | null): boolean;
  /** Takes an impression of a later page; false where the queue is full. */
  offerImpression(namespace: string, impression: Impression): boolean;
  /** The record, from the queue or the database; null where neither has it in this namespace. */
  find(namespace: string, id: Uuid): Promise<ExecutionRecord | null>;
  /** Whether something of this execution was taken here and is not durable yet. */
  isQueued(id: Uuid): boolean;
  /** Whether the record is durable. */
  isLogged(namespace: string, id: Uuid): Promise<boolean>;
  /** All impressions of an execution, in order of time. */
  impressions(namespace: string, id: Uuid): Promise<readonly Impression[]>;
  /** Newest first. The cursor key is the execution's id. Durable records only. */
  list(namespace: string, filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>>;
  /**
   * Claims an execution key (unique per namespace) for an execution about to run. Durable when it resolves.
   * A claim whose execution was never stored is taken over after 30 s (its process died).
   */
  claimKey(namespace: string, key: string, fingerprint: string, executionId: Uuid): Promise<KeyClaim>;
  /** Gives a claimed key back: the execution failed. */
  releaseKey(namespace: string, key: string, executionId: Uuid): Promise<void>;
  /** Records accepted and not yet durable. */
  readonly pending: number;
  /** Milliseconds the oldest of them has waited; 0 where there is none. */
  readonly oldestPending: number;
  /** Resolves when all that was accepted is durable. */
  flush(): Promise<void>;
  /** Takes no more and waits for what was taken, for a bounded time; how much of that was given up. */
  close(): Promise<number>;
}
