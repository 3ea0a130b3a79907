import { describe, expect, test } from '@jest/globals';
import { SAMPLE_PAIRS, backgroundOf } from '../../../src/engine/collection/background.ts';
import { seededRandom } from '../../../src/engine/random.ts';

/** `count` vectors whose numbers are uniform in −½..½. */
function cloud(count: number, dims: number): readonly Float32Array[] {
  const random = seededRandom('cloud');
  return Array.from({ length: count }, () => Float32Array.from({ length: dims }, () => random.next() - 0.5));
}

describe('the background of a feature', () => {
  test('two documents have one pair: the mean is its similarity, the deviation its floor', () => {
    const pair = [Float32Array.of(3, 4), Float32Array.of(4, 3)];
    // cosine 24/25; dot product 24; distance √2.
    expect(backgroundOf(pair, 'COSINE', 's')).toEqual({ mean: expect.closeTo(0.96, 9), deviation: 1e-6 });
    expect(backgroundOf(pair, 'DOT_PRODUCT', 's')).toEqual({ mean: expect.closeTo(24, 9), deviation: 1e-6 });
    expect(backgroundOf(pair, 'L2', 's')).toEqual({ mean: expect.closeTo(-Math.SQRT2, 9), deviation: 1e-6 });
  });

  test('a document is never paired with itself', () => {
    // Were a document paired with itself, its cosine would be 1 and not 0.
    const axes = Array.from({ length: 60 }, (_, i) =>
      Float32Array.from({ length: 60 }, (_, j) => (i === j ? 1 : 0)),
    );
    expect(backgroundOf(axes, 'COSINE', 's')).toEqual({ mean: 0, deviation: 1e-6 });
  });

  test('mean and deviation are those of random pairs', () => {
    // Dot product of vectors of 16 independent numbers of variance 1/12: mean 0, variance 16/144 = (1/3)².
    const { mean, deviation } = backgroundOf(cloud(1_000, 16), 'DOT_PRODUCT', 's');
    const error = 1 / 3 / Math.sqrt(SAMPLE_PAIRS);
    expect(Math.abs(mean)).toBeLessThan(5 * error);
    expect(Math.abs(deviation - 1 / 3)).toBeLessThan(5 * error);
    // A feature that is shifted must not pass for this one.
    const shifted = cloud(1_000, 16).map((vector) => vector.map((x) => x + 0.1));
    expect(Math.abs(backgroundOf(shifted, 'DOT_PRODUCT', 's').mean)).toBeGreaterThan(5 * error);
  });

  test('the same seed measures the same, another one something else', () => {
    const vectors = cloud(100, 8);
    expect(backgroundOf(vectors, 'COSINE', 'a')).toEqual(backgroundOf(vectors, 'COSINE', 'a'));
    expect(backgroundOf(vectors, 'COSINE', 'b')).not.toEqual(backgroundOf(vectors, 'COSINE', 'a'));
  });
});
