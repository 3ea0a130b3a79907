/**
 * Weights from values v: w = max(v, 0)/Σ max(v, 0); all v ≤ 0: the prior. Then each weight gets its floor,
 * w ← (1 − F·w_min)·w + w_min, and what lies above a ceiling goes to the others in proportion to their weights.
 * Sum 1. `weightFloor` 0..1/F, `weightCeiling` 1/F..1 or null.
 */
export function toWeights(
  values: Float64Array,
  prior: Float64Array,
  limits: { readonly weightFloor: number; readonly weightCeiling: number | null },
): Float64Array {
  let sum = 0;
  for (const value of values) sum += Math.max(value, 0);
  const floor = limits.weightFloor;
  const weights = sum > 0 && sum < Infinity ? values.map((value) => Math.max(value, 0) / sum) : prior.slice();
  const floored =
    floor > 0 ? weights.map((weight) => (1 - weights.length * floor) * weight + floor) : weights;
  return limits.weightCeiling === null ? floored : underCeiling(floored, limits.weightCeiling);
}

/** Each round puts at least one more weight at the ceiling, so it ends after at most F rounds. */
function underCeiling(weights: Float64Array, ceiling: number): Float64Array {
  const result = weights.slice();
  const capped = new Uint8Array(result.length);
  for (let round = 0; round < result.length; round += 1) {
    let above = 0;
    result.forEach((weight, f) => {
      if (capped[f] === 1 || weight <= ceiling) return;
      above += weight - ceiling;
      result[f] = ceiling;
      capped[f] = 1;
    });
    if (above === 0) return result;
    spread(result, capped, above);
  }
  return result;
}

/** Adds `excess` to the weights that are not capped, in proportion; equally where they are all 0. */
function spread(weights: Float64Array, capped: Uint8Array, excess: number): void {
  let open = 0;
  let sum = 0;
  weights.forEach((weight, f) => {
    if (capped[f] === 1) return;
    open += 1;
    sum += weight;
  });
  weights.forEach((weight, f) => {
    if (capped[f] === 0) weights[f] = weight + (sum > 0 ? (excess * weight) / sum : excess / open);
  });
}
