import type { Fusion, Normalization } from '../retriever/retriever.ts';
import type { NormalizationRule } from './normalize.ts';
import type { Notice } from '../execution/record.ts';
import type { PlannedSearch } from '../retriever/plan.ts';

/**
 * The rule a search's list is normalized by; `similarity` where a collection's background has not been measured yet:
 * scores of two rules cannot stand in one list. Scores below chance count as chance, where a list's absent documents
 * are put; a list that is completed has no absent ones.
 */
export function ruleFor(
  { normalization, missing }: Pick<Fusion, 'normalization' | 'missing'>,
  { feature, targets }: PlannedSearch,
): NormalizationRule {
  switch (normalization) {
    case 'BACKGROUND': {
      const least = missing === 'COMPLETE' ? -Infinity : 0;
      const only = targets.length === 1 ? targets[0] : undefined;
      if (!isMeasured(targets)) return { kind: 'SIMILARITY', similarity: feature.similarity };
      if (only?.feature.background != null) {
        const { mean, deviation } = only.feature.background;
        return { kind: 'BACKGROUND', mean, deviation, least };
      }
      const places = Math.max(...targets.map(({ place }) => place)) + 1;
      const of = Array.from(
        { length: places },
        (_, place) => targets.find((target) => target.place === place)?.feature.background ?? null,
      );
      return { kind: 'BACKGROUNDS', of, least };
    }
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

/** Whether the background has been measured in every collection. */
export function isMeasured(targets: PlannedSearch['targets']): boolean {
  return targets.every(({ feature }) => feature.background !== null);
}

/** Says of which features a background is still missing. */
export function fallbackNotices(
  normalization: Normalization,
  searches: readonly PlannedSearch[],
): readonly Notice[] {
  if (normalization !== 'BACKGROUND') return [];
  return searches
    .filter(({ targets }) => !isMeasured(targets))
    .map(({ feature: { uri } }) => ({
      code: 'NORMALIZATION_FALLBACK' as const,
      feature: uri,
      message: 'no background measured yet: normalized by similarity',
    }));
}
