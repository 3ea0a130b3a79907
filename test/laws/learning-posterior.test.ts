import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { beliefOf, type Belief } from '../../src/engine/learning/belief.ts';
import { CONTEXT_LEVELS } from '../../src/engine/learning/context.ts';
import { drawWeights } from '../../src/engine/learning/draw.ts';
import { DEFAULT_LEARNING } from '../support/learning.ts';
import { addTestPage, countersOf, type TestPage } from '../support/pages.ts';
import { emptyCounters } from '../../src/engine/learning/counters.ts';

const FEATURES = 3;
fc.configureGlobal({ seed: 20261201 });
const GIVEN = [0.5, 0.3, 0.2];

/** In steps of a thousandth: scores and rewards are not subnormal numbers. */
const number = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(1_000 * least), max: 1_000 * most }).map((thousandths) => thousandths / 1_000);
const hit = (reward: fc.Arbitrary<number>): fc.Arbitrary<{ x: readonly number[]; y: number }> =>
  fc.record({ x: fc.tuple(number(0, 5), number(0, 5), number(0, 5)), y: reward });
const page = (reward: fc.Arbitrary<number>, most = 25): fc.Arbitrary<TestPage> =>
  fc
    .array(hit(reward), { minLength: 1, maxLength: most })
    .map((hits) => ({ x: hits.map(({ x }) => x), y: hits.map(({ y }) => y) }));
const anyReward = fc.oneof(fc.constantFrom(0, 0, 1, -2, 3), number(-100, 100));
const chains = fc.array(fc.array(page(anyReward), { maxLength: 12 }), { minLength: 1, maxLength: 4 });

/** Each level's counters hold its own pages and those of deeper levels, as a global context would. */
const chainOf = (levels: readonly (readonly TestPage[])[]): readonly Float64Array[] =>
  levels.map((_, index) => countersOf(levels.slice(index).flat(), FEATURES));
const believe = (chain: readonly Float64Array[]): Belief =>
  beliefOf({
    given: GIVEN,
    levels: chain.map((sums, index) => ({ level: CONTEXT_LEVELS[index]!, sums })),
    learning: DEFAULT_LEARNING,
  });
const weightsOf = (belief: Belief): readonly number[] =>
  (['POINT', 'DRAW'] as const).flatMap((mode) => [...drawWeights(belief, { mode, seed: 'law' }).weights]);

/** Finite mean, a Cholesky factor with a positive diagonal, weights of sum 1. */
const isSound = (belief: Belief): boolean => {
  const weights = weightsOf(belief);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const sound = weights.every((weight) => weight >= 0 && weight <= 1) && Math.abs(sum - 2) < 1e-9;
  if (belief.values.kind !== 'LINEAR') return sound;
  const { mean, factor } = belief.values;
  return sound && mean.every(Number.isFinite) && mean.every((_, f) => factor[f * (FEATURES + 1)]! > 0);
};
const isLinear = (belief: Belief): boolean => belief.values.kind === 'LINEAR';

/** Pages whose scores vary within positions and which hold a reward: there must be a posterior. */
const telling = fc
  .array(page(fc.oneof(fc.constant(1), number(-100, 100))), { minLength: 2, maxLength: 12 })
  .filter(
    (pages) =>
      Math.max(...[0, 1, 2].map((f) => Math.abs(pages[0]!.x[0]![f]! - pages[1]!.x[0]![f]!))) > 0.01 &&
      pages.some(({ y }) => y.some((reward) => Math.abs(reward) > 1e-3)),
  );

describe('the scale of scores and rewards', () => {
  const scaled = (pages: readonly TestPage[], by: { x: number; y: number }): readonly TestPage[] =>
    pages.map(({ x, y }) => ({
      x: x.map((row) => row.map((value) => by.x * value)),
      y: y.map((value) => by.y * value),
    }));

  test.each([
    { x: 100, y: 1 },
    { x: 1, y: 100 },
    { x: 0.01, y: 0.01 },
  ])('scores × $x and rewards × $y leave the weights as they are, to 1e-6', (by) => {
    fc.assert(
      fc.property(chains, (levels) => {
        const before = weightsOf(believe(chainOf(levels)));
        const after = weightsOf(believe(chainOf(levels.map((pages) => scaled(pages, by)))));
        return before.every((weight, index) => Math.abs(weight - after[index]!) < 1e-6);
      }),
    );
  });

  test('another scale for one feature alone does change them: the comparison notices', () => {
    const pages = [1, 2, 3, 4, 5].map((k) => ({
      x: [
        [k, 1, (2 * k) % 3],
        [(3 * k) % 5, k % 2, 1],
      ],
      y: [1, 0],
    }));
    const uneven = pages.map(({ x, y }) => ({ x: x.map(([a, b, c]) => [100 * a!, b!, c!]), y }));
    const [before, after] = [pages, uneven].map((some) => weightsOf(believe([countersOf(some, FEATURES)])));
    expect(Math.abs(before![0]! - after![0]!)).toBeGreaterThan(1e-3);
  });
});

describe('the posterior stays positive definite', () => {
  test('under any rewards from −100 to 100, at any levels', () => {
    fc.assert(fc.property(chains, (levels) => isSound(believe(chainOf(levels)))));
    fc.assert(fc.property(telling, (pages) => isLinear(believe([countersOf(pages, FEATURES)]))));
  });

  test('under pages of one hit', () => {
    fc.assert(
      fc.property(fc.array(page(anyReward, 1), { maxLength: 20 }), (pages) =>
        isSound(believe([countersOf(pages, FEATURES)])),
      ),
    );
  });

  test('under a feature whose score is constant or missing: the others still teach', () => {
    fc.assert(
      fc.property(telling, fc.constantFrom(0, 0.7, 50), (pages, constant) => {
        const same = pages.map(({ x, y }) => ({ x: x.map(([a, b]) => [a!, b!, constant]), y }));
        const varies = [0, 1].some((f) => Math.abs(same[0]!.x[0]![f]! - same[1]!.x[0]![f]!) > 0.1);
        const belief = believe([countersOf(same, FEATURES)]);
        return isSound(belief) && (isLinear(belief) || !varies);
      }),
    );
  });

  test('under scores that never vary: exactly the prior', () => {
    fc.assert(
      fc.property(fc.array(page(anyReward), { minLength: 1, maxLength: 10 }), (pages) => {
        const flat = pages.map(({ y }) => ({ x: y.map(() => [0.9, 0.9, 0.9]), y }));
        const { weights, draw } = drawWeights(believe([countersOf(flat, FEATURES)]), {
          mode: 'DRAW',
          seed: 'a',
        });
        return draw === null && weights.every((weight, f) => weight === GIVEN[f]);
      }),
    );
  });

  test('under ten million pages, alone and above a level with few', () => {
    fc.assert(
      fc.property(telling, fc.array(page(anyReward), { maxLength: 3 }), (pages, few) => {
        const many = countersOf(pages, FEATURES).map((value) => (value * 1e7) / pages.length);
        const belief = believe([many, countersOf(few, FEATURES)]);
        return isSound(belief) && isLinear(belief);
      }),
    );
  });

  test('under what is left after everything was taken away again', () => {
    fc.assert(
      fc.property(fc.array(page(anyReward), { maxLength: 10 }), (pages) => {
        const sums = emptyCounters(FEATURES);
        for (const one of pages) addTestPage(sums, one, 1);
        for (const one of pages.toReversed()) addTestPage(sums, one, -1);
        const { weights, draw } = drawWeights(believe([sums]), { mode: 'DRAW', seed: 'a' });
        return draw === null && weights.every((weight, f) => weight === GIVEN[f]);
      }),
    );
  });
});

describe('rewards of special kinds', () => {
  test('a thousand pages without a reward leave exactly the prior, drawn or not', () => {
    fc.assert(
      fc.property(fc.array(page(fc.constant(0)), { minLength: 1, maxLength: 5 }), (pages) => {
        const many = Array.from({ length: 1_000 }, (_, index) => pages[index % pages.length]!);
        const belief = believe([countersOf(many, FEATURES)]);
        return (['DRAW', 'POINT'] as const).every((mode) => {
          const { weights, draw } = drawWeights(belief, { mode, seed: 'a' });
          return draw === null && weights.every((weight, f) => weight === GIVEN[f]);
        });
      }),
      { numRuns: 10 },
    );
  });

  test('after them, one rewarded page is not washed out: the prior is worth rewarded pages', () => {
    const silent = {
      x: [
        [3, 1, 2],
        [2, 2, 1],
        [1, 0, 3],
      ],
      y: [0, 0, 0],
    };
    const varied = {
      x: [
        [1, 2, 2],
        [3, 1, 0],
        [2, 2, 2],
      ],
      y: [0, 0, 0],
    };
    const silence = Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? silent : varied));
    const belief = believe([countersOf([...silence, { ...silent, y: [1, 0, 0] }], FEATURES)]);
    expect(belief.precision[0]!.shares.every((share) => share > 0.8)).toBe(true);
  });

  test('negative rewards alone still give sound weights, and never more to the feature that earned them', () => {
    fc.assert(
      fc.property(fc.array(page(number(-100, 0)), { minLength: 1, maxLength: 10 }), (pages) =>
        isSound(believe([countersOf(pages, FEATURES)])),
      ),
    );
    const pages = Array.from({ length: 50 }, (_, index) => ({
      x: [
        [3 + (index % 2), 1, (index % 3) + 1],
        [1, 1 + (index % 2), (index % 5) / 2],
      ],
      y: index % 2 === 1 ? [-2, 0] : [0, 0],
    }));
    const [first] = weightsOf(believe([countersOf(pages, FEATURES)]));
    expect(first).toBeLessThan(0.5);
  });
});
