/** Reading documents of one collection, as its index lies. */
import { attachedReader } from './elasticsearch-attached-read.ts';
import { managedReader } from './elasticsearch-read.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import type { FetchOptions, IndexCounts } from './search-backend.ts';

/** The reading half of the port, for one collection. */
export interface DocumentReader {
  fetch(ids: readonly string[], options: FetchOptions): Promise<ReadonlyMap<string, Document>>;
  list(after: string | null, limit: number): Promise<readonly Document[]>;
  count(features: readonly Feature[]): Promise<IndexCounts>;
  sample(feature: Feature, limit: number, seed: string): Promise<readonly Float32Array[]>;
}

export function readerOf(target: ElasticsearchTarget, collection: Collection): DocumentReader {
  return collection.attached === undefined
    ? managedReader(target, collection)
    : attachedReader(target, collection);
}
