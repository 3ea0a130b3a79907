import { describe, expect, test } from '@jest/globals';
import {
  addExecution,
  addImpression,
  addSums,
  changeReward,
  countersLength,
  emptyCounters,
  featuresOf,
  readCounters,
  type ImpressionTerm,
} from '../../../src/engine/learning/counters.ts';

const term = (changes: Partial<ImpressionTerm> = {}): ImpressionTerm => ({
  position: 2,
  x: Float64Array.of(3, 1),
  weights: Float64Array.of(0.5, 0.5),
  ranks: Uint32Array.of(4, 11),
  ...changes,
});
const numbers = (values: Float64Array): readonly number[] => Array.from(values);

describe('the layout of counters', () => {
  test('holds 44 + 22·F + F(F+1)/2 numbers and 4·F of credit, and F follows from the length', () => {
    expect([1, 3, 10].map(countersLength)).toEqual([71, 116 + 12, 319 + 40]);
    for (let features = 1; features <= 10; features += 1)
      expect(featuresOf(emptyCounters(features))).toBe(features);
    expect(() => featuresOf(new Float64Array(100))).toThrow(RangeError);
  });

  test('an impression at position 2 with reward −2 adds each term of its definition', () => {
    const sums = emptyCounters(2);
    addExecution(sums, 1);
    addImpression(sums, term(), -2, 1);
    const { n, m, V, M, N, C, X, S, X2, Q } = readCounters(sums);
    expect([n, m, V, M]).toEqual([1, 1, 4, 2]);
    expect([N[1], C[1], numbers(X.subarray(2, 4))]).toEqual([1, -2, [3, 1]]);
    expect([numbers(S), numbers(X2)]).toEqual([
      [-6, -2],
      [9, 1],
    ]);
    // θ_2 = ½ times 3·3, 3·1, 1·1.
    expect(numbers(Q)).toEqual([4.5, 1.5, 0.5]);
  });

  test('positions from 20 on share a stratum', () => {
    const sums = emptyCounters(2);
    for (const position of [19, 20, 21, 500]) addImpression(sums, term({ position }), 0, 1);
    expect(numbers(readCounters(sums).N.subarray(18))).toEqual([1, 3]);
  });

  test('credit by share goes by w·x⁺, by own rank to features whose first ten hold the document', () => {
    const sums = emptyCounters(2);
    addImpression(sums, term(), 1, 1);
    addImpression(sums, term({ x: Float64Array.of(-1, 2), ranks: Uint32Array.of(0, 10) }), 0, 1);
    const { share, ownTopK } = readCounters(sums);
    // Shares .75 and .25 of a reward of 1, then 0 and 1 of an impression without reward.
    expect([numbers(share.plus), numbers(share.minus)]).toEqual([
      [0.75, 0.25],
      [0, 1],
    ]);
    expect([numbers(ownTopK.plus), numbers(ownTopK.minus)]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test.each([
    [0.4, 0.4, 0.6],
    [3, 3, 0],
    [-2, 0, 3],
  ])('a reward of %d adds %d to the successes and %d to the failures', (reward, plus, minus) => {
    const sums = emptyCounters(1);
    const only = {
      position: 1,
      x: Float64Array.of(1),
      weights: Float64Array.of(1),
      ranks: Uint32Array.of(1),
    };
    addImpression(sums, only, reward, 1);
    const { share } = readCounters(sums);
    expect([share.plus[0], share.minus[0]]).toEqual([plus, minus]);
  });

  test('a hit that no weighted score speaks for gives no share', () => {
    const sums = emptyCounters(2);
    addImpression(sums, term({ x: Float64Array.of(-1, 0) }), 1, 1);
    expect(numbers(readCounters(sums).share.plus)).toEqual([0, 0]);
  });

  test('counters of different numbers of features are not added', () => {
    expect(() => addSums(emptyCounters(2), emptyCounters(3), 1)).toThrow(RangeError);
  });

  test('a change of reward to itself adds nothing, not even rounding', () => {
    const sums = emptyCounters(2);
    addImpression(sums, term(), 0.3, 1);
    const before = sums.slice();
    changeReward(sums, term(), { from: 0.3, to: 0.3 }, 1);
    expect(sums).toEqual(before);
  });
});
