import type { Collection, Document, Feature, FieldScalar } from '../collection/collection.ts';
import type { Fault } from '../errors.ts';
import type { Uuid } from '../ids.ts';

/**
 * A filter with all templates resolved and every operand of its field's type; dates are milliseconds since 1970.
 * A condition holds for a field with several values when one of them satisfies it; `ne` and `nin` are the
 * negations of `eq` and `in`, so they hold for a document without the field. `contains` on KEYWORD is
 * membership; on TEXT all words of the operand occur in the text (words: runs of letters and digits, lower case).
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; readonly field: string; readonly value: FieldScalar }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly FieldScalar[] }
  | { readonly kind: 'contains'; readonly field: string; readonly value: string }
  | { readonly kind: 'exists'; readonly field: string }
  /** Documents with one of these ids; the engine's own, retrievers do not write it. */
  | { readonly kind: 'id'; readonly values: readonly string[] };

/** A text whose vector the backend makes: by the inference endpoint `model`. */
export interface TextToEmbed {
  /** Not blank. */
  readonly text: string;
  readonly model: string;
}

/** One feature's kNN over one collection. */
export interface KnnRequest {
  readonly collection: Collection;
  readonly feature: Feature;
  /** Finite, of the feature's dims, not all zero (cosine); or a text, for features that the backend embeds. */
  readonly vector: Float32Array | TextToEmbed;
  /** Hits wanted, at most 10,000. */
  readonly topK: number;
  readonly numCandidates: number | null;
  readonly oversample: number | null;
  /** Applied before the search: topK hits come back when that many documents pass. */
  readonly filter: Filter | null;
  /** Least raw score, inclusive. */
  readonly minScore: number | null;
}

/** A document and its raw score: cosine, dot product, or minus the Euclidean distance. Higher is more alike. */
export interface ScoredDocument {
  readonly id: string;
  readonly score: number;
}

export const FAILURES = ['FEATURE_FAILED', 'FEATURE_TIMEOUT', 'FEATURE_REJECTED'] as const;
export type Failure = (typeof FAILURES)[number];

/** What became of one request: a ranked list (best first, ties by id in UTF-8 order, ids unique), or a failure. */
export type KnnOutcome =
  | {
      readonly status: 'ok';
      readonly hits: readonly ScoredDocument[];
      readonly partial: boolean;
      readonly milliseconds: number;
    }
  | {
      readonly status: 'failed';
      readonly failure: Failure;
      readonly reason: string;
      readonly milliseconds: number;
    };

/** EXACT: every document is compared. APPROXIMATE: as many as a search of the index's graph visits. */
export const SEARCH_METHODS = ['EXACT', 'APPROXIMATE'] as const;
export type SearchMethod = (typeof SEARCH_METHODS)[number];

/** For whom something is done: a request of the API. */
export interface Caller {
  /** Found again in the logs of other systems. */
  readonly requestId: string;
  /** Aborts when nobody waits for the answer any more; its reason says why. */
  readonly signal: AbortSignal;
}

/** When searches find what was written: as soon as the write is done, or some moments after it. */
export const SEARCHABLE = ['now', 'soon'] as const;
export type Searchable = (typeof SEARCHABLE)[number];

export interface PutOptions {
  /** now unless given. */
  readonly searchable?: Searchable;
}

/** How far a rewrite has come. */
export interface RewriteProgress {
  /** Documents that have been rewritten, changed ones again. */
  readonly documents: number;
  /** Documents to be rewritten, as far as is known. */
  readonly total: number;
}

export interface Rewriting {
  /** Some documents as they are to be stored: the same ids in the same order, with the same fields. */
  readonly revise: (documents: readonly Document[]) => Promise<readonly Document[]>;
  /** Told with the total before the first document is rewritten, then with every portion. */
  readonly onProgress: (progress: RewriteProgress) => void;
  /**
   * Called when all documents have been revised and before any serves as revised; again where some were since. What
   * it throws ends the rewrite.
   */
  readonly onRevised: () => void;
  /** Aborts where the rewrite is to be given up. */
  readonly signal: AbortSignal;
}

export type DocumentsById = ReadonlyMap<string, Document>;

export interface FetchOptions {
  /** Features whose vectors are wanted; none: the fields only. */
  readonly vectors: readonly Feature[];
}

export interface IndexCounts {
  readonly documents: number;
  /** Feature id to the number of documents that have it. */
  readonly features: ReadonlyMap<Uuid, number>;
}

/**
 * Where documents and their vectors live and are searched.
 * Laws: a document is durable when `put` resolves, and searchable then too, or with `searchable: 'soon'` within the
 * index's refresh interval, a second as a rule; it is gone when `delete` resolves; one batch is stored whole or not at
 * all; `search` never rejects and settles every request by its deadline.
 * An attached collection is only read: `put` and `delete` refuse it with READ_ONLY, `drop` leaves its index alone.
 */
export interface SearchBackend {
  /** Short name for health and logs: embedded, elasticsearch. */
  readonly name: string;
  readonly method: SearchMethod;
  /** Vectors that a search compares with its input where so many documents have the feature; none is run. */
  vectorsVisited(search: Pick<KnnRequest, 'topK' | 'numCandidates'>, documents: number): number;
  /**
   * Makes ready to hold documents of the collection with these features; harmless to repeat. What `inspect` finds of an
   * attached one is thrown.
   */
  prepare(collection: Collection, features: readonly Feature[]): Promise<void>;
  /**
   * Every way in which the index of an attached collection is not what its fields and these features declare. Paths
   * begin with index, idField, or fields or features and a position in those given. NOT_SUPPORTED where the backend
   * has no indexes to attach.
   */
  inspect(collection: Collection, features: readonly Feature[]): Promise<readonly Fault[]>;
  /** Removes the collection with all its documents; harmless to repeat. */
  drop(collection: Collection): Promise<void>;
  /** Inserts or replaces whole documents; true per document where it was there before. Ids are unique in a batch. */
  put(
    collection: Collection,
    documents: readonly Document[],
    options?: PutOptions,
  ): Promise<readonly boolean[]>;
  /**
   * Stores all documents anew, as `revise` makes them, with the present settings and these features only: vectors of
   * others go. Searches go on all the time and find each document as it was or as it is now. Documents that are put
   * meanwhile stay as they were put or as `revise` makes them of that, deleted ones stay deleted; writes may wait for
   * a moment. Where it rejects, `abandonRewrite` leaves every document as it was. Never two at a time.
   */
  rewrite(collection: Collection, features: readonly Feature[], how: Rewriting): Promise<void>;
  /**
   * Clears away what a rewrite left behind that failed or died, so that writes go on; true where it had come to its
   * end all the same. Harmless to repeat.
   */
  abandonRewrite(collection: Collection): Promise<boolean>;
  /** Removes documents; true per id where it was there. */
  delete(collection: Collection, ids: readonly string[]): Promise<readonly boolean[]>;
  /** Documents by id; those that are not there are absent, and those that cannot be read just now while others can. */
  fetch(collection: Collection, ids: readonly string[], options: FetchOptions): Promise<DocumentsById>;
  /**
   * A page of documents in UTF-8 order of ids, after an id (null: from the first). Without vectors. NOT_SUPPORTED for
   * an attached collection without an idField.
   */
  list(collection: Collection, after: string | null, limit: number): Promise<readonly Document[]>;
  /** Documents, and those that have each of the features. */
  count(collection: Collection, features: readonly Feature[]): Promise<IndexCounts>;
  /**
   * Vectors of up to `limit` documents that have the feature, chosen evenly by `seed`: same data, same seed, same
   * sample in the same order, whatever the backend; of an attached index, while its documents are not written again.
   */
  sample(
    collection: Collection,
    feature: Feature,
    limit: number,
    seed: string,
  ): Promise<readonly Float32Array[]>;
  /** Runs all requests at once; one outcome each, in order. It may be cut short when the caller gives up. */
  search(
    requests: readonly KnnRequest[],
    deadlineMilliseconds: number,
    caller?: Caller,
  ): Promise<readonly KnnOutcome[]>;
  /** Resolves when the backend answers, rejects with the reason when it does not. */
  check(): Promise<void>;
  close(): Promise<void>;
}
