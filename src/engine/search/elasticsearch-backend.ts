import { refuseIfAny, ReweighError, type Fault } from '../errors.ts';
import { checkBatch } from './check-batch.ts';
import { askInGroups } from './elasticsearch-groups.ts';
import { bulk, type BulkAction, type BulkTarget } from './elasticsearch-bulk.ts';
import { base64Vector, documentJson, numbersVector, type VectorForm } from './elasticsearch-document.ts';
import { dropIndex, faultOfIndex, prepareIndex, readMapping } from './elasticsearch-index.ts';
import { indexedFeatures, type IndexedFeature } from './elasticsearch-mapping.ts';
import { inspectAttached } from './elasticsearch-attached-index.ts';
import { isReady, type KnownIndex } from './elasticsearch-known.ts';
import { watchLostFields, type UnlessLost } from './elasticsearch-lost-field.ts';
import { outcomeOfError } from './elasticsearch-outcome-error.ts';
import { outcomeOf, type SearchPart } from './elasticsearch-outcome.ts';
import { readerOf, type DocumentReader } from './elasticsearch-reader.ts';
import { requireManaged } from '../collection/require-managed.ts';
import { clearAway } from './elasticsearch-rewrite-index.ts';
import { rewriteIndex } from './elasticsearch-rewrite.ts';
import { failed, faultOfRequest, settle, timedOut } from './knn-outcome.ts';
import { candidatesOf, multiSearchBody } from './knn-request.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type { ElasticsearchBackendOptions } from './elasticsearch-backend-options.ts';
import type { ElasticsearchCalls } from './elasticsearch-client.ts';
import type {
  Caller,
  IndexCounts,
  KnnOutcome,
  KnnRequest,
  PutOptions,
  Rewriting,
  Searchable,
  SearchBackend,
} from './search-backend.ts';
import type { Uuid } from '../ids.ts';

const CHECK_MILLISECONDS = 2_000;
const ABORT_AFTER = 50;

/** kNN in Elasticsearch 9: one index per collection behind an alias, one multi-search per execution. */
export class ElasticsearchBackend implements SearchBackend {
  readonly name = 'elasticsearch';
  readonly method = 'APPROXIMATE';
  readonly #options: ElasticsearchBackendOptions;
  readonly #calls: ElasticsearchCalls;
  readonly #form: VectorForm;
  readonly #unlessLost: UnlessLost;
  readonly #known = new Map<Uuid, KnownIndex>();

  constructor(options: ElasticsearchBackendOptions) {
    this.#options = options;
    this.#calls = options.calls;
    this.#unlessLost = watchLostFields(options.clock);
    this.#form = options.base64Vectors ? base64Vector : numbersVector;
  }

  /** Candidates on one shard; a graph visits some more, a small segment is searched exactly. */
  vectorsVisited(search: Pick<KnnRequest, 'topK' | 'numCandidates'>, documents: number): number {
    return Math.min(documents, candidatesOf(search));
  }

  /** Asks only where it has not seen the index hold these features within the last second, or where it is attached. */
  async prepare(collection: Collection, features: readonly Feature[]): Promise<void> {
    if (collection.attached !== undefined) return refuseIfAny(await this.inspect(collection, features));
    const now = this.#options.clock.monotonic();
    if (isReady(this.#known.get(collection.id), features, now)) return;
    const what = { collection, features, settings: this.#options.index };
    const indexed = indexedFeatures(await prepareIndex(this.#target(collection), what));
    this.#known.set(collection.id, { preparedAt: now, features, indexed });
  }

  inspect(collection: Collection, features: readonly Feature[]): Promise<readonly Fault[]> {
    return inspectAttached(this.#target(collection), collection, features);
  }

  /** An attached index is left alone. */
  async drop(collection: Collection): Promise<void> {
    if (collection.attached !== undefined) return;
    this.#known.delete(collection.id);
    await dropIndex(this.#target(collection));
  }

  async put(
    collection: Collection,
    documents: readonly Document[],
    { searchable = 'now' }: PutOptions = {},
  ): Promise<readonly boolean[]> {
    requireManaged(collection);
    if (documents.length === 0) return [];
    const features = await this.#featuresOf(collection, documents);
    checkBatch(documents, new Map([...features].map(([id, { dims }]) => [id, dims])));
    const how = { features, form: this.#form };
    const actions = documents.map((document): BulkAction => {
      return { id: document.id, kind: 'index', document: documentJson(collection, document, how) };
    });
    const results = await this.#bulk(collection, actions, searchable);
    return results.map((result) => result === 'updated');
  }

  async delete(collection: Collection, ids: readonly string[]): Promise<readonly boolean[]> {
    requireManaged(collection);
    if (ids.length === 0) return [];
    const actions = [...new Set(ids)].map((id) => ({ id, kind: 'delete' as const }));
    const results = await this.#bulk(collection, actions, 'now');
    const deleted = new Map(actions.map(({ id }, index) => [id, results[index] === 'deleted']));
    return ids.map((id) => deleted.get(id) ?? false);
  }

  async rewrite(collection: Collection, features: readonly Feature[], how: Rewriting): Promise<void> {
    requireManaged(collection);
    const what = { ...how, collection, features, settings: this.#options.index, form: this.#form };
    await rewriteIndex(this.#target(collection), what);
    this.#known.delete(collection.id);
  }

  async abandonRewrite(collection: Collection): Promise<boolean> {
    return collection.attached === undefined && clearAway(this.#target(collection));
  }

  fetch(
    collection: Collection,
    ...what: Parameters<DocumentReader['fetch']>
  ): ReturnType<DocumentReader['fetch']> {
    return this.#reader(collection).fetch(...what);
  }

  list(collection: Collection, after: string | null, limit: number): Promise<readonly Document[]> {
    return this.#reader(collection).list(after, limit);
  }

  count(collection: Collection, features: readonly Feature[]): Promise<IndexCounts> {
    return this.#reader(collection).count(features);
  }

  sample(
    collection: Collection,
    ...what: Parameters<DocumentReader['sample']>
  ): Promise<readonly Float32Array[]> {
    return this.#reader(collection).sample(...what);
  }

  async search(
    requests: readonly KnnRequest[],
    deadlineMilliseconds: number,
    caller?: Caller,
  ): Promise<readonly KnnOutcome[]> {
    if (deadlineMilliseconds <= 0) return requests.map(() => timedOut(deadlineMilliseconds));
    const { clock } = this.#options;
    const started = clock.monotonic();
    const parts = askInGroups(requests, (group) => this.#multiSearch(group, deadlineMilliseconds, caller));
    const answers = requests.map(async (request, index): Promise<KnnOutcome> => {
      const fault = faultOfRequest(request);
      if (fault !== null) return failed('FEATURE_REJECTED', fault);
      try {
        const part = await parts.get(index);
        const milliseconds = clock.monotonic() - started;
        return part === undefined
          ? failed('FEATURE_FAILED', 'Elasticsearch left the search unanswered', milliseconds)
          : await this.#unlessLost(
              this.#target(request.collection),
              request,
              outcomeOf(request, part, milliseconds),
            );
      } catch (error) {
        return outcomeOfError(error, clock.monotonic() - started, deadlineMilliseconds);
      }
    });
    return settle(answers, deadlineMilliseconds, clock);
  }

  /** Of the node that is asked, not of its master: searches go on while a master is gone and another one chosen. */
  async check(): Promise<void> {
    const query = { local: true };
    await this.#calls.call({ method: 'GET', path: '/_cluster/health', query }, CHECK_MILLISECONDS);
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  /**
   * A bulk; where it fails the index may be gone, and the next `prepare` looks again. A refusal of documents that
   * were checked before is told as the fault of the index that it is.
   */
  async #bulk(
    collection: Collection,
    actions: readonly BulkAction[],
    searchable: Searchable,
  ): Promise<readonly string[]> {
    try {
      return await bulk(this.#target(collection), actions, searchable);
    } catch (error) {
      const features = this.#known.get(collection.id)?.features ?? [];
      this.#known.delete(collection.id);
      if (error instanceof ReweighError) throw error;
      const fault = await faultOfIndex(this.#target(collection), collection, features).catch(() => null);
      throw fault ?? error;
    }
  }

  async #multiSearch(
    requests: readonly KnnRequest[],
    deadline: number,
    caller?: Caller,
  ): Promise<readonly SearchPart[]> {
    const lines = multiSearchBody(requests, {
      form: this.#form,
      timeout: deadline,
      targetOf: (collection) => this.#target(collection),
    });
    const answer = await this.#calls.call<{ readonly responses: readonly SearchPart[] }>(
      { method: 'POST', path: '/_msearch', lines },
      // Aborted only after its features have been settled as timed out.
      deadline + ABORT_AFTER,
      caller,
    );
    return answer?.responses ?? [];
  }

  #reader(collection: Collection): DocumentReader {
    return readerOf(this.#target(collection), collection);
  }

  #target({ id, attached }: Collection): BulkTarget {
    const { calls, clock, deadlines, indexPrefix } = this.#options;
    const alias = attached?.index ?? `${indexPrefix}${id}`;
    return { calls, clock, deadlines, alias, routing: attached?.routing ?? null };
  }

  /** The index's features; read again where a document has one that is not known here yet. */
  async #featuresOf(
    collection: Collection,
    documents: readonly Document[],
  ): Promise<ReadonlyMap<Uuid, IndexedFeature>> {
    const used = new Set(documents.flatMap(({ vectors }) => [...vectors.keys()]));
    const known = this.#known.get(collection.id)?.indexed;
    if (known !== undefined && [...used].every((id) => known.has(id))) return known;
    const target = this.#target(collection);
    const mapping = await readMapping(target);
    if (mapping === null)
      throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${target.alias} is not there`);
    const features = indexedFeatures(mapping);
    this.#known.set(collection.id, { preparedAt: null, features: [], indexed: features });
    const unknown = [...used].filter((id) => !features.has(id));
    if (unknown.length > 0)
      throw new ReweighError('UNKNOWN_FEATURE', `the index has no vectors of ${unknown.join(', ')}`);
    return features;
  }
}
