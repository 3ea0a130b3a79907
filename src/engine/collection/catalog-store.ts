import type { Background, Collection, Feature } from './collection.ts';
import type { Retriever, RetrieverVersion } from '../retriever/retriever.ts';
import type { Uuid } from '../ids.ts';
import type { Page, PageRequest } from '../paging.ts';

/**
 * Definitions: collections, features, retrievers and their versions. Names are unique per namespace.
 * Every method sees one namespace only; a thing of another namespace is null or absent.
 * Expected conflicts come back as values, never as driver errors.
 */
export interface CatalogStore {
  /** Inserts the collection with its first features, all or nothing. False where the name is taken. */
  insertCollection(collection: Collection, features?: readonly Feature[]): Promise<boolean>;
  collectionByName(namespace: string, name: string): Promise<Collection | null>;
  collectionById(namespace: string, id: Uuid): Promise<Collection | null>;
  /** In order of name (UTF-8 bytes). The cursor key is the name. */
  collections(namespace: string, page: PageRequest): Promise<Page<Collection>>;
  /** Removes the collection and its features. False where it is not there. */
  deleteCollection(namespace: string, id: Uuid): Promise<boolean>;

  /** 'uri' or 'field' where that is taken in the collection. */
  insertFeature(feature: Feature): Promise<'ok' | 'uri' | 'field'>;
  /** Removes a feature. False where it is not there. */
  deleteFeature(featureId: Uuid): Promise<boolean>;
  featureById(namespace: string, id: Uuid): Promise<Feature | null>;
  /** All features of a collection, in order of registration. */
  featuresOf(collectionId: Uuid): Promise<readonly Feature[]>;
  /** Sets the background; with `onlyIfMissing` the first writer wins. True where it was written. */
  setBackground(featureId: Uuid, background: Background, onlyIfMissing: boolean): Promise<boolean>;
  /** Features of all namespaces that have no background yet, with their collections (for the job at start). */
  featuresWithoutBackground(): Promise<
    readonly { readonly collection: Collection; readonly feature: Feature }[]
  >;

  /** Inserts the retriever with its first version. False where the name is taken. */
  insertRetriever(retriever: Retriever, version: RetrieverVersion): Promise<boolean>;
  retrieverByName(namespace: string, name: string): Promise<Retriever | null>;
  retrieverById(namespace: string, id: Uuid): Promise<Retriever | null>;
  /** In order of name (UTF-8 bytes). The cursor key is the name. */
  retrievers(namespace: string, page: PageRequest): Promise<Page<Retriever>>;
  /** Appends version `version.version` and makes it the latest. False where it is not exactly the latest + 1. */
  appendVersion(version: RetrieverVersion): Promise<boolean>;
  version(retrieverId: Uuid, version: number): Promise<RetrieverVersion | null>;
  /** Newest first. The cursor key is the version number. */
  versions(retrieverId: Uuid, page: PageRequest): Promise<Page<RetrieverVersion>>;
  /** Removes the definition; its executions stay. False where it is not there. */
  deleteRetriever(namespace: string, id: Uuid): Promise<boolean>;
  /** Names of retrievers whose latest version uses the collection, or searches the feature in it where one is given. */
  retrieversUsing(namespace: string, collection: string, feature?: string): Promise<readonly string[]>;

  /** Whether this definition, as it was given, is older than is promised, because it could not be read again. */
  isStale(definition: Retriever | Collection): boolean;
}
