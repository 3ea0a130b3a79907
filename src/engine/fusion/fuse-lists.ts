import { fuse, type Fused } from './fuse.ts';
import { renormalize } from './weights.ts';
import type { Feature } from '../collection/collection.ts';
import type { NormalizationRule } from './normalize.ts';
import type { Notice } from '../execution/record.ts';
import type { Plan } from '../retriever/plan.ts';
import type { RankedList } from './ranked-list.ts';
import type { Fusion, Normalization } from '../retriever/retriever.ts';

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
  const features = plan.searches.map(({ feature }) => feature);
  const fused = fuse({
    strategy,
    rrfK: fusion.rrfK,
    lists: what.lists,
    completed: what.completed,
    rules: features.map((feature) => ruleFor(fusion, feature)),
    weights,
    limit: groupBy === null ? finalTopK : Infinity,
    depth: what.depth,
    collections: plan.collections.map(({ name }) => name),
  });
  return { ...fused, weights, notices: fallbackNotices(fusion.normalization, features) };
}

/**
 * The rule a feature's list is normalized by; `similarity` where no background has been measured yet. Scores below
 * chance count as chance, where a list's absent documents are put; a list that is completed has no absent ones.
 */
export function ruleFor(
  { normalization, missing }: Pick<Fusion, 'normalization' | 'missing'>,
  feature: Feature,
): NormalizationRule {
  switch (normalization) {
    case 'BACKGROUND':
      return feature.background === null
        ? { kind: 'SIMILARITY', similarity: feature.similarity }
        : {
            kind: 'BACKGROUND',
            mean: feature.background.mean,
            deviation: feature.background.deviation,
            least: missing === 'COMPLETE' ? -Infinity : 0,
          };
    case 'SIMILARITY':
      return { kind: 'SIMILARITY', similarity: feature.similarity };
    case 'MIN_MAX':
    case 'Z_SCORE':
    case 'DBSF':
    case 'L2':
    case 'TMM':
    case 'RANK':
      return { kind: normalization };
  }
}

/** Says of which features the background is still missing. */
export function fallbackNotices(
  normalization: Normalization,
  features: readonly Feature[],
): readonly Notice[] {
  if (normalization !== 'BACKGROUND') return [];
  return features
    .filter(({ background }) => background === null)
    .map(({ uri }) => ({
      code: 'NORMALIZATION_FALLBACK' as const,
      feature: uri,
      message: 'no background measured yet: normalized by similarity',
    }));
}
