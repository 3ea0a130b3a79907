import { parsedUnless, type Parsed } from '../parsed.ts';
import type { Fault, Path } from '../errors.ts';

/** Kinds of interaction. A kind's bit is its index here: append, never renumber. The last three concern no hit. */
export const KINDS = [
  'CLICK',
  'LONG_VIEW',
  'PURCHASE',
  'ADD_TO_CART',
  'BOOKMARK',
  'SHARE',
  'POSITIVE_FEEDBACK',
  'NEGATIVE_FEEDBACK',
  'SKIP',
  'RETURN_TO_RESULTS',
  'VIEW',
  'WISHLIST',
  'COPY',
  'DWELL_TIME',
  'SCROLL_DEPTH',
  'QUERY_REFINEMENT',
  'ZERO_RESULTS',
  'FILTER_TOGGLE',
] as const;
export type InteractionKind = (typeof KINDS)[number];

/** Kinds that concern an execution rather than one of its hits; their reward is fixed at 0. */
export const EXECUTION_KINDS = [
  'QUERY_REFINEMENT',
  'ZERO_RESULTS',
  'FILTER_TOGGLE',
] as const satisfies readonly InteractionKind[];

/** Rewards where a retriever says nothing, in order of KINDS. */
const DEFAULTS: readonly number[] = [1, 1, 3, 2, 1.5, 1.5, 2, -2, -0.5, -0.5, 0, 0, 0, 0, 0, 0, 0, 0];

/** Entries lie within ± this. */
export const MAX_REWARD = 1e6;
/** A sum of rewards below this is 0: the noise of adding 2 and −2 in floating point is no reward. */
const NO_REWARD = 1e-12;

/** What each kind earns. Plain data, so that it can be stored with a retriever version. */
export interface RewardMap {
  /** One per kind, in order of KINDS. */
  readonly rewards: readonly number[];
  /** A reward is clipped to ± this; null: no limit. */
  readonly limit: number | null;
}

export const DEFAULT_REWARD_MAP: RewardMap = { rewards: DEFAULTS, limit: null };

/** How given entries meet the defaults: `MERGE` changes those it names, `REPLACE` drops all it does not name. */
export const REWARD_MAP_MODES = ['MERGE', 'REPLACE'] as const;
export type RewardMapMode = (typeof REWARD_MAP_MODES)[number];

export interface RewardMapInput {
  readonly mode: RewardMapMode;
  readonly entries: readonly { readonly kind: InteractionKind; readonly reward: number }[];
  readonly limit: number | null;
}

/** A set of kinds as bits. */
export function kindMask(kinds: Iterable<InteractionKind>): number {
  let mask = 0;
  for (const kind of kinds) mask |= 1 << KINDS.indexOf(kind);
  return mask;
}

/** The kinds of a set, in order of KINDS. */
export function kindsOf(mask: number): readonly InteractionKind[] {
  return KINDS.filter((_, bit) => (mask & (1 << bit)) !== 0);
}

export function isExecutionKind(kind: InteractionKind): boolean {
  return (EXECUTION_KINDS as readonly InteractionKind[]).includes(kind);
}

/**
 * Reward of an impression: R = Σ of the rewards of its distinct kinds, added in order of KINDS so that any order of
 * arrival gives the same bits; |R| < 1e-12 is 0; clipped to ± the limit. No kinds: 0.
 */
export function rewardOf(mask: number, map: RewardMap): number {
  let sum = 0;
  for (let bit = 0; bit < KINDS.length; bit += 1) if ((mask & (1 << bit)) !== 0) sum += map.rewards[bit] ?? 0;
  if (Math.abs(sum) < NO_REWARD) return 0;
  return map.limit === null ? sum : Math.min(Math.max(sum, -map.limit), map.limit);
}

/** Kinds that earn something by default and nothing under this map: what a caller of `REPLACE` is warned about. */
export function kindsWithoutReward(map: RewardMap): readonly InteractionKind[] {
  return KINDS.filter((_, bit) => DEFAULTS[bit] !== 0 && (map.rewards[bit] ?? 0) === 0);
}

/** Reads a reward map. Faults: numbers that are not finite or out of range, a kind twice, a reward for an execution's kind. */
export function parseRewardMap(input: RewardMapInput, path: Path): Parsed<RewardMap> {
  const faults = input.entries.flatMap((_, index) => entryFaults(input, index, [...path, 'entries', index]));
  const limit = input.limit;
  if (limit !== null && !(limit > 0 && limit <= MAX_REWARD))
    faults.push({
      code: Number.isFinite(limit) ? 'OUT_OF_RANGE' : 'NON_FINITE',
      path: [...path, 'limit'],
      message: `expected a number above 0 and at most ${MAX_REWARD}, got ${limit}`,
    });
  return parsedUnless(faults, () => {
    const given = new Map(input.entries.map(({ kind, reward }) => [kind, reward]));
    const rest = input.mode === 'MERGE' ? DEFAULTS : KINDS.map(() => 0);
    return { rewards: KINDS.map((kind, bit) => given.get(kind) ?? rest[bit]!), limit };
  });
}

function entryFaults(input: RewardMapInput, index: number, path: Path): Fault[] {
  const { kind, reward } = input.entries[index]!;
  const at = [...path, 'reward'];
  const faults: Fault[] = [];
  if (input.entries.findIndex((entry) => entry.kind === kind) < index)
    faults.push({ code: 'DUPLICATE', path: [...path, 'kind'], message: `${kind} is named twice` });
  if (!Number.isFinite(reward))
    faults.push({ code: 'NON_FINITE', path: at, message: `expected a finite number, got ${reward}` });
  else if (Math.abs(reward) > MAX_REWARD)
    faults.push({
      code: 'OUT_OF_RANGE',
      path: at,
      message: `expected a number within ±${MAX_REWARD}, got ${reward}`,
    });
  else if (isExecutionKind(kind) && reward !== 0)
    faults.push({
      code: 'INVALID_VALUE',
      path: at,
      message: `${kind} concerns an execution, not a hit: its reward is 0, got ${reward}`,
    });
  return faults;
}
