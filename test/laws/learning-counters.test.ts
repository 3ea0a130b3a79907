import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import {
  addExecution,
  addImpression,
  addSums,
  changeReward,
  emptyCounters,
  type ImpressionTerm,
} from '../../src/engine/learning/counters.ts';

const FEATURES = 3;
fc.configureGlobal({ seed: 20261130 });

/** In steps of a thousandth: scores and rewards are not subnormal numbers. */
const number = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(1_000 * least), max: 1_000 * most }).map((thousandths) => thousandths / 1_000);
const vector = (least: number, most: number): fc.Arbitrary<Float64Array> =>
  fc.tuple(number(least, most), number(least, most), number(least, most)).map((x) => Float64Array.from(x));
const terms: fc.Arbitrary<ImpressionTerm> = fc.record({
  position: fc.integer({ min: 1, max: 40 }),
  x: vector(-2, 50),
  weights: vector(0, 1),
  ranks: fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)).map((ranks) => Uint32Array.from(ranks)),
});
const rewards = fc.oneof(fc.constantFrom(0, 1, -2, 3, -0.5), number(-100, 100));

/** Something that is added to counters. */
type Step = (sums: Float64Array, scale: number) => void;
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((sums, scale) => addExecution(sums, scale)),
  fc.tuple(terms, rewards).map(
    ([term, reward]): Step =>
      (sums, scale) =>
        addImpression(sums, term, reward, scale),
  ),
  fc.tuple(terms, rewards, rewards).map(
    ([term, from, to]): Step =>
      (sums, scale) =>
        changeReward(sums, term, { from, to }, scale),
  ),
);

const run = (some: readonly Step[], scale = 1): Float64Array => {
  const sums = emptyCounters(FEATURES);
  for (const step of some) step(sums, scale);
  return sums;
};

/** Σ|terms| of each number. */
const sizeOf = (some: readonly Step[]): Float64Array => {
  const total = emptyCounters(FEATURES);
  for (const step of some) addSums(total, run([step]).map(Math.abs), 1);
  return total;
};

/** Equal means: no further apart than 1e-9 · Σ|terms|. */
const isEqual = (a: Float64Array, b: Float64Array, size: Float64Array): boolean =>
  a.every((value, index) => Math.abs(value - b[index]!) <= 1e-9 * size[index]!);

describe('counters are plain sums', () => {
  test('any order of the same steps gives the same counters', () => {
    fc.assert(
      fc.property(
        fc
          .array(steps, { maxLength: 40 })
          .chain((some) =>
            fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
          ),
        ([some, shuffled]) => isEqual(run(some), run(shuffled), sizeOf(some)),
      ),
    );
  });

  test('any batches, added up in the end, give the same counters', () => {
    fc.assert(
      fc.property(fc.array(fc.array(steps, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
        const total = emptyCounters(FEATURES);
        for (const batch of batches) addSums(total, run(batch), 1);
        return isEqual(total, run(batches.flat()), sizeOf(batches.flat()));
      }),
    );
  });

  test('taking the same steps away leaves what was there before', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 20 }), fc.array(steps, { maxLength: 20 }), (kept, erased) => {
        const sums = run([...kept, ...erased]);
        for (const step of erased) step(sums, -1);
        return isEqual(sums, run(kept), sizeOf([...kept, ...erased, ...erased]));
      }),
    );
  });

  test('a faded step is the step times its factor', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 20 }), number(0.001, 1_000), (some, factor) => {
        const scaled = emptyCounters(FEATURES);
        addSums(scaled, run(some), factor);
        return isEqual(
          run(some, factor),
          scaled,
          sizeOf(some).map((size) => factor * size),
        );
      }),
    );
  });
});

describe('a reward that changes', () => {
  const changes = fc.tuple(terms, rewards, rewards, rewards);
  const path = (term: ImpressionTerm, ...values: readonly number[]): readonly Step[] => [
    (sums, scale) => addImpression(sums, term, values[0]!, scale),
    ...values.slice(1).map(
      (to, index): Step =>
        (sums, scale) =>
          changeReward(sums, term, { from: values[index]!, to }, scale),
    ),
  ];

  test('comes to the same counters as the last reward given at once', () => {
    fc.assert(
      fc.property(changes, ([term, first, second, last]) => {
        const steps = path(term, 0, first, second, last);
        return isEqual(run(steps), run(path(term, last)), sizeOf(steps));
      }),
    );
  });

  test('and back again equals never', () => {
    fc.assert(
      fc.property(changes, ([term, first, second]) => {
        const steps = path(term, first, second, first);
        return isEqual(run(steps), run(path(term, first)), sizeOf(steps));
      }),
    );
  });

  test('to something else does not equal never: the comparison notices a lost step', () => {
    fc.assert(
      fc.property(terms, (term) => {
        const steps = path(term, 0, 1);
        return !isEqual(run(steps), run(steps.slice(0, 1)), sizeOf(steps));
      }),
    );
    expect(isEqual(Float64Array.of(1), Float64Array.of(1 + 2e-9), Float64Array.of(1))).toBe(false);
  });
});
