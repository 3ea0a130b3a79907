import { describe, expect, test } from '@jest/globals';
import {
  DEFAULT_REWARD_MAP,
  EXECUTION_KINDS,
  KINDS,
  kindMask,
  kindsOf,
  kindsWithoutReward,
  parseRewardMap,
  rewardOf,
  type RewardMap,
  type RewardMapInput,
} from '../../../src/engine/learning/reward.ts';

const parse = (input: Partial<RewardMapInput>): RewardMap => {
  const parsed = parseRewardMap({ mode: 'MERGE', entries: [], limit: null, ...input }, ['rewardMap']);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
};
const faultsOf = (input: Partial<RewardMapInput>): readonly string[] => {
  const parsed = parseRewardMap({ mode: 'MERGE', entries: [], limit: null, ...input }, ['rewardMap']);
  return parsed.ok ? [] : parsed.faults.map(({ code, path }) => `${code} ${path.join('.')}`);
};

describe('rewards', () => {
  test('the defaults are those of the 18 kinds', () => {
    const rewards = Object.fromEntries(
      KINDS.map((kind) => [kind, rewardOf(kindMask([kind]), DEFAULT_REWARD_MAP)]),
    );
    expect(rewards).toEqual({
      CLICK: 1,
      LONG_VIEW: 1,
      PURCHASE: 3,
      ADD_TO_CART: 2,
      BOOKMARK: 1.5,
      SHARE: 1.5,
      POSITIVE_FEEDBACK: 2,
      NEGATIVE_FEEDBACK: -2,
      SKIP: -0.5,
      RETURN_TO_RESULTS: -0.5,
      VIEW: 0,
      WISHLIST: 0,
      COPY: 0,
      DWELL_TIME: 0,
      SCROLL_DEPTH: 0,
      QUERY_REFINEMENT: 0,
      ZERO_RESULTS: 0,
      FILTER_TOGGLE: 0,
    });
  });

  test('bits of kinds never move: they are stored', () => {
    expect(KINDS.map((kind) => kindMask([kind]))).toEqual(KINDS.map((_, bit) => 2 ** bit));
    expect(KINDS.indexOf('CLICK')).toBe(0);
    expect(KINDS.indexOf('FILTER_TOGGLE')).toBe(17);
  });

  test('repetition and order of kinds change nothing', () => {
    const once = kindMask(['PURCHASE', 'CLICK', 'SKIP']);
    expect(kindMask(['SKIP', 'CLICK', 'CLICK', 'PURCHASE', 'SKIP'])).toBe(once);
    expect(kindsOf(once)).toEqual(['CLICK', 'PURCHASE', 'SKIP']);
    expect(rewardOf(once, DEFAULT_REWARD_MAP)).toBe(1 + 3 - 0.5);
  });

  test('a sum below 1e-12 is no reward: .1 + .2 − .3 is not', () => {
    const entries = [
      { kind: 'CLICK', reward: 0.1 },
      { kind: 'SHARE', reward: 0.2 },
      { kind: 'SKIP', reward: -0.3 },
    ] as const;
    expect(0.1 + 0.2 - 0.3).not.toBe(0);
    expect(rewardOf(kindMask(['CLICK', 'SHARE', 'SKIP']), parse({ entries }))).toBe(0);
  });

  test('a limit clips both ways', () => {
    const map = parse({ limit: 1.5 });
    expect(rewardOf(kindMask(['CLICK', 'PURCHASE']), map)).toBe(1.5);
    expect(rewardOf(kindMask(['NEGATIVE_FEEDBACK']), map)).toBe(-1.5);
    expect(rewardOf(kindMask(['CLICK']), map)).toBe(1);
  });

  test('merge changes what it names, replace drops what it does not name', () => {
    const entries = [{ kind: 'CLICK', reward: 5 }] as const;
    const mask = kindMask(['CLICK', 'PURCHASE']);
    expect(rewardOf(mask, parse({ entries }))).toBe(5 + 3);
    expect(rewardOf(mask, parse({ entries, mode: 'REPLACE' }))).toBe(5);
  });

  test('replace can say which kinds now earn nothing', () => {
    const map = parse({ entries: [{ kind: 'CLICK', reward: 5 }], mode: 'REPLACE' });
    expect(kindsWithoutReward(map)).toEqual(KINDS.slice(1, 10));
    expect(kindsWithoutReward(DEFAULT_REWARD_MAP)).toEqual([]);
  });

  test('a map stored before a kind was added gives that kind nothing', () => {
    expect(rewardOf(kindMask(['CLICK', 'FILTER_TOGGLE']), { rewards: [1], limit: null })).toBe(1);
  });

  test('all faults are told at once, with their paths', () => {
    expect(
      faultsOf({
        limit: 0,
        entries: [
          { kind: 'CLICK', reward: NaN },
          { kind: 'SHARE', reward: -1_000_001 },
          { kind: 'SHARE', reward: 1 },
          { kind: 'VIEW', reward: Infinity },
          ...EXECUTION_KINDS.map((kind) => ({ kind, reward: 0.5 })),
        ],
      }),
    ).toEqual([
      'NON_FINITE rewardMap.entries.0.reward',
      'OUT_OF_RANGE rewardMap.entries.1.reward',
      'DUPLICATE rewardMap.entries.2.kind',
      'NON_FINITE rewardMap.entries.3.reward',
      'INVALID_VALUE rewardMap.entries.4.reward',
      'INVALID_VALUE rewardMap.entries.5.reward',
      'INVALID_VALUE rewardMap.entries.6.reward',
      'OUT_OF_RANGE rewardMap.limit',
    ]);
    expect(faultsOf({ limit: NaN })).toEqual(['NON_FINITE rewardMap.limit']);
  });

  test('a kind of an execution may be named with reward 0, and entries may reach a million', () => {
    const entries = [
      ...EXECUTION_KINDS.map((kind) => ({ kind, reward: 0 })),
      { kind: 'CLICK', reward: -1e6 },
    ] as const;
    expect(faultsOf({ entries })).toEqual([]);
  });
});
