import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../src/engine/random.ts';

const draws = (seed: string, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

/** χ² of `values` in [0, 1) over 100 equal bins; 99 degrees of freedom. */
const chiSquare = (values: readonly number[]): number => {
  const bins = new Array<number>(100).fill(0);
  for (const value of values) bins[Math.floor(value * 100)]! += 1;
  const expected = values.length / 100;
  return bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

describe('seeded randomness', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    expect(draws('a', 5)).toEqual(draws('a', 5));
    expect(draws('a', 5)).not.toEqual(draws('b', 5));
  });

  test('is uniform in [0, 1): χ² over 100 bins below its 99.99 % point, 161.3', () => {
    const values = draws('uniform', 100_000);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(chiSquare(values)).toBeLessThan(161.3);
  });

  test('the χ² check would notice a skewed source', () => {
    expect(chiSquare(draws('uniform', 100_000).map((value) => value ** 1.05))).toBeGreaterThan(161.3);
  });
});
