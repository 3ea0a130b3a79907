/** What an index was seen to hold. Pure. */
import type { Feature } from '../collection/collection.ts';
import type { IndexedFeature } from './elasticsearch-mapping.ts';
import type { Uuid } from '../ids.ts';

export interface KnownIndex {
  /** When it was looked at, in monotonic milliseconds; null where it was not made ready then. */
  readonly preparedAt: number | null;
  /** What it was made ready for. */
  readonly features: readonly Feature[];
  readonly indexed: ReadonlyMap<Uuid, IndexedFeature>;
}

/** Longest time for which an index is taken to be as it was, in milliseconds: somebody else may change it. */
const FRESH = 1_000;

/** Whether the index was seen to hold these features within the last second. */
export function isReady(known: KnownIndex | undefined, features: readonly Feature[], now: number): boolean {
  if (known === undefined || known.preparedAt === null || now - known.preparedAt >= FRESH) return false;
  return features.every(({ id, dims }) => known.indexed.get(id)?.dims === dims);
}
