import { describe, expect, test } from '@jest/globals';
import { normalCdf, standardNormals } from '../../../src/engine/learning/normal.ts';
import { seededRandom } from '../../../src/engine/random.ts';

/** Largest distance of the values' distribution from Φ (Kolmogorov–Smirnov). */
const distance = (values: Float64Array): number => {
  const sorted = values.slice().sort();
  return Math.max(
    ...Array.from(sorted, (value, index) => {
      const expected = normalCdf(value);
      return Math.max(
        Math.abs(expected - index / sorted.length),
        Math.abs(expected - (index + 1) / sorted.length),
      );
    }),
  );
};

describe('standard normals', () => {
  const COUNT = 20_000;
  /** The .9999 point of the statistic: 2.2253/√n. */
  const limit = 2.2253 / Math.sqrt(COUNT);

  test('have the normal distribution: Kolmogorov–Smirnov below its 99.99 % point', () => {
    expect(distance(standardNormals(seededRandom('normal'), COUNT))).toBeLessThan(limit);
  });

  test('the check would notice a standard deviation of 1.1', () => {
    const wide = standardNormals(seededRandom('normal'), COUNT).map((value) => 1.1 * value);
    expect(distance(wide)).toBeGreaterThan(limit);
  });

  test('the same seed gives the same, an odd count is served', () => {
    expect(standardNormals(seededRandom('a'), 3)).toEqual(standardNormals(seededRandom('a'), 4).slice(0, 3));
  });
});

describe('the normal distribution function', () => {
  test.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145707],
    [-3, 0.0013498980316300957],
    [-3.6, 0.00015910859015753364],
    [3.4, 0.9996630707343231],
    [-10, 7.61985302416047e-24],
  ])('Φ(%d) to 1e-12 relative', (z, expected) => {
    expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(1e-12);
  });

  test('is 0 and 1 at the ends, and continuous where the method changes', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(-50)]).toEqual([0, 1, 0]);
    const seam = 2.5 * Math.SQRT2;
    expect(Math.abs(normalCdf(-seam - 1e-13) / normalCdf(-seam + 1e-13) - 1)).toBeLessThan(1e-11);
  });
});
