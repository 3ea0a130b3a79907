import type { Collection } from './collection.ts';
import type { Uuid } from '../ids.ts';

export const REINDEXING_STATES = ['RUNNING', 'DONE', 'FAILED'] as const;
export type ReindexingState = (typeof REINDEXING_STATES)[number];

/** What becomes of a reindexing where an embedder refuses the texts of documents. */
export type RefusedTexts = 'FAIL' | 'LEAVE_OUT';

/** A document whose text an embedder refuses. */
export interface RefusedDocument {
  readonly id: string;
  /** The feature and what its embedder says, safe to show. */
  readonly reason: string;
}

/** Refused documents that are listed; the others are only counted. */
export const MAX_LISTED_REFUSALS = 20;

/** How far a reindexing has come. */
export interface ReindexingProgress {
  /** Documents stored anew; those that changed meanwhile count again. */
  readonly documents: number;
  readonly total: number;
  /** Vectors that embedders made. */
  readonly embedded: number;
  /** Documents with a text that an embedder refuses, so far. */
  readonly refused: number;
  /** The first of them, at most 20. */
  readonly refusedDocuments: readonly RefusedDocument[];
}

/** The reindexing of a collection that runs or ran last. */
export interface Reindexing extends ReindexingProgress {
  readonly state: ReindexingState;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Why it failed, safe to show; null otherwise. */
  readonly reason: string | null;
}

/** How a reindexing ended. */
export interface ReindexingEnd {
  readonly state: 'DONE' | 'FAILED';
  readonly reason: string | null;
}

/** One run: who holds the claim on a collection's reindexing. */
export interface ReindexingRun {
  readonly collectionId: Uuid;
  readonly run: Uuid;
}

/**
 * Who reindexes which collection, and how far it is. Of one collection at most one run holds the claim; one whose
 * holder has not been heard of for 30 s, by the database's clock, can be taken over. What a run says counts only
 * while it holds the claim. They go with their collection.
 */
export interface ReindexingStore {
  /** False where another run holds the claim. */
  begin(run: ReindexingRun): Promise<boolean>;
  /** Says that the run goes on, and how far it is; false where it does not hold the claim any more. */
  beat(run: ReindexingRun, progress: ReindexingProgress): Promise<boolean>;
  /** Ends the run; false where it does not hold the claim. */
  end(run: ReindexingRun, end: ReindexingEnd): Promise<boolean>;
  find(collectionId: Uuid): Promise<Reindexing | null>;
  /** Gives this run the claims of holders that are not heard of; their collections. */
  takeOver(run: Uuid): Promise<readonly Pick<Collection, 'id' | 'namespace'>[]>;
}
