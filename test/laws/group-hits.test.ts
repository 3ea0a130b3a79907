import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupHits, type GroupLimits } from '../../src/engine/fusion/group-hits.ts';

type Group = string | number | boolean | null;

const groupsOf = fc.array(
  fc.oneof(
    fc.constantFrom<Group>('a', 'b', 'c', '1', '', '__proto__', 'constructor', 1, 2, true, null),
    fc.string({ maxLength: 3 }),
  ),
  { maxLength: 60 },
);
const limitsOf = fc.record({
  perGroup: fc.integer({ min: 1, max: 5 }),
  hits: fc.integer({ min: 0, max: 40 }),
});

/** The rule word by word: a hit is served when fewer than the limit of its group were served before it. */
function naive(groups: readonly Group[], { perGroup, hits }: GroupLimits): readonly number[] {
  let served: readonly number[] = [];
  groups.forEach((group, index) => {
    const before = served.filter((earlier) => group !== null && groups[earlier] === group).length;
    if (before < perGroup && served.length < hits) served = [...served, index];
  });
  return served;
}

describe('hits in groups', () => {
  test('are those of the naive rule', () => {
    fc.assert(
      fc.property(groupsOf, limitsOf, (groups, limits) => {
        expect(groupHits(groups, limits)).toEqual(naive(groups, limits));
      }),
      { seed: 41, numRuns: 2_000 },
    );
  });

  test('keep the fused order, and no group passes its limit', () => {
    fc.assert(
      fc.property(groupsOf, limitsOf, (groups, limits) => {
        const served = groupHits(groups, limits);
        expect([...served].sort((a, b) => a - b)).toEqual(served);
        expect(new Set(served).size).toBe(served.length);
        expect(served.length).toBeLessThanOrEqual(limits.hits);
        for (const group of new Set(groups))
          if (group !== null)
            expect(served.filter((index) => groups[index] === group).length).toBeLessThanOrEqual(
              limits.perGroup,
            );
      }),
      { seed: 42, numRuns: 1_000 },
    );
  });

  test('are skipped only for a group that is full', () => {
    fc.assert(
      fc.property(groupsOf, limitsOf, (groups, limits) => {
        const served = new Set(groupHits(groups, limits));
        const last = Math.max(-1, ...served);
        const end = served.size === limits.hits ? last : groups.length;
        for (let index = 0; index < end; index += 1) {
          if (served.has(index)) continue;
          const before = [...served].filter((s) => s < index && groups[s] === groups[index]);
          expect(groups[index]).not.toBeNull();
          expect(before).toHaveLength(limits.perGroup);
        }
      }),
      { seed: 43, numRuns: 1_000 },
    );
  });

  test('asked for more, begin with the same hits', () => {
    fc.assert(
      fc.property(groupsOf, limitsOf, (groups, limits) => {
        const more = groupHits(groups, { ...limits, hits: limits.hits + 5 });
        expect(more.slice(0, limits.hits)).toEqual(groupHits(groups, limits));
      }),
      { seed: 44, numRuns: 1_000 },
    );
  });

  test('without a group are each their own', () => {
    expect(groupHits([null, null, null, 'a', 'a', null], { perGroup: 1, hits: 10 })).toEqual([0, 1, 2, 3, 5]);
  });

  test('tell the number 1 from the text "1"', () => {
    expect(groupHits([1, '1', 1, '1'], { perGroup: 1, hits: 10 })).toEqual([0, 1]);
  });

  test('fill up from behind: two of each, four served', () => {
    // a a (a) b (a) c: positions 1, 2, 3, 4 are the hits 0, 1, 3, 5.
    expect(groupHits(['a', 'a', 'a', 'b', 'a', 'c', 'b'], { perGroup: 2, hits: 4 })).toEqual([0, 1, 3, 5]);
  });
});
