import type { Degradation } from '../execution/record.ts';
import type { KnnOutcome } from './search-backend.ts';
import type { RankedHit, RankedList } from '../fusion/ranked-list.ts';
import type { SearchTarget } from '../retriever/search-targets.ts';

/** What came of one search in one collection. */
export interface TargetOutcome {
  readonly target: SearchTarget;
  readonly outcome: KnnOutcome;
}

/** The hits of one collection; none where it failed. */
export function hitsOf({ target, outcome }: TargetOutcome): RankedList {
  if (outcome.status === 'failed') return [];
  return outcome.hits.map(({ id, score }): RankedHit => ({ collection: target.place, id, score }));
}

/**
 * What is wrong with a search over its collections; null: nothing. All failed: what the first failed with. Some
 * failed, or answered in part: FEATURE_PARTIAL, and what came is used.
 */
export function degradationOf(feature: string, outcomes: readonly TargetOutcome[]): Degradation | null {
  const failures = outcomes.flatMap(({ target, outcome }) =>
    outcome.status === 'failed' ? [{ target, outcome }] : [],
  );
  const [first] = failures;
  if (first !== undefined && failures.length === outcomes.length)
    return { code: first.outcome.failure, feature, message: first.outcome.reason };
  if (first !== undefined) {
    const message = `the collection ${first.target.collection.name} is left out: ${first.outcome.reason}`;
    return { code: 'FEATURE_PARTIAL', feature, message };
  }
  const isPartial = outcomes.some(({ outcome }) => outcome.status === 'ok' && outcome.partial);
  return isPartial ? { code: 'FEATURE_PARTIAL', feature, message: 'some shards did not answer' } : null;
}
