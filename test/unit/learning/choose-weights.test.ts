import { describe, expect, test } from '@jest/globals';
import { beliefOf, type Belief, type LearningOptions } from '../../../src/engine/learning/belief.ts';
import { chooseWeights } from '../../../src/engine/learning/choose-weights.ts';
import {
  drawSeed,
  drawWeights,
  explorationAt,
  redraw,
  type DrawMode,
} from '../../../src/engine/learning/draw.ts';
import { CONTEXT_LEVELS } from '../../../src/engine/learning/context.ts';
import { DEFAULT_LEARNING } from '../../support/learning.ts';
import { countersOf, taughtPages } from '../../support/pages.ts';

const GIVEN = [null, null, null] as const;
/** A belief from taught pages per level, from global; 0: the level has no counters. */
const believe = (
  pages: readonly number[],
  learning: Partial<LearningOptions> = {},
  given: readonly (number | null)[] = GIVEN,
): Belief =>
  beliefOf({
    given,
    levels: pages.map((count, index) => ({
      level: CONTEXT_LEVELS[index]!,
      sums: count === 0 ? null : countersOf(taughtPages(count, 3, `level ${index}`), 3),
    })),
    learning: { ...DEFAULT_LEARNING, ...learning },
  });
const draw = (belief: Belief, seed = 'a', mode: DrawMode = 'DRAW'): ReturnType<typeof drawWeights> =>
  drawWeights(belief, { mode, seed });
const choose = (belief: Belief): ReturnType<typeof chooseWeights> =>
  chooseWeights({
    strategy: 'LEARNED',
    given: GIVEN,
    generation: 'g',
    epochs: { global: 3, segment: 1, user: 0 },
    learned: { belief, mode: 'DRAW', seed: 'a' },
  });

describe('choosing weights', () => {
  test('a static strategy serves the weights of the retriever, whatever was learned', () => {
    const chosen = chooseWeights({
      strategy: 'RRF',
      given: [2, null, null],
      generation: 'g',
      learned: { belief: believe([200]), mode: 'DRAW', seed: 'a' },
    });
    expect(chosen.assignment).toBe('STATIC');
    expect(chosen.weights).toEqual(Float64Array.of(2, 1, 1));
    expect(chosen.choice).toMatchObject({ level: 'PRIOR', draw: null });
  });

  test('without a rewarded impression exactly the prior is served, and nothing is drawn', () => {
    const given = [3, 1, 0];
    for (const learned of [null, { belief: believe([0], {}, given), mode: 'DRAW', seed: 'a' } as const]) {
      const chosen = chooseWeights({ strategy: 'LEARNED', given, generation: 'g', learned });
      expect(chosen.weights).toEqual(Float64Array.of(0.75, 0.25, 0));
      expect(chosen.choice).toMatchObject({ level: 'PRIOR', draw: null });
      expect(chosen.choice.reason).toMatch(
        learned === null ? 'no evidence could be read' : 'no rewarded impression yet',
      );
    }
  });

  test('what was rewarded gets the weight', () => {
    const { weights, choice } = choose(believe([300]));
    expect(weights[0]).toBeGreaterThan(0.7);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(choice).toMatchObject({
      level: 'GLOBAL',
      generation: 'g',
      epochs: { global: 3, segment: 1, user: 0 },
    });
  });

  test('rewards of another feature make other weights: the known-bad twin', () => {
    const mirrored = taughtPages(300, 3, 'level 0').map(({ x, y }) => ({
      x: x.map((row) => row.toReversed()),
      y,
    }));
    const levels = [{ level: 'GLOBAL' as const, sums: countersOf(mirrored, 3) }];
    const { weights } = choose(beliefOf({ given: GIVEN, levels, learning: DEFAULT_LEARNING }));
    expect(weights[0]).toBeLessThan(0.2);
  });

  test('an expert prior holds while evidence is scarce and yields when there is much', () => {
    const expert = [0.1, 0.1, 0.8];
    const third = (pages: number): number => draw(believe([pages], {}, expert), 'a', 'POINT').weights[2]!;
    expect(third(2)).toBeGreaterThan(0.5);
    expect(third(1_000)).toBeLessThan(0.1);
  });
});

describe('draws', () => {
  test('the same seed draws the same, another seed other weights', () => {
    const belief = believe([30]);
    expect(draw(belief)).toEqual(draw(belief));
    expect(draw(belief).weights).not.toEqual(draw(belief, 'b').weights);
  });

  test.each(['LINEAR', 'BETA'] as const)(
    'a %s draw can be repeated from its record, to the last bit',
    (posterior) => {
      for (const credit of ['LIFT', 'SHARE', 'OWN_TOP_K'] as const) {
        const belief = believe([30], { posterior, credit, weightFloor: 0.05, weightCeiling: 0.6 });
        const { weights, draw: record } = draw(belief);
        expect(record).not.toBeNull();
        expect(redraw(record!, belief.prior, belief.learning)).toEqual(weights);
        expect(
          redraw({ ...record!, normals: record!.normals.map((z) => z + 1) }, belief.prior, belief.learning),
        ).not.toEqual(weights);
      }
    },
  );

  test('point weights and greedy draws are the mean and leave no draw', () => {
    const greedy = { exploration: { start: 0, floor: 0, halfLife: null } };
    const point = draw(believe([30]), 'a', 'POINT');
    expect(point.draw).toBeNull();
    expect(draw(believe([30], greedy))).toEqual(point);
  });

  test('draws scatter less as evidence grows', () => {
    const scatter = (pages: number): number => {
      const belief = believe([pages]);
      const firsts = Array.from({ length: 200 }, (_, seed) => draw(belief, `${seed}`).weights[0]!);
      const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
      return Math.sqrt(firsts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / firsts.length);
    };
    expect(scatter(1_000)).toBeLessThan(scatter(30) / 2);
  });

  test('exploration halves towards its floor: .05 + .2·2^(−m/100)', () => {
    const decaying = { start: 0.25, floor: 0.05, halfLife: 100 };
    expect([0, 100, 200].map((m) => explorationAt(m, decaying))).toEqual([0.25, 0.15000000000000002, 0.1]);
    expect(explorationAt(1e6, { start: 0.25, floor: 0, halfLife: null })).toBe(0.25);
  });

  test('a session keeps its seed over executions; without one each execution has its own', () => {
    const of = { retriever: 'r', generation: 'g', execution: 'e1', session: 's' };
    expect(drawSeed(of)).toBe(drawSeed({ ...of, execution: 'e2' }));
    expect(drawSeed({ ...of, session: null })).not.toBe(drawSeed({ ...of, session: null, execution: 'e2' }));
    expect(drawSeed({ ...of, session: 'e1' })).not.toBe(drawSeed({ ...of, session: null }));
    expect(drawSeed({ ...of, generation: 'h' })).not.toBe(drawSeed(of));
  });
});

describe('levels', () => {
  test('a user gives the name only with enough rewarded impressions of its own', () => {
    const belief = (minInteractions: number): Belief => believe([300, 40, 2], { minInteractions });
    expect(belief(1).level).toBe('USER');
    expect(belief(1).reason).toMatch(
      /^the user has \d+ rewarded impressions on 2 pages, drawn towards the segment and everybody$/,
    );
    expect(belief(1_000).level).toBe('SEGMENT');
    expect(belief(1_000).reason).toMatch(/; the user has \d+ of 1000$/);
  });

  test('a level without counters is passed over', () => {
    const belief = believe([300, 0, 0]);
    expect(belief.level).toBe('GLOBAL');
    expect(belief.reason).toMatch(/; the segment has none; the user has none$/);
    expect(belief.evidence.map(({ pages }) => pages)).toEqual([300, 0, 0]);
    expect(draw(belief).weights).toEqual(draw(believe([300])).weights);
  });

  test('a user with few rewarded impressions already leans the weights its way', () => {
    expect(draw(believe([300, 0, 2])).weights).not.toEqual(draw(believe([300])).weights);
  });

  test('fallback pooling switches to the deepest level with enough, alone', () => {
    const fallback = { pooling: 'FALLBACK' } as const;
    const alone = beliefOf({
      given: GIVEN,
      levels: [{ level: 'GLOBAL', sums: countersOf(taughtPages(40, 3, 'level 1'), 3) }],
      learning: DEFAULT_LEARNING,
    });
    const switched = believe([300, 40, 0], fallback);
    expect(switched.level).toBe('SEGMENT');
    expect(draw(switched).weights).toEqual(draw(alone).weights);
    expect(believe([300, 40, 0], { ...fallback, minInteractions: 200 }).level).toBe('GLOBAL');
  });

  test('the Beta posterior serves the prior until a level has enough', () => {
    const beta = { posterior: 'BETA' } as const;
    const few = believe([5], { ...beta, minInteractions: 100 });
    expect(few).toMatchObject({ level: 'PRIOR', values: { kind: 'PRIOR' } });
    expect(few.reason).toMatch('of 100 rewarded impressions');
    expect(draw(believe([300], beta)).weights[0]).toBeGreaterThan(0.5);
  });

  test('the shares of the precision sum to 1, and the prior holds less as evidence grows', () => {
    const priorShare = (belief: Belief): number => belief.precision[0]!.shares[0]!;
    const belief = believe([300, 40, 10]);
    expect(belief.precision.map(({ source }) => source)).toEqual(['PRIOR', 'GLOBAL', 'SEGMENT', 'USER']);
    for (let f = 0; f < 3; f += 1)
      expect(belief.precision.reduce((sum, { shares }) => sum + shares[f]!, 0)).toBeCloseTo(1, 12);
    expect(priorShare(believe([1_000]))).toBeLessThan(priorShare(believe([20])) / 5);
  });
});
