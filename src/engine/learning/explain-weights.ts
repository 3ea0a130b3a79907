import { betaView, liftOf } from './beta.ts';
import { drawWeights } from './draw.ts';
import { emptyCounters } from './counters.ts';
import type { Belief } from './belief.ts';
import type { ContextLevel } from './context.ts';
import type { NamedLevel, LevelEvidence } from './level.ts';

/** What is believed about one feature. */
export interface FeatureBelief {
  /** Weight at the mean of the belief: what shadow mode and evaluations serve. */
  readonly pointWeight: number;
  /** Of the drawn weights, with nothing held back (e = 1). */
  readonly mean: number;
  readonly deviation: number;
  /** Middle 95 % of the drawn weights. */
  readonly interval: { readonly low: number; readonly high: number };
  /** Share of the draws in which no other feature weighs more; ties are shared. */
  readonly probabilityOfLargest: number;
  /** The Beta view of the context's own counters: pseudo-counts, and p in 0..1, ½ knows nothing. */
  readonly alpha: number;
  readonly beta: number;
  readonly p: number;
  /** Where the precision of the belief comes from; shares of sum 1. */
  readonly sources: readonly { readonly source: 'PRIOR' | ContextLevel; readonly share: number }[];
}

export interface WeightExplanation extends NamedLevel {
  /** In order of the searches. */
  readonly features: readonly FeatureBelief[];
  /** Per level, from global. */
  readonly evidence: readonly LevelEvidence[];
  /** Entropy of the point weights over its largest value, ln F: 1 all equal, 0 one feature alone; F = 1: 0. */
  readonly entropy: number;
}

/** Draws behind every figure of an explanation. */
export const EXPLAINING_DRAWS = 1_000;

/**
 * What a context's weights are and how sure they are, from 1,000 draws with e = 1 from `seed`. `own` are the counters
 * of the context that is asked about, features in order of the searches; null: it has none. Without evidence every
 * draw is the prior.
 */
export function explainWeights(belief: Belief, own: Float64Array | null, seed: string): WeightExplanation {
  const features = belief.prior.length;
  const draws = drawAll(belief, seed);
  const point = drawWeights(belief, { mode: 'POINT', seed }).weights;
  const counters = own ?? emptyCounters(features);
  const view = betaView(counters, 'LIFT');
  const p = liftOf(counters);
  const largest = shareOfLargest(draws, features);
  return {
    level: belief.level,
    reason: belief.reason,
    evidence: belief.evidence,
    entropy: entropyOf(point),
    features: Array.from(point, (pointWeight, f) => ({
      pointWeight,
      ...spreadOf(draws.map((weights) => weights[f]!)),
      probabilityOfLargest: largest[f]!,
      alpha: view.alpha[f]!,
      beta: view.beta[f]!,
      p: p[f]!,
      sources: belief.precision.map(({ source, shares }) => ({ source, share: shares[f]! })),
    })),
  };
}

function drawAll(belief: Belief, seed: string): readonly Float64Array[] {
  const free = {
    ...belief,
    learning: { ...belief.learning, exploration: { start: 1, floor: 1, halfLife: null } },
  };
  return Array.from(
    { length: EXPLAINING_DRAWS },
    (_, index) => drawWeights(free, { mode: 'DRAW', seed: `${seed} ${index}` }).weights,
  );
}

/** Mean, standard deviation (n − 1) and the nearest-rank 2.5 and 97.5 percentiles. */
function spreadOf(values: readonly number[]): Pick<FeatureBelief, 'mean' | 'deviation' | 'interval'> {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.ceil(share * count) - 1]!;
  return {
    mean,
    deviation: Math.sqrt(squares / (count - 1)),
    interval: { low: at(0.025), high: at(0.975) },
  };
}

function shareOfLargest(draws: readonly Float64Array[], features: number): Float64Array {
  const shares = new Float64Array(features);
  for (const weights of draws) {
    const top = Math.max(...weights);
    const winners = weights.reduce((count, weight) => count + Number(weight === top), 0);
    weights.forEach((weight, f) => {
      if (weight === top) shares[f]! += 1 / winners / draws.length;
    });
  }
  return shares;
}

function entropyOf(weights: Float64Array): number {
  if (weights.length === 1) return 0;
  const entropy = weights.reduce((sum, weight) => (weight > 0 ? sum - weight * Math.log(weight) : sum), 0);
  return entropy / Math.log(weights.length);
}
