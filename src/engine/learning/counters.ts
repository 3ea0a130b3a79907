/**
 * The algebra of one context's counters: plain sums in one Float64Array, so that contexts can be added, merged and
 * subtracted, and the store can add arrays element by element. For F features, in this order:
 *   n, m, V, M          executions with a hit; rewarded impressions; Σ y²; Σ |y|
 *   N (20), C (20)      per position stratum: impressions; Σ y
 *   X (20 × F)          per stratum: Σ x, row-major
 *   S, X2 (F each)      Σ y·x; Σ x²
 *   Q (F(F+1)/2)        Σ θ_k·x·xᵀ, upper triangle row by row, θ_k = 1/k
 *   share⁺, share⁻, own⁺, own⁻ (F each)   credit of the two textbook rules, see creditOf
 * x are normalized scores, y is the reward of the impression. Sums of any order and grouping are equal up to
 * 1e-9 · Σ|terms|; 4-byte floats would lose everything.
 */

/** Position strata: 1..19, and 20 for all later positions. */
export const STRATA = 20;
/** A document within this rank of a feature's own list earns that feature credit under `own_top_k`. */
export const OWN_TOP_K = 10;

const HEAD = 4;
const AT_N = HEAD;
const AT_C = HEAD + STRATA;
const AT_X = HEAD + 2 * STRATA;

/** Weight of a stratum in Q, from the stratum's index: 1/k. A choice of weights, not a correction of bias. */
export const stratumWeight = (index: number): number => 1 / (index + 1);

/** Numbers in the counters of F features. */
export function countersLength(features: number): number {
  return AT_X + (STRATA + 2) * features + (features * (features + 1)) / 2 + 4 * features;
}

/** F, from the length of the counters: the positive root of F²/2 + 26.5·F + 44 = length. RangeError where there is none. */
export function featuresOf(sums: Float64Array): number {
  const features = Math.round(Math.sqrt(26.5 ** 2 + 2 * (sums.length - AT_X)) - 26.5);
  if (countersLength(features) !== sums.length)
    throw new RangeError(`${sums.length} numbers are not the counters of any number of features`);
  return features;
}

/** The counters of a context nobody was served in. */
export function emptyCounters(features: number): Float64Array {
  return new Float64Array(countersLength(features));
}

/** What one impression adds, apart from its reward. */
export interface ImpressionTerm {
  /** Position on the served ranking, from 1. */
  readonly position: number;
  /** Normalized score per feature; 0 where absent. */
  readonly x: Float64Array;
  /** Weights as served, per feature. */
  readonly weights: Float64Array;
  /** Rank in each feature's own list, from 1; 0: absent. */
  readonly ranks: Uint32Array;
}

/** Counts an execution that served at least one hit. `scale`: forward decay factor; negative takes it away. */
export function addExecution(sums: Float64Array, scale: number): void {
  sums[0]! += scale;
}

/** Adds all terms of an impression with reward `reward` (0: none yet), times `scale`; negative takes it away. */
export function addImpression(sums: Float64Array, term: ImpressionTerm, reward: number, scale: number): void {
  const { x } = term;
  const features = x.length;
  const stratum = stratumOf(term.position);
  const atX = AT_X + stratum * features;
  const atX2 = AT_X + (STRATA + 1) * features;
  const weighted = scale * stratumWeight(stratum);
  let atQ = atX2 + features;
  sums[AT_N + stratum]! += scale;
  for (let row = 0; row < features; row += 1) {
    const value = x[row]!;
    sums[atX + row]! += scale * value;
    sums[atX2 + row]! += scale * value * value;
    for (let column = row; column < features; column += 1) sums[atQ++]! += weighted * value * x[column]!;
  }
  addCredit(sums, term, { plus: plusOf(reward), minus: minusOf(reward) }, scale);
  if (reward !== 0) addReward(sums, term, { from: 0, to: reward }, scale);
}

/** Moves an impression that is already counted from one reward to another: every term by its own difference. */
export function changeReward(
  sums: Float64Array,
  term: ImpressionTerm,
  change: { readonly from: number; readonly to: number },
  scale: number,
): void {
  if (change.from === change.to) return;
  addReward(sums, term, change, scale);
  const plus = plusOf(change.to) - plusOf(change.from);
  const minus = minusOf(change.to) - minusOf(change.from);
  addCredit(sums, term, { plus, minus }, scale);
}

/** target += factor · part, element by element. */
export function addSums(target: Float64Array, part: Float64Array, factor: number): void {
  if (target.length !== part.length)
    throw new RangeError(`counters of ${part.length} numbers cannot be added to ${target.length}`);
  for (let index = 0; index < target.length; index += 1) target[index]! += factor * part[index]!;
}

function stratumOf(position: number): number {
  return Math.min(position, STRATA) - 1;
}

function addReward(
  sums: Float64Array,
  { position, x }: ImpressionTerm,
  { from, to }: { readonly from: number; readonly to: number },
  scale: number,
): void {
  const features = x.length;
  const step = scale * (to - from);
  const atS = AT_X + STRATA * features;
  sums[1]! += scale * (Number(to !== 0) - Number(from !== 0));
  sums[2]! += scale * (to * to - from * from);
  sums[3]! += scale * (Math.abs(to) - Math.abs(from));
  sums[AT_C + stratumOf(position)]! += step;
  for (let feature = 0; feature < features; feature += 1) sums[atS + feature]! += step * x[feature]!;
}

/** What a reward R adds to α under the textbook rules. */
const plusOf = (reward: number): number => Math.max(reward, 0);
/** What a reward R adds to β: what it lacks of 1, and its negative part. An impression without reward adds 1. */
const minusOf = (reward: number): number => Math.max(1 - Math.max(reward, 0), 0) + Math.max(-reward, 0);

/**
 * Credit of a feature f for an impression, kept for the Beta posterior's textbook rules:
 *   share      φ_f = w_f·x_f⁺ / Σ_g w_g·x_g⁺ (0 where nothing contributed), x⁺ = max(x, 0)
 *   own_top_k  φ_f = 1 where the document is within the feature's own first 10, else 0
 * and the sums take φ_f·max(R, 0) and φ_f·(max(1 − max(R, 0), 0) + max(−R, 0)).
 */
function addCredit(
  sums: Float64Array,
  { x, weights, ranks }: ImpressionTerm,
  parts: { readonly plus: number; readonly minus: number },
  scale: number,
): void {
  const features = x.length;
  const at = sums.length - 4 * features;
  let total = 0;
  for (let feature = 0; feature < features; feature += 1)
    total += weights[feature]! * Math.max(x[feature]!, 0);
  const plus = scale * parts.plus;
  const minus = scale * parts.minus;
  for (let feature = 0; feature < features; feature += 1) {
    const share = total > 0 ? (weights[feature]! * Math.max(x[feature]!, 0)) / total : 0;
    sums[at + feature]! += share * plus;
    sums[at + features + feature]! += share * minus;
    if (ranks[feature]! < 1 || ranks[feature]! > OWN_TOP_K) continue;
    sums[at + 2 * features + feature]! += plus;
    sums[at + 3 * features + feature]! += minus;
  }
}

/** Counters by name: numbers as they are now, and views into the array. */
export interface Counters {
  readonly features: number;
  /** Executions that served at least one hit. */
  readonly n: number;
  /** Rewarded impressions. */
  readonly m: number;
  readonly V: number;
  readonly M: number;
  readonly N: Float64Array;
  readonly C: Float64Array;
  /** 20 × F, row-major. */
  readonly X: Float64Array;
  readonly S: Float64Array;
  readonly X2: Float64Array;
  /** Upper triangle, row by row. */
  readonly Q: Float64Array;
  readonly share: CreditSums;
  readonly ownTopK: CreditSums;
}

export interface CreditSums {
  readonly plus: Float64Array;
  readonly minus: Float64Array;
}

/** Names for the parts of one context's counters. */
export function readCounters(sums: Float64Array): Counters {
  const features = featuresOf(sums);
  let at = HEAD;
  const next = (length: number): Float64Array => sums.subarray(at, (at += length));
  return {
    features,
    n: sums[0]!,
    m: sums[1]!,
    V: sums[2]!,
    M: sums[3]!,
    N: next(STRATA),
    C: next(STRATA),
    X: next(STRATA * features),
    S: next(features),
    X2: next(features),
    Q: next((features * (features + 1)) / 2),
    share: { plus: next(features), minus: next(features) },
    ownTopK: { plus: next(features), minus: next(features) },
  };
}
