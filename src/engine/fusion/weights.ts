import type { StaticStrategy } from '../retriever/retriever.ts';

/**
 * The weights a static strategy serves, one per search. rrf, dbsf, max: factors, 1 where not given. weighted:
 * non-negative and of sum 1; equal unless every search has one, and where all of them are 0.
 */
export function servedWeights(strategy: StaticStrategy, given: readonly (number | null)[]): Float64Array {
  if (strategy !== 'WEIGHTED') return Float64Array.from(given, (weight) => weight ?? 1);
  const complete = given.every((weight) => weight !== null);
  return toSumOne(Float64Array.from(given, (weight) => (complete ? (weight ?? 0) : 1)));
}

/** Leaves features out: their weight is 0; for weighted the others sum to 1 again, factors stay as they are. */
export function renormalize(
  strategy: StaticStrategy,
  weights: Float64Array,
  available: readonly boolean[],
): Float64Array {
  if (available.every(Boolean)) return weights;
  const kept = weights.map((weight, feature) => (available[feature] === true ? weight : 0));
  if (strategy !== 'WEIGHTED') return kept;
  if (kept.some((weight) => weight > 0)) return toSumOne(kept);
  return toSumOne(kept.map((_, feature) => (available[feature] === true ? 1 : 0)));
}

function toSumOne(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? weights.map((weight) => weight / sum) : weights.map(() => 1 / weights.length);
}
