import type { Plan } from '../retriever/plan.ts';
import type { SearchBackend } from './search-backend.ts';
import type { SearchTarget } from '../retriever/search-targets.ts';

/** What a search is expected to cost, at most, where no filter narrows it. */
export interface EstimatedCost {
  /** kNN sent to the backend. */
  readonly requests: number;
  /** Stored vectors compared with the input. */
  readonly vectors: number;
  /** Bytes of vectors read to compare them, 4 per number. */
  readonly bytes: number;
}

export const NO_COST: EstimatedCost = { requests: 0, vectors: 0, bytes: 0 };

/** Documents that have a feature, by its id. */
export type FeatureCounts = ReadonlyMap<SearchTarget['feature']['id'], number>;

/**
 * The cost of one search in one collection: the search itself, and with `missing: COMPLETE` the exact scores of what
 * the other searches can find in that collection and it may lack.
 */
export function costOf(
  backend: Pick<SearchBackend, 'vectorsVisited'>,
  plan: Plan,
  {
    index,
    target,
    counts,
  }: { readonly index: number; readonly target: SearchTarget; readonly counts: FeatureCounts },
): EstimatedCost {
  const { collection, feature } = target;
  const { search } = plan.searches[index]!;
  const stored = counts.get(feature.id) ?? 0;
  const visited = backend.vectorsVisited(search, stored);
  const others = plan.searches.flatMap((other, position) => {
    const there = other.targets.find((one) => one.collection === collection);
    if (position === index || there === undefined) return [];
    return [Math.min(other.search.topK, counts.get(there.feature.id) ?? 0)];
  });
  const found = others.reduce((sum, most) => sum + most, 0);
  const completes = plan.version.spec.fusion.missing === 'COMPLETE';
  const completed = completes ? Math.min(found, stored) : 0;
  const vectors = visited + completed;
  return { requests: completed > 0 ? 2 : 1, vectors, bytes: vectors * feature.dims * 4 };
}

export function addCosts(costs: readonly EstimatedCost[]): EstimatedCost {
  return costs.reduce(
    (sum, { requests, vectors, bytes }) => ({
      requests: sum.requests + requests,
      vectors: sum.vectors + vectors,
      bytes: sum.bytes + bytes,
    }),
    NO_COST,
  );
}
