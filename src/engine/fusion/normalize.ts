import type { RankedList } from './ranked-list.ts';
import type { Background, Similarity } from '../collection/collection.ts';

/** How a list's raw scores become comparable scores x. */
export type NormalizationRule =
  | {
      readonly kind: 'BACKGROUND';
      readonly mean: number;
      readonly deviation: number;
      /** Least x: 0 unless given. */
      readonly least?: number;
    }
  | {
      /** As BACKGROUND, each hit by that of its own collection. */
      readonly kind: 'BACKGROUNDS';
      /** By place of the collection; null: no hit comes from there. */
      readonly of: readonly (Pick<Background, 'mean' | 'deviation'> | null)[];
      readonly least: number;
    }
  | { readonly kind: 'SIMILARITY'; readonly similarity: Similarity }
  | { readonly kind: 'MIN_MAX' | 'Z_SCORE' | 'DBSF' | 'L2' | 'TMM' | 'RANK' };

/** Denominators are never smaller. */
export const FLOOR = 1e-9;

/**
 * x of every hit, in order of the list. With raw scores s, their mean μ and sample standard deviation σ (n − 1):
 *   background  max(0, (s − μ_f)/σ_f), μ_f and σ_f of random document pairs: 0 is "no more alike than chance"
 *               (where missing scores are completed: not clamped)
 *   similarity  cosine s; dot product s/√Σs²; Euclidean 1/(1 − s), s = −distance
 *   min_max     (s − min)/(max − min), range 0..1       one hit, or max = min: 1
 *   z_score     (s − μ)/σ                               one hit, or max = min: 0
 *   dbsf        (s − (μ − 3σ))/6σ, not clamped          one hit, or max = min: .5
 *   l2          s/√Σs²
 *   tmm         (s + 1)/(max + 1), cosine only
 *   rank        61/(60 + rank), range 0..1
 * An empty list gives an empty array. Denominators are floored at 1e-9.
 * Source: score normalization as in S. Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval" (2023),
 * and distribution-based score fusion (M. Mazzeschi, 2023); background is this project's own.
 */
export function normalize(list: RankedList, rule: NormalizationRule): Float64Array {
  switch (rule.kind) {
    case 'BACKGROUND': {
      const deviation = Math.max(rule.deviation, FLOOR);
      const { least = 0 } = rule;
      return each(list, (s) => Math.max(least, (s - rule.mean) / deviation));
    }
    case 'BACKGROUNDS':
      return Float64Array.from(list, ({ collection, score }) => {
        const { mean, deviation } = rule.of[collection]!;
        return Math.max(rule.least, (score - mean) / Math.max(deviation, FLOOR));
      });
    case 'SIMILARITY':
      return bySimilarity(list, rule.similarity);
    case 'MIN_MAX':
      return minMax(list);
    case 'Z_SCORE':
      return zScore(list);
    case 'DBSF':
      return distribution(list);
    case 'L2':
      return byLength(list);
    case 'TMM': {
      const { greatest } = extremes(list);
      return each(list, (s) => (s + 1) / Math.max(greatest + 1, FLOOR));
    }
    case 'RANK':
      return each(list, (_, index) => 61 / (61 + index));
  }
}

/** Distribution-based: the list's mean ± 3 sample standard deviations become 0 and 1. */
export function distribution(list: RankedList): Float64Array {
  if (isFlat(list)) return each(list, () => 0.5);
  const { mean, deviation } = moments(list);
  const width = Math.max(6 * deviation, FLOOR);
  return each(list, (s) => (s - (mean - 3 * deviation)) / width);
}

function bySimilarity(list: RankedList, similarity: Similarity): Float64Array {
  switch (similarity) {
    case 'COSINE':
      return each(list, (s) => s);
    case 'DOT_PRODUCT':
      return byLength(list);
    case 'L2':
      return each(list, (s) => 1 / (1 - s));
  }
}

function minMax(list: RankedList): Float64Array {
  const { least, greatest } = extremes(list);
  if (least === greatest) return each(list, () => 1);
  const width = Math.max(greatest - least, FLOOR);
  return each(list, (s) => (s - least) / width);
}

function zScore(list: RankedList): Float64Array {
  if (isFlat(list)) return each(list, () => 0);
  const { mean, deviation } = moments(list);
  const width = Math.max(deviation, FLOOR);
  return each(list, (s) => (s - mean) / width);
}

function byLength(list: RankedList): Float64Array {
  let squares = 0;
  for (const { score } of list) squares += score * score;
  const length = Math.max(Math.sqrt(squares), FLOOR);
  return each(list, (s) => s / length);
}

function each(list: RankedList, x: (score: number, index: number) => number): Float64Array {
  const values = new Float64Array(list.length);
  for (let index = 0; index < values.length; index += 1) values[index] = x(list[index]!.score, index);
  return values;
}

function isFlat(list: RankedList): boolean {
  const { least, greatest } = extremes(list);
  return least === greatest;
}

function extremes(list: RankedList): { readonly least: number; readonly greatest: number } {
  let least = Infinity;
  let greatest = -Infinity;
  for (const { score } of list) {
    if (score < least) least = score;
    if (score > greatest) greatest = score;
  }
  return { least, greatest };
}

/** Mean and sample standard deviation; two or more scores. */
function moments(list: RankedList): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (const { score } of list) sum += score;
  const mean = sum / list.length;
  let squares = 0;
  for (const { score } of list) squares += (score - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (list.length - 1)) };
}
