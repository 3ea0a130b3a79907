import { diagonalOfQ, evidenceOf } from './evidence.ts';
import { readCounters, STRATA, stratumWeight, type Counters } from './counters.ts';
import { cholesky, inverse, solve, trace } from './matrix.ts';

/** How strongly the prior and the wider levels pull. */
export interface Pull {
  /** n0: rewarded pages the prior is worth. */
  readonly priorPages: number;
  /** m0: how much of a typical reward rate the prior expects from the fused score. */
  readonly priorRate: number;
  /** κ: rewarded pages that the wider levels together are worth to a narrower one. */
  readonly pooledPages: number;
}

/** A Gaussian belief about how much reward a unit of each feature's score brings. */
export interface LinearPosterior {
  /** μ (F). */
  readonly mean: Float64Array;
  /** Σ (F × F, row-major). */
  readonly covariance: Float64Array;
  /** Lower Cholesky factor of Σ (F × F, row-major). */
  readonly factor: Float64Array;
  /** Precision by source, per feature: the prior first, then one row per level that was given. */
  readonly precision: readonly Float64Array[];
}

/** Fewer rewarded impressions than this are none: what is left of them after subtracting is noise. */
export const NO_EVIDENCE = 1e-6;
const JITTER = 1e-9;

/**
 * The posterior from the counters of global (first) to the most personal level, and prior weights of sum 1.
 * From global, with θ_k = 1/k:
 *   Θ = Σ θ_k·N_k    x̄ = Σ θ_k·X_k/Θ    T_f = max(0, Q_ff − Θ·x̄_f²)    τ_f = (A_ff + T_f/n)/(n + 1)
 *   τ̄ = mean of τ    τ_f ← max(τ_f, τ̄/10)    u = √(τ̄·n/Θ)    r̄ = max(Σ C, √(V·m)/10)/Θ    s² = V/Θ
 *   P0 = n0·max(1, n/m)·diag(τ)    v0 = m0·r̄·F·w_prior/u
 *   P = P0 + A + 1e-9·diag(Q)    h = P0·v0 + b    ν = min(n, m)
 * then for each further level with a rewarded impression, f = min(1, κ/ν):
 *   P ← f·P + A_c + 1e-9·diag(Q_c)    h ← f·h + b_c    ν ← f·ν + min(n_c, m_c)
 *   Δ_f = max(0, n0·τ̄/10 − P_ff)    P_ff += Δ_f    h_f += Δ_f·v0_f
 * Mean μ = P⁻¹·h, covariance Σ = s²·P⁻¹. The weights that follow do not depend on the scale of scores or rewards;
 * the prior is worth n0 rewarded pages however many go by without a reward; a feature that never varies stays at its
 * prior. Null where global has no rewarded impression or no score varies within positions.
 * Source: Bayesian linear regression within strata (C. Bishop, "Pattern Recognition and Machine Learning", §3.3)
 * with a power prior over levels (J. Ibrahim, M.-H. Chen 2000).
 */
export function linearPosterior(
  levels: readonly Float64Array[],
  prior: Float64Array,
  pull: Pull,
): LinearPosterior | null {
  const [first, ...rest] = levels.map(readCounters);
  const start = first === undefined ? null : beginWith(first, prior, pull);
  if (start === null) return null;
  for (const counters of rest) narrow(start, counters, pull);
  return finish(start);
}

interface Belief {
  readonly features: number;
  readonly P: Float64Array;
  readonly h: Float64Array;
  /** ν: rewarded pages in it. */
  pages: number;
  readonly v0: Float64Array;
  /** n0·τ̄/10, the least precision of a feature. */
  readonly least: number;
  /** s². */
  readonly variance: number;
  readonly precision: Float64Array[];
}

function beginWith(counters: Counters, prior: Float64Array, pull: Pull): Belief | null {
  const { features, n, m, V } = counters;
  if (m <= NO_EVIDENCE || V <= 0 || n <= 0) return null;
  const { A, b } = evidenceOf(counters);
  const Q = diagonalOfQ(counters);
  const { mass, tau, mean } = typicalSpread(counters, A, Q);
  if (mean <= (1e-9 * sum(Q)) / (features * n)) return null;
  const unit = Math.sqrt((mean * n) / mass);
  const rate = Math.max(sum(counters.C), 0.1 * Math.sqrt(V * m)) / mass;
  const v0 = prior.map((weight) => (pull.priorRate * rate * features * weight) / unit);
  const P0 = tau.map((value) => pull.priorPages * Math.max(1, n / m) * Math.max(value, mean / 10));
  const own = Q.map((value, f) => A[f * features + f]! + JITTER * value);
  for (let f = 0; f < features; f += 1) {
    A[f * features + f] = P0[f]! + own[f]!;
    b[f]! += P0[f]! * v0[f]!;
  }
  const least = (pull.priorPages * mean) / 10;
  return { features, P: A, h: b, pages: Math.min(n, m), v0, least, variance: V / mass, precision: [P0, own] };
}

/** Θ, τ (per page, before the floor) and τ̄. */
function typicalSpread(
  { features, n, N, X }: Counters,
  A: Float64Array,
  Q: Float64Array,
): { readonly mass: number; readonly tau: Float64Array; readonly mean: number } {
  let mass = 0;
  const sums = new Float64Array(features);
  for (let k = 0; k < STRATA; k += 1) {
    mass += stratumWeight(k) * N[k]!;
    for (let f = 0; f < features; f += 1) sums[f]! += stratumWeight(k) * X[k * features + f]!;
  }
  const tau = Q.map((square, f) => {
    const total = Math.max(0, square - sums[f]! ** 2 / mass);
    return (A[f * features + f]! + total / n) / (n + 1);
  });
  return { mass, tau, mean: sum(tau) / features };
}

function narrow(belief: Belief, counters: Counters, pull: Pull): void {
  const { features, P, h, v0, precision } = belief;
  const own = new Float64Array(features);
  precision.push(own);
  if (counters.m <= NO_EVIDENCE) return;
  const keep = Math.min(1, pull.pooledPages / belief.pages);
  const { A, b } = evidenceOf(counters);
  const Q = diagonalOfQ(counters);
  for (let cell = 0; cell < P.length; cell += 1) P[cell] = keep * P[cell]! + A[cell]!;
  for (const part of precision) for (let f = 0; f < features; f += 1) part[f]! *= keep;
  for (let f = 0; f < features; f += 1) {
    own[f] = A[f * features + f]! + JITTER * Q[f]!;
    P[f * features + f]! += JITTER * Q[f]!;
    const lift = Math.max(0, belief.least - P[f * features + f]!);
    P[f * features + f]! += lift;
    precision[0]![f]! += lift;
    h[f] = keep * h[f]! + b[f]! + lift * v0[f]!;
  }
  belief.pages = keep * belief.pages + Math.min(counters.n, counters.m);
}

function finish({ features, P, h, variance, precision }: Belief): LinearPosterior | null {
  const root = cholesky(P, features);
  if (root === null) return null;
  const covariance = inverse(root, features).map((value) => variance * value);
  const factor = cholesky(covariance, features);
  if (factor === null || !(trace(covariance, features) < Infinity)) return null;
  return { mean: solve(root, h), covariance, factor, precision };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
