import { describe, expect, test } from '@jest/globals';
import { decayFactor, readingFactor } from '../../../src/engine/learning/half-life.ts';

describe('forward decay', () => {
  const frame = { t0: 1_000, halfLife: 50 };

  test('a term counts half after one half-life, a quarter after two', () => {
    const stored = decayFactor(1_200, frame);
    expect([1_200, 1_250, 1_300].map((now) => stored * readingFactor(now, frame))).toEqual([1, 0.5, 0.25]);
  });

  test('a late reward of an old impression counts as little as the impression', () => {
    const impression = decayFactor(900, frame);
    expect(impression * readingFactor(1_000, frame)).toBe(0.25);
  });

  test('without a half-life nothing fades', () => {
    const never = { t0: 0, halfLife: null };
    expect(decayFactor(1e15, never) * readingFactor(0, never)).toBe(1);
  });

  test('a term per step at h = 693 steps keeps about 1,000 effective: h/ln 2 = 999.8', () => {
    const steady = { t0: 0, halfLife: 693 };
    let sum = 0;
    for (let step = 0; step < 20_000; step += 1) sum += decayFactor(step, steady);
    expect(sum * readingFactor(20_000, steady)).toBeCloseTo(693 / Math.LN2 - 0.5, 1);
  });
});
