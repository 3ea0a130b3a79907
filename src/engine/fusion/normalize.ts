import type { RankedList } from './ranked-list.ts';
import type { Similarity } from '../collection/collection.ts';

/** How a list's raw scores become comparable scores x. */
export type NormalizationRule =
  | { readonly kind: 'BACKGROUND'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'SIMILARITY'; readonly similarity: Similarity }
  | { readonly kind: 'MIN_MAX' | 'Z_SCORE' | 'DBSF' | 'L2' | 'TMM' | 'RANK' };

/** Denominators are never smaller. */
export const FLOOR = 1e-9;

/**
 * x of every hit, in order of the list. With raw scores s, their mean μ and sample standard deviation σ (n − 1):
 *   background  max(0, (s − μ_f)/σ_f), μ_f and σ_f of random document pairs: 0 is "no more alike than chance"
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
  const scores = Float64Array.from(list, ({ score }) => score);
  switch (rule.kind) {
    case 'BACKGROUND':
      return scores.map((s) => Math.max(0, (s - rule.mean) / Math.max(rule.deviation, FLOOR)));
    case 'SIMILARITY':
      return bySimilarity(scores, rule.similarity);
    case 'MIN_MAX':
      return minMax(scores);
    case 'Z_SCORE':
      return zScore(scores);
    case 'DBSF':
      return distribution(scores);
    case 'L2':
      return byLength(scores);
    case 'TMM': {
      const top = greatest(scores);
      return scores.map((s) => (s + 1) / Math.max(top + 1, FLOOR));
    }
    case 'RANK':
      return scores.map((_, index) => 61 / (61 + index));
  }
}

function bySimilarity(scores: Float64Array, similarity: Similarity): Float64Array {
  switch (similarity) {
    case 'COSINE':
      return scores;
    case 'DOT_PRODUCT':
      return byLength(scores);
    case 'L2':
      return scores.map((s) => 1 / (1 - s));
  }
}

function minMax(scores: Float64Array): Float64Array {
  const top = greatest(scores);
  const bottom = least(scores);
  if (top === bottom) return scores.map(() => 1);
  return scores.map((s) => (s - bottom) / Math.max(top - bottom, FLOOR));
}

function zScore(scores: Float64Array): Float64Array {
  if (greatest(scores) === least(scores)) return scores.map(() => 0);
  const { mean, deviation } = moments(scores);
  return scores.map((s) => (s - mean) / Math.max(deviation, FLOOR));
}

/** Distribution-based: the list's mean ± 3 sample standard deviations become 0 and 1. */
export function distribution(scores: Float64Array): Float64Array {
  if (greatest(scores) === least(scores)) return scores.map(() => 0.5);
  const { mean, deviation } = moments(scores);
  return scores.map((s) => (s - (mean - 3 * deviation)) / Math.max(6 * deviation, FLOOR));
}

function byLength(scores: Float64Array): Float64Array {
  const length = Math.max(Math.sqrt(scores.reduce((sum, s) => sum + s * s, 0)), FLOOR);
  return scores.map((s) => s / length);
}

function greatest(scores: Float64Array): number {
  return scores.reduce((top, s) => (s > top ? s : top), -Infinity);
}

function least(scores: Float64Array): number {
  return scores.reduce((bottom, s) => (s < bottom ? s : bottom), Infinity);
}

/** Mean and sample standard deviation; two or more scores. */
function moments(scores: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
  const squares = scores.reduce((sum, s) => sum + (s - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (scores.length - 1)) };
}
