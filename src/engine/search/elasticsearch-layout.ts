/** How documents lie in an index, chosen once for each collection. Pure. */
import { attachedLayout } from './elasticsearch-attached-layout.ts';
import { managedLayout } from './elasticsearch-managed-layout.ts';
import type { Collection, Feature } from '../collection/collection.ts';
import type { Condition, Query } from './elasticsearch-filter.ts';

/** Where the parts of a document are, and how they are asked for. */
export interface IndexLayout {
  /** What every search of the collection is restricted to, before its own filter. */
  readonly constraint: readonly Query[];
  /** Path of the field that holds the feature's vectors. */
  vectorPath(feature: Pick<Feature, 'field'>): string;
  /** True where the index may refuse to search with a vector of another length than 1. */
  needsUnitVector(feature: Pick<Feature, 'similarity'>): boolean;
  /** A query for the documents that meet one condition on a declared field. */
  conditionQuery(condition: Condition): Query;
}

/** The server's own index, or one that was there before. */
export function layoutOf(collection: Collection): IndexLayout {
  return collection.attached === undefined ? managedLayout(collection) : attachedLayout(collection);
}
