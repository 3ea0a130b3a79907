import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addSums, emptyCounters } from '../../src/engine/learning/counters.ts';
import { canonicalOrder, invertOrder, reorderCounters } from '../../src/engine/learning/canonical-order.ts';
import { changeBetween, NOTHING_KNOWN, type HitsKnown } from '../../src/engine/learning/shown.ts';
import { creditOf, type CounterDelta, type CreditedExecution } from '../../src/engine/learning/credit.ts';
import { DEFAULT_REWARD_MAP } from '../../src/engine/learning/reward.ts';
import { eraFactor } from '../../src/engine/learning/era.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { Uuid } from '../../src/engine/ids.ts';

const HITS = 24;
const FEATURES = ['embed://b@1/x', 'embed://a@1/x', 'embed://c@1/x'];

function execution(seed: string, features: readonly string[] = FEATURES): CreditedExecution {
  const random = seededRandom(seed);
  const scores = Array.from({ length: HITS }, () => ({
    x: new Map(FEATURES.map((uri) => [uri, random.next() * 3])),
    ranks: new Map(FEATURES.map((uri) => [uri, Math.floor(random.next() * 20)])),
  }));
  const weights = new Map(FEATURES.map((uri) => [uri, random.next()]));
  return {
    id: '018f0000-0000-7000-8000-000000000001' as Uuid,
    namespace: 'default',
    retrieverId: '018f0000-0000-7000-8000-000000000002' as Uuid,
    version: 1,
    generation: 'g',
    epochs: { global: 0, segment: 0, user: 0 },
    segment: null,
    user: null,
    session: null,
    features,
    weights: Float64Array.from(features, (uri) => weights.get(uri)!),
    hitCount: HITS,
    hitAt: (rank) => ({
      x: Float64Array.from(features, (uri) => scores[rank - 1]!.x.get(uri)!),
      ranks: Uint32Array.from(features, (uri) => scores[rank - 1]!.ranks.get(uri)!),
    }),
    teaches: true,
  };
}

/** Milliseconds; an era lasts 32 of them. */
const HALF_LIFE = 1_000;
const knowledge = fc.record({
  ranges: fc.array(
    fc.record({
      from: fc.integer({ min: 1, max: HITS }),
      to: fc.integer({ min: 1, max: HITS + 6 }),
      at: fc.integer({ min: 0, max: 150_000 }),
    }),
    { maxLength: 3 },
  ),
  kinds: fc
    .array(fc.tuple(fc.integer({ min: 1, max: HITS }), fc.integer({ min: 0, max: 2 ** 10 - 1 })), {
      maxLength: 6,
    })
    .map((pairs) => new Map(pairs)),
});

const rules = (halfLife: number | null) => ({
  rewardMap: DEFAULT_REWARD_MAP,
  halfLife,
  sessionLevel: false,
  segmentLevel: true,
});

function deltasOf(
  of: CreditedExecution,
  states: readonly HitsKnown[],
  halfLife: number | null,
): CounterDelta[] {
  return states.slice(1).flatMap((after, index) => {
    const change = changeBetween(of, states[index]!, after);
    return change === null ? [] : creditOf([change], () => rules(halfLife));
  });
}

/** The sums of all deltas, in the frame of the latest era, and of their sizes. */
function added(deltas: readonly CounterDelta[], era: number): { sums: Float64Array; sizes: Float64Array } {
  const sums = emptyCounters(FEATURES.length);
  const sizes = emptyCounters(FEATURES.length);
  for (const delta of deltas) {
    addSums(sums, delta.sums, eraFactor(delta.era, era));
    addSums(sizes, delta.sums.map(Math.abs), eraFactor(delta.era, era));
  }
  return { sums, sizes };
}

describe('credit', () => {
  test.each([null, HALF_LIFE])(
    'of any path to a state is that of the state itself (half-life %s)',
    (halfLife) => {
      const of = execution('path');
      fc.assert(
        fc.property(fc.array(knowledge, { minLength: 1, maxLength: 5 }), (path) => {
          const last = path.at(-1)!;
          const walked = deltasOf(of, [NOTHING_KNOWN, ...path], halfLife);
          const direct = deltasOf(of, [NOTHING_KNOWN, last], halfLife);
          const era = Math.max(0, ...[...walked, ...direct].map((delta) => delta.era));
          const { sums, sizes } = added(walked, era);
          const expected = added(direct, era);
          sums.forEach((sum, index) => {
            const allowed = 1e-9 * (sizes[index]! + expected.sizes[index]!);
            expect(Math.abs(sum - expected.sums[index]!)).toBeLessThanOrEqual(allowed);
          });
        }),
        { seed: 7, numRuns: 200 },
      );
    },
  );

  test('of several executions at once is the sum of theirs', () => {
    const states: HitsKnown = {
      ranges: [{ from: 1, to: 10, at: 5 }],
      kinds: new Map([[2, 5]]),
    };
    const changes = ['a', 'b', 'c'].map((seed) => changeBetween(execution(seed), NOTHING_KNOWN, states)!);
    const [together] = creditOf(changes, () => rules(null));
    const apart = emptyCounters(FEATURES.length);
    for (const change of changes) addSums(apart, creditOf([change], () => rules(null))[0]!.sums, 1);
    expect(together!.sums).toEqual(apart);
    expect(together!.sums[0]).toBe(3);
  });

  test('does not depend on the order of the searches', () => {
    const states: HitsKnown = { ranges: [{ from: 1, to: 20, at: 5 }], kinds: new Map([[3, 4]]) };
    const sums = [FEATURES, [...FEATURES].reverse()].map(
      (features) =>
        creditOf([changeBetween(execution('order', features), NOTHING_KNOWN, states)!], () => rules(null))[0]!
          .sums,
    );
    expect(sums[1]!.slice(0, -12)).toEqual(sums[0]!.slice(0, -12));
    // A share of credit is divided by a sum that was added up in another order.
    sums[1]!.forEach((sum, index) => expect(sum).toBeCloseTo(sums[0]![index]!, 12));
  });

  test('reads back in the order of the searches', () => {
    const order = canonicalOrder(FEATURES);
    const sums = emptyCounters(3).map((_, index) => index);
    expect(reorderCounters(reorderCounters(sums, order), invertOrder(order))).toEqual(sums);
    expect(reorderCounters(sums, order)).not.toEqual(sums);
  });

  test('of a page that does not teach is nothing', () => {
    const states: HitsKnown = { ranges: [{ from: 1, to: 10, at: 5 }], kinds: new Map() };
    const change = changeBetween({ ...execution('x'), teaches: false }, NOTHING_KNOWN, states)!;
    expect(creditOf([change], () => rules(null))).toEqual([]);
  });
});
