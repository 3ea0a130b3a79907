import { fuse, type Fused } from './fuse.ts';
import { fallbackNotices, ruleFor } from './rule-for.ts';
import { renormalize } from './weights.ts';
import type { Notice } from '../execution/record.ts';
import type { Plan } from '../retriever/plan.ts';
import type { RankedList } from './ranked-list.ts';

export interface FusedLists extends Fused {
  /** As served: renormalized over the features that answered. */
  readonly weights: Float64Array;
  readonly notices: readonly Notice[];
}

/** Fuses the lists of a plan by its strategy and normalization. */
export function fuseLists(
  plan: Plan,
  what: {
    readonly lists: readonly RankedList[];
    readonly completed: readonly RankedList[];
    readonly available: readonly boolean[];
    readonly weights: Float64Array;
    /** Candidates to keep beyond the hits; a retriever that groups keeps all until it has grouped. */
    readonly depth: number;
  },
): FusedLists {
  const { fusion, finalTopK, groupBy } = plan.version.spec;
  const strategy = fusion.strategy === 'LEARNED' ? 'WEIGHTED' : fusion.strategy;
  const weights = renormalize(strategy, what.weights, what.available);
  const fused = fuse({
    strategy,
    rrfK: fusion.rrfK,
    lists: what.lists,
    completed: what.completed,
    rules: plan.searches.map((planned) => ruleFor(fusion, planned)),
    weights,
    limit: groupBy === null ? finalTopK : Infinity,
    depth: what.depth,
    collections: plan.collections.map(({ name }) => name),
  });
  return { ...fused, weights, notices: fallbackNotices(fusion.normalization, plan.searches) };
}
