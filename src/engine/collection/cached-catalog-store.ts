import { ReweighError } from '../errors.ts';
import { ReadCache, type ReadCacheOptions } from '../read-cache.ts';
import type { Background, Collection, Feature } from './collection.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { Clock } from '../clock.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Retriever, RetrieverVersion } from '../retriever/retriever.ts';
import type { Uuid } from '../ids.ts';

/**
 * Definitions remembered for a moment, so that an `execute` need not ask the database for its recipe. What this
 * instance changes is seen at once, what another one changes within `fresh` milliseconds. While the store is
 * unavailable, what was read before is served for `stale` milliseconds and called stale. Absence is never remembered.
 */
export class CachedCatalogStore implements CatalogStore {
  readonly #store: CatalogStore;
  readonly #reads: ReadCache;

  constructor(store: CatalogStore, clock: Clock, limits: ReadCacheOptions) {
    this.#store = store;
    this.#reads = new ReadCache(clock, limits, isUnavailable);
  }

  collectionByName(namespace: string, name: string): Promise<Collection | null> {
    return this.#read(['collection', namespace, name], () => this.#store.collectionByName(namespace, name));
  }

  collectionById(namespace: string, id: Uuid): Promise<Collection | null> {
    return this.#read(['collection id', namespace, id], () => this.#store.collectionById(namespace, id));
  }

  featureById(namespace: string, id: Uuid): Promise<Feature | null> {
    return this.#read(['feature id', namespace, id], () => this.#store.featureById(namespace, id));
  }

  async featuresOf(collectionId: Uuid): Promise<readonly Feature[]> {
    const features = await this.#read(['features', collectionId], async () => {
      const found = await this.#store.featuresOf(collectionId);
      return found.length > 0 ? found : null;
    });
    return features ?? [];
  }

  retrieverByName(namespace: string, name: string): Promise<Retriever | null> {
    return this.#read(['retriever', namespace, name], () => this.#store.retrieverByName(namespace, name));
  }

  retrieverById(namespace: string, id: Uuid): Promise<Retriever | null> {
    return this.#read(['retriever id', namespace, id], () => this.#store.retrieverById(namespace, id));
  }

  version(retrieverId: Uuid, version: number): Promise<RetrieverVersion | null> {
    return this.#read(['version', retrieverId, version], () => this.#store.version(retrieverId, version));
  }

  isStale(definition: Retriever | Collection): boolean {
    return this.#reads.isStale(definition);
  }

  collections(namespace: string, page: PageRequest): Promise<Page<Collection>> {
    return this.#store.collections(namespace, page);
  }

  retrievers(namespace: string, page: PageRequest): Promise<Page<Retriever>> {
    return this.#store.retrievers(namespace, page);
  }

  versions(retrieverId: Uuid, page: PageRequest): Promise<Page<RetrieverVersion>> {
    return this.#store.versions(retrieverId, page);
  }

  featuresWithoutBackground(): ReturnType<CatalogStore['featuresWithoutBackground']> {
    return this.#store.featuresWithoutBackground();
  }

  retrieversUsing(...asked: Parameters<CatalogStore['retrieversUsing']>): Promise<readonly string[]> {
    return this.#store.retrieversUsing(...asked);
  }

  insertCollection(collection: Collection, features: readonly Feature[] = []): Promise<boolean> {
    return this.#change(() => this.#store.insertCollection(collection, features));
  }

  deleteCollection(namespace: string, id: Uuid): Promise<boolean> {
    return this.#change(() => this.#store.deleteCollection(namespace, id));
  }

  insertFeature(feature: Feature): Promise<'ok' | 'uri' | 'field'> {
    return this.#change(() => this.#store.insertFeature(feature));
  }

  deleteFeature(featureId: Uuid): Promise<boolean> {
    return this.#change(() => this.#store.deleteFeature(featureId));
  }

  setBackground(featureId: Uuid, background: Background, onlyIfMissing: boolean): Promise<boolean> {
    return this.#change(() => this.#store.setBackground(featureId, background, onlyIfMissing));
  }

  insertRetriever(retriever: Retriever, version: RetrieverVersion): Promise<boolean> {
    return this.#change(() => this.#store.insertRetriever(retriever, version));
  }

  appendVersion(version: RetrieverVersion): Promise<boolean> {
    return this.#change(() => this.#store.appendVersion(version));
  }

  deleteRetriever(namespace: string, id: Uuid): Promise<boolean> {
    return this.#change(() => this.#store.deleteRetriever(namespace, id));
  }

  #read<T extends object>(
    key: readonly (string | number)[],
    read: () => Promise<T | null>,
  ): Promise<T | null> {
    return this.#reads.get(JSON.stringify(key), read);
  }

  /** Definitions change rarely: a change, also one that failed half-way, forgets them all. */
  async #change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#reads.clear();
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ReweighError && error.code === 'STORE_UNAVAILABLE';
}
