import { describe, expect, test } from '@jest/globals';
import { betaVariate } from '../../../src/engine/learning/beta-variate.ts';
import { seededRandom } from '../../../src/engine/random.ts';

const COUNT = 20_000;
const draw = (alpha: number, beta: number): readonly number[] => {
  const random = seededRandom(`beta ${alpha} ${beta}`);
  return Array.from({ length: COUNT }, () => betaVariate(random, alpha, beta));
};
const momentsOf = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (COUNT - 1) };
};

describe('Beta variates', () => {
  test.each([
    [1, 1],
    [0.4, 2],
    [12, 8],
    [240, 160],
    [3, 500],
  ])('Beta(%d, %d): mean within 4 standard errors, variance within 8 %', (alpha, beta) => {
    const total = alpha + beta;
    const variance = (alpha * beta) / (total ** 2 * (total + 1));
    const moments = momentsOf(draw(alpha, beta));
    expect(Math.abs(moments.mean - alpha / total)).toBeLessThan(4 * Math.sqrt(variance / COUNT));
    expect(Math.abs(moments.variance / variance - 1)).toBeLessThan(0.08);
  });

  test('the check would notice one success too many: Beta(13, 8) for Beta(12, 8)', () => {
    const deviation = Math.sqrt((12 * 8) / (20 ** 2 * 21));
    expect(Math.abs(momentsOf(draw(13, 8)).mean - 12 / 20)).toBeGreaterThan(
      (4 * deviation) / Math.sqrt(COUNT),
    );
  });
});
