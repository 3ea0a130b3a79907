import {
  countDocuments,
  deleteDocumentRows,
  dropDocumentRows,
  listDocuments,
  readDocuments,
  sampleVectors,
  writeDocuments,
} from './embedded-documents.ts';
import { rewriteDocuments } from './embedded-rewrite.ts';
import { requireManaged } from '../collection/require-managed.ts';
import { checkBatch } from './check-batch.ts';
import { loadCollection, putMessage, searchMessage } from './embedded-loading.ts';
import { isLoading, newShelf, noteLoading, noteWritten, type Shelf } from './embedded-shelf.ts';
import { startSearchThread, WORKER_URL, type SearchThread } from './embedded-thread.ts';
import { within } from '../within.ts';
import { needsElasticsearch } from './embedded-attached.ts';
import { failed, faultOfRequest, found, reasonOf, settle, timedOut } from './knn-outcome.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type {
  DocumentsById,
  FetchOptions,
  IndexCounts,
  KnnOutcome,
  KnnRequest,
  Rewriting,
  ScoredDocument,
  SearchBackend,
} from './search-backend.ts';
import type { Uuid } from '../ids.ts';
import type { EmbeddedOptions } from './embedded-options.ts';
import type { WorkerMessage } from './embedded-protocol.ts';

const CHECK_MILLISECONDS = 2_000;

/**
 * Exact kNN in a worker thread over vectors that are kept in PostgreSQL. For one process: another one that
 * writes to the same tables is not seen. Memory: 4 bytes per number of a vector, beside filterable fields.
 */
export class EmbeddedBackend implements SearchBackend {
  readonly name = 'embedded';
  readonly method = 'EXACT';
  readonly #options: EmbeddedOptions;
  readonly #shelves = new Map<Uuid, Shelf>();
  readonly #dims = new Map<Uuid, number>();
  readonly #startedAt: Date;
  #thread: SearchThread | null = null;
  #closed = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  vectorsVisited(_search: Pick<KnnRequest, 'topK' | 'numCandidates'>, documents: number): number {
    return documents;
  }

  /** Begins to load the collection and does not wait for it: the first search does. */
  prepare(collection: Collection, features: readonly Feature[]): Promise<void> {
    if (collection.attached !== undefined) return Promise.reject(needsElasticsearch());
    for (const { id, dims } of features) this.#dims.set(id, dims);
    this.#loaded(collection).catch(() => undefined);
    return Promise.resolve();
  }

  inspect(): Promise<never> {
    return Promise.reject(needsElasticsearch());
  }

  drop(collection: Collection): Promise<void> {
    return this.#write(collection, async () => {
      await dropDocumentRows(this.#options.sql, collection);
      await this.#keepInStep(collection, { kind: 'drop', collection: collection.id });
    });
  }

  async put(collection: Collection, documents: readonly Document[]): Promise<readonly boolean[]> {
    requireManaged(collection);
    if (documents.length === 0) return [];
    checkBatch(documents, this.#dims);
    return this.#write(collection, async () => {
      noteWritten(
        this.#shelf(collection),
        documents.map(({ id }) => id),
      );
      return this.#store(collection, documents);
    });
  }

  async rewrite(collection: Collection, features: readonly Feature[], how: Rewriting): Promise<void> {
    requireManaged(collection);
    const { sql } = this.#options;
    const shelf = this.#shelf(collection);
    const written = (shelf.written = new Set());
    const store = (documents: () => Promise<readonly Document[]>): Promise<unknown> =>
      this.#write(collection, async () => {
        if (shelf.written !== written) throw new Error('the rewrite was cleared away after');
        return this.#store(collection, await documents());
      });
    await rewriteDocuments(sql, collection, { ...how, features, written, store });
    shelf.written = null;
  }

  abandonRewrite(collection: Collection): Promise<boolean> {
    this.#shelf(collection).written = null;
    return Promise.resolve(false);
  }

  async delete(collection: Collection, ids: readonly string[]): Promise<readonly boolean[]> {
    requireManaged(collection);
    return this.#write(collection, async () => {
      noteWritten(this.#shelf(collection), ids);
      const deleted = await deleteDocumentRows(this.#options.sql, collection, ids);
      await this.#keepInStep(collection, { kind: 'delete', collection: collection.id, ids });
      return deleted;
    });
  }

  fetch(collection: Collection, ids: readonly string[], { vectors }: FetchOptions): Promise<DocumentsById> {
    return readDocuments(this.#options.sql, collection, { ids, vectors });
  }

  list(collection: Collection, after: string | null, limit: number): Promise<readonly Document[]> {
    return listDocuments(this.#options.sql, collection, { after, limit });
  }

  count(collection: Collection): Promise<IndexCounts> {
    return countDocuments(this.#options.sql, collection);
  }

  sample(
    _collection: Collection,
    feature: Feature,
    limit: number,
    seed: string,
  ): Promise<readonly Float32Array[]> {
    return sampleVectors(this.#options.sql, feature, { limit, seed });
  }

  async search(
    requests: readonly KnnRequest[],
    deadlineMilliseconds: number,
  ): Promise<readonly KnnOutcome[]> {
    if (deadlineMilliseconds <= 0) return requests.map(() => timedOut(deadlineMilliseconds));
    const { clock } = this.#options;
    const expires = Date.now() + deadlineMilliseconds;
    const started = clock.monotonic();
    const answers = requests.map(async (request): Promise<KnnOutcome> => {
      const { vector } = request;
      if (!(vector instanceof Float32Array))
        return failed('FEATURE_REJECTED', `${request.feature.uri} is embedded by Elasticsearch, not here`);
      const fault = faultOfRequest(request);
      if (fault !== null) return failed('FEATURE_REJECTED', fault);
      try {
        const hits = await this.#ask({ ...request, vector }, expires);
        return hits === null ? timedOut(deadlineMilliseconds) : found(hits, clock.monotonic() - started);
      } catch (error) {
        return failed('FEATURE_FAILED', reasonOf(error), clock.monotonic() - started);
      }
    });
    return settle(answers, deadlineMilliseconds, clock);
  }

  /** Says no as well while collections that are older than this process are being read into memory. */
  async check(): Promise<void> {
    const now = this.#options.clock.monotonic();
    if ([...this.#shelves.values()].some((shelf) => isLoading(shelf, now)))
      throw new Error('loading vectors');
    const late = (): Error => new Error(`the search worker did not answer within ${CHECK_MILLISECONDS} ms`);
    const work = this.#running().ask({ kind: 'ping' });
    await within(this.#options.clock, CHECK_MILLISECONDS, { work, late });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#shelves.values()].map(({ last }) => last.catch(() => undefined)));
    await this.#thread?.close();
  }

  /** Hits; null where the worker came to it only after the deadline. */
  async #ask(
    request: KnnRequest & { readonly vector: Float32Array },
    expires: number,
  ): Promise<readonly ScoredDocument[] | null> {
    await this.#loaded(request.collection);
    const answer = await this.#running().ask(searchMessage(request, expires));
    return answer?.ids.map((id, rank) => ({ id, score: answer.scores[rank]! })) ?? null;
  }

  /** The worker; a new one where the last has died. */
  #running(): SearchThread {
    if (this.#closed) throw new Error('the search backend is closed');
    this.#thread ??= startSearchThread(this.#options.workerUrl ?? WORKER_URL, () => {
      this.#thread = null;
      for (const shelf of this.#shelves.values()) shelf.loaded = null;
    });
    return this.#thread;
  }

  #shelf(collection: Collection): Shelf {
    const shelf = this.#shelves.get(collection.id) ?? newShelf();
    this.#shelves.set(collection.id, shelf);
    return shelf;
  }

  /** Runs writes of one collection one after the other, so that database and worker see the same order. */
  #write<T>(collection: Collection, work: () => Promise<T>): Promise<T> {
    const shelf = this.#shelf(collection);
    const result = shelf.last.then(work, work);
    shelf.last = result.catch(() => undefined);
    return result;
  }

  #loaded(collection: Collection): Promise<void> {
    if (collection.attached !== undefined) return Promise.reject(needsElasticsearch());
    const shelf = this.#shelf(collection);
    if (shelf.loaded !== null) return shelf.loaded;
    const loading = this.#write(collection, () =>
      loadCollection(this.#options.sql, this.#running(), collection),
    );
    shelf.loaded = loading;
    // One that was made since is empty, and in memory at once.
    if (collection.createdAt < this.#startedAt) noteLoading(shelf, loading, this.#options.clock.monotonic());
    loading.catch(() => {
      if (shelf.loaded === loading) shelf.loaded = null;
    });
    return loading;
  }

  /** The database, then the worker; within `#write`. */
  async #store(collection: Collection, documents: readonly Document[]): Promise<readonly boolean[]> {
    if (documents.length === 0) return [];
    const existed = await writeDocuments(this.#options.sql, collection, documents);
    await this.#keepInStep(collection, putMessage(collection, documents));
    return existed;
  }

  /** Tells the worker of a write. Where that fails the write still stands: the next search loads anew. */
  async #keepInStep(collection: Collection, message: WorkerMessage): Promise<void> {
    const shelf = this.#shelf(collection);
    if (shelf.loaded === null) return;
    try {
      await this.#running().ask(message);
    } catch {
      shelf.loaded = null;
    }
  }
}
