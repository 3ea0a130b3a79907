import { addLowerProduct } from './matrix.ts';
import { betaVariate } from './beta-variate.ts';
import { seededRandom } from '../random.ts';
import { standardNormals } from './normal.ts';
import { toWeights } from './to-weights.ts';
import type { Belief, LearningOptions, Values } from './belief.ts';
import type { WeightChoice } from '../execution/record.ts';

/** `DRAW` explores; `POINT` is the mean: for shadow mode, evaluation and display. */
export type DrawMode = 'DRAW' | 'POINT';

export interface Drawn {
  /** Sum 1, one per search. */
  readonly weights: Float64Array;
  readonly draw: WeightChoice['draw'];
}

/** Beta draws serve from a distribution this much narrower than the view, so that single pages stay sensible. */
const BETA_NARROWING = 20;

/**
 * Weights from a belief. v = μ + e·L·z, z standard normal from `seed`, e the exploration; then as in to-weights.ts.
 * Under the Beta posterior v = max(2θ − 1, 0), θ ~ Beta(20α, 20β), for lift, and v = θ ~ Beta(α, β) for the textbook
 * rules. The draw keeps the mean, the factor of the draw itself (e·L) and z, so that `redraw` needs nothing else.
 * Without evidence: exactly the prior, no draw.
 */
export function drawWeights(belief: Belief, how: { readonly mode: DrawMode; readonly seed: string }): Drawn {
  const { values, prior, learning } = belief;
  if (values.kind === 'PRIOR') return { weights: prior.slice(), draw: null };
  const mean = meanOf(values);
  const exploration = explorationAt(belief.rewardedImpressions, learning.exploration);
  if (how.mode === 'POINT' || exploration === 0)
    return { weights: toWeights(mean, prior, learning), draw: null };
  const draw = { mean, seed: how.seed, ...spreadAround(values, mean, { exploration, seed: how.seed }) };
  return { weights: redraw(draw, prior, learning), draw };
}

/** The weights of a recorded draw, to the last bit. */
export function redraw(
  draw: NonNullable<WeightChoice['draw']>,
  prior: Float64Array,
  limits: Pick<LearningOptions, 'weightFloor' | 'weightCeiling'>,
): Float64Array {
  return toWeights(addLowerProduct(draw.mean, draw.factor, draw.normals), prior, limits);
}

/** e = floor + (start − floor)·2^(−m/h), m rewarded impressions of the deepest level with evidence; no h: start. */
export function explorationAt(
  rewardedImpressions: number,
  { start, floor, halfLife }: LearningOptions['exploration'],
): number {
  if (halfLife === null) return start;
  return floor + (start - floor) * 2 ** (-rewardedImpressions / halfLife);
}

/**
 * The seed of an execution's draw. A session keeps its draw, so that a reload does not reshuffle the page; without
 * a session each execution has its own.
 */
export function drawSeed(of: {
  readonly retriever: string;
  readonly generation: string;
  readonly session: string | null;
  readonly execution: string;
}): string {
  const who = of.session === null ? ['execution', of.execution] : ['session', of.session];
  return JSON.stringify([of.retriever, of.generation, ...who]);
}

/** Expected value per feature, before it becomes a weight. */
export function meanOf(values: Exclude<Values, { readonly kind: 'PRIOR' }>): Float64Array {
  if (values.kind === 'LINEAR') return values.mean;
  return values.alpha.map((alpha, f) => valueOf(alpha / (alpha + values.beta[f]!), values));
}

function valueOf(theta: number, { credit }: Extract<Values, { readonly kind: 'BETA' }>): number {
  return credit === 'LIFT' ? 2 * theta - 1 : theta;
}

function spreadAround(
  values: Exclude<Values, { readonly kind: 'PRIOR' }>,
  mean: Float64Array,
  { exploration, seed }: { readonly exploration: number; readonly seed: string },
): { readonly factor: Float64Array; readonly normals: Float64Array } {
  const random = seededRandom(seed);
  if (values.kind === 'LINEAR')
    return {
      factor: values.factor.map((cell) => exploration * cell),
      normals: standardNormals(random, mean.length),
    };
  const narrowing = values.credit === 'LIFT' ? BETA_NARROWING : 1;
  const factor = new Float64Array(mean.length ** 2);
  const normals = mean.map((middle, f) => {
    const alpha = narrowing * values.alpha[f]!;
    const beta = narrowing * values.beta[f]!;
    const total = alpha + beta;
    const width = values.credit === 'LIFT' ? 2 : 1;
    const deviation = width * Math.sqrt((alpha * beta) / (total * total * (total + 1)));
    factor[f * mean.length + f] = deviation;
    return (valueOf(betaVariate(random, alpha, beta), values) - middle) / deviation;
  });
  return { factor, normals };
}
