import { evidenceOf, spreadOf } from './evidence.ts';
import { readCounters, type CreditSums } from './counters.ts';
import { normalCdf } from './normal.ts';
import type { Credit } from '../retriever/learning-spec.ts';

/** A Beta distribution per feature: pseudo-counts of success and failure. */
export interface BetaView {
  /** F each, all > 0. */
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
}

/** What the view of a feature that nothing is known about is worth: 12 successes, 8 failures. */
const PRIOR_ALPHA = 12;
const PRIOR_BETA = 8;
/** A smaller spread is rounding noise of a feature that never varied within a position: p stays at ½ but for noise. */
const LEAST_SPREAD = 1e-12;

/** Pseudo-counts α + β before any evidence: 20 for lift, 2 for the textbook rules. */
export function priorCounts(credit: Credit): number {
  return credit === 'LIFT' ? PRIOR_ALPHA + PRIOR_BETA : 2;
}

/** The Beta distributions of one context's own counters, by the rule of credit. */
export function betaView(sums: Float64Array, credit: Credit): BetaView {
  switch (credit) {
    case 'LIFT':
      return liftView(sums);
    case 'SHARE':
      return countView(readCounters(sums).share);
    case 'OWN_TOP_K':
      return countView(readCounters(sums).ownTopK);
  }
}

/**
 * Whether a feature's score lifts the reward within a position:
 *   D_f = X2_f − Σ_k X_kf²/N_k    sd_f = √(D_f/Σ N_k)    d_f = b_f/(M·sd_f)    p_f = Φ(d_f/√2)
 *   α_f = 12 + M·p_f    β_f = 8 + M·(1 − p_f)
 * p in 0..1, ½ knows nothing: where nothing was rewarded (M = 0), or the feature's score never varied.
 */
function liftView(sums: Float64Array): BetaView {
  const p = liftOf(sums);
  const M = Math.max(readCounters(sums).M, 0);
  return {
    alpha: p.map((value) => PRIOR_ALPHA + M * value),
    beta: p.map((value) => PRIOR_BETA + M * (1 - value)),
  };
}

/** p_f of the lift view, F of them. Without evidence ½ each. */
export function liftOf(sums: Float64Array): Float64Array {
  const counters = readCounters(sums);
  const { M, N } = counters;
  const { b } = evidenceOf(counters);
  const impressions = N.reduce((total, count) => total + count, 0);
  return spreadOf(counters).map((spread, f) => {
    const deviation = Math.sqrt(Math.max(spread, LEAST_SPREAD) / Math.max(impressions, 1));
    return M > 0 ? normalCdf(b[f]! / (M * deviation) / Math.SQRT2) : 0.5;
  });
}

/**
 * The textbook rule with attribution φ_f (see counters.ts), R the reward of an impression:
 *   α_f = 1 + Σ φ_f·max(R, 0)    β_f = 1 + Σ φ_f·(max(1 − max(R, 0), 0) + max(−R, 0))
 * Kept for comparison: a ratio of click rates is not the best weight, however much evidence there is.
 */
function countView({ plus, minus }: CreditSums): BetaView {
  return {
    alpha: plus.map((value) => 1 + Math.max(value, 0)),
    beta: minus.map((value) => 1 + Math.max(value, 0)),
  };
}
