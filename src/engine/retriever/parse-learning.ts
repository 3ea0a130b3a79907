import {
  DEFAULT_REWARD_MAP,
  parseRewardMap,
  type RewardMap,
  type RewardMapInput,
} from '../learning/reward.ts';
import type { Credit, Exploration, Learning, Pooling, Posterior } from './learning-spec.ts';
import type { Fault, Path } from '../errors.ts';

type Maybe<T> = T | null | undefined;

/** How a retriever learns, as it is given. */
export interface LearningInput {
  readonly posterior?: Maybe<Posterior>;
  readonly credit?: Maybe<Credit>;
  readonly exploration?: Maybe<{
    readonly start?: Maybe<number>;
    readonly floor?: Maybe<number>;
    readonly halfLife?: Maybe<number>;
  }>;
  readonly halfLife?: Maybe<number>;
  readonly pooling?: Maybe<Pooling>;
  readonly minInteractions?: Maybe<number>;
  readonly rewardMap?: Maybe<{
    readonly mode?: Maybe<RewardMapInput['mode']>;
    readonly entries: RewardMapInput['entries'];
  }>;
  readonly rewardLimit?: Maybe<number>;
  readonly weightFloor?: Maybe<number>;
  readonly weightCeiling?: Maybe<number>;
  readonly sessionLevel?: Maybe<boolean>;
  readonly priorPages?: Maybe<number>;
}

interface Reading {
  readonly faults: Fault[];
  readonly path: Path;
  /** Searches of the retriever, F. */
  readonly features: number;
}

/** Reads the learning section: every default filled in, faults added to the caller's. */
export function readLearning(
  input: Maybe<LearningInput>,
  reading: { readonly faults: Fault[]; readonly path: Path; readonly features: number },
): Learning {
  const given = input ?? {};
  const even = 1 / Math.max(reading.features, 1);
  return {
    posterior: given.posterior ?? 'LINEAR',
    credit: given.credit ?? 'LIFT',
    exploration: readExploration(given, reading),
    halfLife: optional(given.halfLife, { name: 'halfLife', least: 1, most: 1e10 }, reading),
    pooling: given.pooling ?? 'SHRINKAGE',
    minInteractions: between(
      given.minInteractions ?? 5,
      { name: 'minInteractions', least: 1, most: 1e6 },
      reading,
    ),
    rewardMap: readRewardMap(given, reading),
    weightFloor: between(given.weightFloor ?? 0, { name: 'weightFloor', least: 0, most: even }, reading),
    weightCeiling: optional(given.weightCeiling, { name: 'weightCeiling', least: even, most: 1 }, reading),
    sessionLevel: given.sessionLevel ?? false,
    priorPages: between(given.priorPages ?? 20, { name: 'priorPages', least: 0.01, most: 1e6 }, reading),
  };
}

function readExploration(given: LearningInput, reading: Reading): Exploration {
  const exploration = given.exploration ?? {};
  const inner: Reading = { ...reading, path: [...reading.path, 'exploration'] };
  const start = between(exploration.start ?? 0.25, { name: 'start', least: 0, most: 2 }, inner);
  const halfLife = optional(exploration.halfLife, { name: 'halfLife', least: 1, most: 1e9 }, inner);
  const floor = between(exploration.floor ?? 0, { name: 'floor', least: 0, most: start }, inner);
  return { start, floor, halfLife };
}

function readRewardMap(given: LearningInput, reading: Reading): RewardMap {
  const map = given.rewardMap ?? { entries: [] };
  const parsed = parseRewardMap({ mode: map.mode ?? 'MERGE', entries: map.entries, limit: null }, [
    ...reading.path,
    'rewardMap',
  ]);
  if (!parsed.ok) reading.faults.push(...parsed.faults);
  const limit = optional(given.rewardLimit, { name: 'rewardLimit', least: 1e-6, most: 1e6 }, reading);
  return { ...(parsed.ok ? parsed.value : DEFAULT_REWARD_MAP), limit };
}

interface Limits {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

function optional(value: Maybe<number>, limits: Limits, reading: Reading): number | null {
  return value == null ? null : between(value, limits, reading);
}

function between(value: number, { name, least, most }: Limits, reading: Reading): number {
  if (!(value >= least && value <= most))
    reading.faults.push({
      code: Number.isFinite(value) ? 'OUT_OF_RANGE' : 'NON_FINITE',
      path: [...reading.path, name],
      message: `expected ${least} to ${most}, got ${value}`,
    });
  return value;
}
