import { describe, expect, test } from '@jest/globals';
import { toWeights } from '../../../src/engine/learning/to-weights.ts';

const free = { weightFloor: 0, weightCeiling: null };
const prior = Float64Array.of(0.5, 0.3, 0.2);
const rounded = (weights: Float64Array): readonly number[] =>
  Array.from(weights, (weight) => Math.round(weight * 1e12) / 1e12);

describe('weights from values', () => {
  test('negative values count 0, the rest sums to 1', () => {
    expect(rounded(toWeights(Float64Array.of(3, -7, 1), prior, free))).toEqual([0.75, 0, 0.25]);
  });

  test('with no value above 0 the prior is served', () => {
    expect(toWeights(Float64Array.of(0, -1, 0), prior, free)).toEqual(prior);
  });

  test('the scale of values does not matter, however small or large', () => {
    for (const scale of [1e-150, 1e150])
      expect(rounded(toWeights(Float64Array.of(3 * scale, 0, scale), prior, free))).toEqual([0.75, 0, 0.25]);
  });

  test('a floor lifts every weight: (1 − 3·.1)·w + .1', () => {
    const weights = toWeights(Float64Array.of(1, 0, 0), prior, { ...free, weightFloor: 0.1 });
    expect(rounded(weights)).toEqual([0.8, 0.1, 0.1]);
  });

  test('what lies above a ceiling goes to the others in proportion, again and again', () => {
    const values = Float64Array.of(70, 20, 5, 5);
    const weights = toWeights(values, Float64Array.of(0.25, 0.25, 0.25, 0.25), {
      ...free,
      weightCeiling: 0.4,
    });
    // .7 → .4, and .3 over 20 : 5 : 5 makes .4, .1, .1.
    expect(rounded(weights)).toEqual([0.4, 0.4, 0.1, 0.1]);
    const tight = toWeights(values, prior, { ...free, weightCeiling: 0.3 });
    // The second is then above .3 too, and the last two share what is left.
    expect(rounded(tight)).toEqual([0.3, 0.3, 0.2, 0.2]);
  });

  test('a ceiling shares equally where the others are 0', () => {
    expect(rounded(toWeights(Float64Array.of(1, 0, 0), prior, { ...free, weightCeiling: 0.5 }))).toEqual([
      0.5, 0.25, 0.25,
    ]);
  });
});
