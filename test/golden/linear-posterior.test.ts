import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  addExecution,
  addImpression,
  emptyCounters,
  readCounters,
} from '../../src/engine/learning/counters.ts';
import { beliefOf, type Belief } from '../../src/engine/learning/belief.ts';
import { betaView } from '../../src/engine/learning/beta.ts';
import { evidenceOf } from '../../src/engine/learning/evidence.ts';
import { drawWeights, redraw } from '../../src/engine/learning/draw.ts';
import { CONTEXT_LEVELS } from '../../src/engine/learning/context.ts';
import { DEFAULT_LEARNING } from '../support/learning.ts';

interface Page {
  /** Scores per hit and feature, rewards per hit. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly segment: string;
  readonly user: string;
}
interface Case {
  readonly set: string;
  /** Like "global > segment a > user u". */
  readonly chain: string;
  readonly priorWeights: readonly number[];
  readonly lastCounters: Readonly<Record<'n' | 'm' | 'V' | 'M', number>> &
    Readonly<Record<'N' | 'C' | 'S' | 'X2', readonly number[]>> &
    Readonly<Record<'X' | 'Q', readonly (readonly number[])[]>>;
  readonly A: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly mean: readonly number[] | null;
  readonly covariance: readonly (readonly number[])[] | null;
  readonly pointWeights: readonly number[];
  readonly drawnWeights: readonly number[];
  readonly beta: readonly [readonly number[], readonly number[]];
}
interface Golden {
  readonly features: number;
  readonly exploration: number;
  readonly z: readonly number[];
  readonly sets: Readonly<Record<string, readonly Page[]>>;
  readonly cases: readonly Case[];
}

const golden = JSON.parse(readFileSync(new URL('linear-posterior.json', import.meta.url), 'utf8')) as Golden;

/** Equal to 1e-9 of the largest magnitude that goes into the number: `scale`, or the expected values themselves. */
const expectClose = (got: Iterable<number>, wanted: readonly number[], scale = greatest(wanted)): void => {
  const values = [...got];
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, index) =>
    expect(Math.abs(value - wanted[index]!)).toBeLessThanOrEqual(1e-9 * Math.max(scale, 1e-300)),
  );
};
const greatest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
const flat = (matrix: readonly (readonly number[])[]): readonly number[] => matrix.flat();
const upper = (matrix: readonly (readonly number[])[]): readonly number[] =>
  matrix.flatMap((row, index) => row.slice(index));

const countersOf = (pages: readonly Page[]): Float64Array => {
  const sums = emptyCounters(golden.features);
  const weights = new Float64Array(golden.features).fill(1 / golden.features);
  for (const page of pages) {
    addExecution(sums, 1);
    page.x.forEach((x, index) => {
      const ranks = new Uint32Array(golden.features).fill(index + 1);
      addImpression(
        sums,
        { position: index + 1, x: Float64Array.from(x), weights, ranks },
        page.y[index]!,
        1,
      );
    });
  }
  return sums;
};

/** The counters of each level of a chain, from global. */
const chainOf = (one: Case): readonly Float64Array[] =>
  one.chain.split(' > ').map((level) => {
    const [name, value] = level.split(' ') as ['global' | 'segment' | 'user', string];
    const pages = golden.sets[one.set]!;
    return countersOf(name === 'global' ? pages : pages.filter((page) => page[name] === value));
  });

const beliefOfCase = (one: Case): Belief =>
  beliefOf({
    given: one.priorWeights,
    levels: chainOf(one).map((sums, index) => ({ level: CONTEXT_LEVELS[index]!, sums })),
    learning: DEFAULT_LEARNING,
  });

const named = golden.cases.map((one) => ({
  ...one,
  title: `${one.set}, ${one.chain}, ${one.priorWeights[0]}`,
}));

describe('the golden numbers of the linear posterior, to 1e-9', () => {
  test.each(named)('counters: $title', (one) => {
    const counters = readCounters(chainOf(one).at(-1)!);
    const { n, m, V, M, N, C, S, X2, X, Q } = one.lastCounters;
    expectClose([counters.n, counters.m, counters.V, counters.M], [n, m, V, M]);
    expectClose(counters.N, N);
    expectClose(counters.C, C);
    expectClose(counters.S, S);
    expectClose(counters.X2, X2);
    expectClose(counters.X, flat(X));
    expectClose(counters.Q, upper(Q));
  });

  test.each(named)('evidence A and b: $title', (one) => {
    const { A, b } = evidenceOf(readCounters(chainOf(one).at(-1)!));
    expectClose(A, flat(one.A), greatest(flat(one.lastCounters.Q)));
    expectClose(b, one.b, greatest(one.lastCounters.S));
  });

  test.each(named)('mean and covariance, or none without evidence: $title', (one) => {
    const { values } = beliefOfCase(one);
    if (one.mean === null || one.covariance === null) {
      expect(values).toEqual({ kind: 'PRIOR' });
      return;
    }
    if (values.kind !== 'LINEAR') throw new Error(`expected a linear posterior, got ${values.kind}`);
    expectClose(values.mean, one.mean);
    expectClose(values.covariance, flat(one.covariance));
  });

  test.each(named)('point weights: $title', (one) => {
    expectClose(drawWeights(beliefOfCase(one), { mode: 'POINT', seed: '' }).weights, one.pointWeights);
  });

  test.each(named)('drawn weights: $title', (one) => {
    const belief = beliefOfCase(one);
    if (belief.values.kind !== 'LINEAR') {
      const { weights, draw } = drawWeights(belief, { mode: 'DRAW', seed: 'any' });
      expectClose(weights, one.drawnWeights);
      expect(draw).toBeNull();
      return;
    }
    const { mean, factor } = belief.values;
    const draw = {
      mean,
      factor: factor.map((cell) => golden.exploration * cell),
      normals: Float64Array.from(golden.z),
      seed: 'golden',
    };
    expectClose(redraw(draw, belief.prior, DEFAULT_LEARNING), one.drawnWeights);
  });

  test.each(named)('Beta view: $title', (one) => {
    const { alpha, beta } = betaView(chainOf(one).at(-1)!, 'LIFT');
    expectClose(alpha, one.beta[0]);
    expectClose(beta, one.beta[1]);
  });

  test('the comparison would notice a change in the tenth digit', () => {
    expect(() => expectClose([1 + 2e-9], [1])).toThrow();
  });
});
