import type { ContextLevel, Subject } from './context.ts';
import type { Uuid } from '../ids.ts';

/** Whose counters are wanted. */
export interface EvidenceQuestion {
  readonly namespace: string;
  readonly retrieverId: Uuid;
  readonly generation: string;
  /** From global to the most personal; users by the ids callers give. */
  readonly contexts: readonly Subject[];
}

/** One context's counters as they are stored. */
export interface StoredCounters {
  readonly level: ContextLevel;
  readonly subject: string;
  /** Resets so far: of the whole retriever, and of this context alone. */
  readonly epoch: number;
  readonly ownEpoch: number;
  /** Frame of the sums, see era.ts. */
  readonly era: number;
  /** Features in order of their URIs; null: nothing was counted yet. */
  readonly sums: Float64Array | null;
}

/** How far a rebuild has come. */
export interface RebuildProgress {
  readonly retrieverId: Uuid;
  readonly state: 'RUNNING' | 'FINISHED';
  /** Executions taken in so far, and stored in all (null once finished, and while it is only being continued). */
  readonly done: number;
  readonly total: number | null;
  /** Executions of older versions earn by the rewards of this version; 0: each by its own. */
  readonly creditVersion: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/**
 * The counters: sums over the records, and nothing that cannot be summed from them again.
 * Laws: reading sees every write that was acknowledged; a rebuild may run while others write, be cut off anywhere and
 * go on, also elsewhere; when it ends, reading turns to the new sums at once, and they equal the old ones unless the
 * rewards are counted by another version.
 */
export interface CounterStore {
  /** One entry per context asked for, in order. */
  read(question: EvidenceQuestion): Promise<readonly StoredCounters[]>;
  /** Begins to sum again from the records; where a rebuild with the same credit version runs, that one goes on. */
  startRebuild(retrieverId: Uuid, creditVersion: number, now: Date): Promise<RebuildProgress>;
  /** Takes in up to 500 more executions; after the last, turns readers over. */
  continueRebuild(retrieverId: Uuid, now: Date): Promise<RebuildProgress | null>;
  /** The rebuild that runs or ran last; null where there was none. */
  rebuildProgress(retrieverId: Uuid): Promise<RebuildProgress | null>;
  /** Retrievers whose rebuild was cut off or still runs. */
  unfinishedRebuilds(): Promise<readonly Uuid[]>;
}
