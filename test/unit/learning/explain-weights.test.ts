import { describe, expect, test } from '@jest/globals';
import { beliefOf, type Belief } from '../../../src/engine/learning/belief.ts';
import { explainWeights } from '../../../src/engine/learning/explain-weights.ts';
import { DEFAULT_LEARNING } from '../../support/learning.ts';
import { countersOf, taughtPages } from '../../support/pages.ts';

const sums = countersOf(taughtPages(300, 3, 'explain'), 3);
const belief = (counters: Float64Array | null): Belief =>
  beliefOf({
    given: [0.5, 0.3, 0.2],
    levels: [{ level: 'GLOBAL', sums: counters }],
    learning: DEFAULT_LEARNING,
  });

describe('the explanation of weights', () => {
  const explained = explainWeights(belief(sums), sums, 'seed');

  test('names the feature that was rewarded as the largest, and its interval holds the mean', () => {
    const [first, second] = explained.features;
    expect(first!.probabilityOfLargest).toBeGreaterThan(0.99);
    expect(first!.interval.low).toBeLessThan(first!.mean);
    expect(first!.interval.high).toBeGreaterThan(first!.mean);
    expect(first!.p).toBeGreaterThan(second!.p);
    expect(first!.alpha).toBeGreaterThan(12);
    expect(explained).toMatchObject({ level: 'GLOBAL', evidence: [{ level: 'GLOBAL', pages: 300 }] });
  });

  test('probabilities and mean weights sum to 1, shares of precision too', () => {
    const total = (of: (feature: (typeof explained.features)[number]) => number): number =>
      explained.features.reduce((sum, feature) => sum + of(feature), 0);
    expect(total(({ probabilityOfLargest }) => probabilityOfLargest)).toBeCloseTo(1, 12);
    expect(total(({ mean }) => mean)).toBeCloseTo(1, 12);
    for (const { sources } of explained.features)
      expect(sources.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test('about 95 % of other draws fall into the interval: within 4 standard errors of two estimates of 1,000', () => {
    const again = explainWeights(belief(sums), sums, 'another seed');
    const [mine, other] = [explained.features[0]!, again.features[0]!];
    const standardError = mine.deviation / Math.sqrt(1_000);
    expect(Math.abs(mine.mean - other.mean)).toBeLessThan(4 * Math.SQRT2 * standardError);
    // A normal quantile at 2.5 % has a standard error of about 2.7 deviations/√n.
    expect(Math.abs(mine.interval.low - other.interval.low)).toBeLessThan(
      4 * Math.SQRT2 * 2.7 * standardError,
    );
    expect(mine.mean).not.toBe(other.mean);
  });

  test('the same seed explains the same', () => {
    expect(explainWeights(belief(sums), sums, 'seed')).toEqual(explained);
  });

  test('without evidence all is the prior, for certain, and the Beta view knows nothing', () => {
    const nothing = explainWeights(belief(null), null, 'seed');
    expect(nothing.level).toBe('PRIOR');
    expect(nothing.features.map(({ pointWeight }) => pointWeight)).toEqual([0.5, 0.3, 0.2]);
    expect(
      nothing.features.map(({ probabilityOfLargest }) => Math.round(probabilityOfLargest * 1e9)),
    ).toEqual([1e9, 0, 0]);
    for (const { interval, pointWeight, deviation, alpha, beta, p, sources } of nothing.features) {
      expect(interval).toEqual({ low: pointWeight, high: pointWeight });
      expect(deviation).toBeLessThan(1e-12);
      expect([alpha, beta, p]).toEqual([12, 8, 0.5]);
      expect(sources).toEqual([{ source: 'PRIOR', share: 1 }]);
    }
  });

  test('equal weights have entropy 1, one feature alone 0, ties share the probability of being largest', () => {
    const equal = beliefOf({
      given: [null, null],
      levels: [{ level: 'GLOBAL', sums: null }],
      learning: DEFAULT_LEARNING,
    });
    const explanation = explainWeights(equal, null, 'seed');
    expect(explanation.entropy).toBeCloseTo(1, 12);
    expect(explanation.features[1]!.probabilityOfLargest).toBeCloseTo(0.5, 9);
    const only = beliefOf({ given: [1, 0], levels: [], learning: DEFAULT_LEARNING });
    expect(explainWeights(only, null, 'seed').entropy).toBe(0);
  });
});
