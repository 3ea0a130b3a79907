import {
  addExecution,
  addImpression,
  addSums,
  changeReward,
  countersLength,
  emptyCounters,
} from './counters.ts';
import { canonicalOrder, type FeatureOrder } from './canonical-order.ts';
import { contextsOf, type ContextLevel } from './context.ts';
import { decayFactor } from './half-life.ts';
import { eraFactor, eraOf, frameOfEra } from './era.ts';
import { rewardOf, type RewardMap } from './reward.ts';
import type { Uuid } from '../ids.ts';
import type { WeightChoice } from '../execution/record.ts';

/** What the record of an execution says about credit. F features in order of the searches. */
export interface CreditedExecution {
  readonly id: Uuid;
  readonly namespace: string;
  readonly retrieverId: Uuid;
  readonly version: number;
  readonly generation: string;
  readonly epochs: WeightChoice['epochs'];
  readonly segment: readonly string[] | null;
  /** The user, by the id in the table of users and by the id the caller gave. */
  readonly user: { readonly id: Uuid; readonly externalId: string } | null;
  readonly session: string | null;
  readonly features: readonly string[];
  readonly weights: Float64Array;
  readonly hitCount: number;
  /** Scores of a hit by its rank, 1..hitCount; only of hits whose change is credited. */
  readonly hitAt: (rank: number) => HitScores;
  readonly teaches: boolean;
}

/** Normalized scores and ranks in the features' own lists (0: absent), F each. */
export interface HitScores {
  readonly x: Float64Array;
  readonly ranks: Uint32Array;
}

/** How the executions of a retriever version are credited. */
export interface CreditRules {
  readonly rewardMap: RewardMap;
  /** Milliseconds. */
  readonly halfLife: number | null;
  readonly sessionLevel: boolean;
  /** Whether the execution's segment is one that has counters. */
  readonly segmentLevel: boolean;
}

/** When a hit was first shown (milliseconds since 1970; null: not yet), and the kinds recorded for it, as bits. */
export interface HitState {
  readonly shownAt: number | null;
  readonly kinds: number;
}

export interface HitChange {
  /** From 1. */
  readonly rank: number;
  readonly before: HitState;
  readonly after: HitState;
}

/** What happened to one execution. `firstShownAt`: earliest impression of any of its hits. */
export interface CreditChange {
  readonly execution: CreditedExecution;
  readonly firstShownAt: { readonly before: number | null; readonly after: number | null };
  readonly hits: readonly HitChange[];
}

/** Names one row of counters within a build. */
export interface CounterKey {
  readonly retrieverId: Uuid;
  readonly generation: string;
  readonly level: ContextLevel;
  /** As in `Subject`, but USER: the id in the table of users. */
  readonly subject: string;
  /** Resets of the whole retriever, and of this context alone. */
  readonly epoch: number;
  readonly ownEpoch: number;
}

/** What is to be added to one row of counters, in frame `era`; features in order of their URIs. */
export interface CounterDelta {
  readonly key: CounterKey;
  readonly era: number;
  readonly sums: Float64Array;
}

/**
 * The differences that changes of executions make to the counters of every context they teach, one per context.
 * Adding them up in any order and grouping gives the counters of the final states: a state is all that counts.
 * Executions that do not teach, and hits that were not shown, add nothing.
 */
export function creditOf(
  changes: readonly CreditChange[],
  rulesOf: (execution: CreditedExecution) => CreditRules,
): readonly CounterDelta[] {
  const deltas = new Map<string, Collected>();
  let scratch = emptyCounters(1);
  for (const change of changes) {
    const { execution } = change;
    if (!execution.teaches) continue;
    const rules = rulesOf(execution);
    const length = countersLength(execution.features.length);
    if (scratch.length !== length) scratch = new Float64Array(length);
    else scratch.fill(0);
    const era = addTerms(scratch, change, rules);
    if (era === null) continue;
    for (const key of keysOf(execution, rules)) collect(deltas, { key, era, sums: scratch });
  }
  return [...deltas.values()];
}

/** A delta that more is being added to. */
interface Collected extends CounterDelta {
  era: number;
}

function collect(deltas: Map<string, Collected>, part: CounterDelta): void {
  const { retrieverId, generation, level, subject, epoch, ownEpoch } = part.key;
  // Only the last part may hold any characters.
  const name = `${retrieverId} ${generation} ${level} ${epoch} ${ownEpoch} ${subject}`;
  const known = deltas.get(name);
  if (known === undefined) {
    deltas.set(name, { ...part, sums: part.sums.slice() });
    return;
  }
  const era = Math.max(known.era, part.era);
  if (era > known.era) {
    const factor = eraFactor(known.era, era);
    for (let index = 0; index < known.sums.length; index += 1) known.sums[index]! *= factor;
    known.era = era;
  }
  addSums(known.sums, part.sums, eraFactor(part.era, era));
}

/** The rows of counters an execution teaches. */
export function keysOf(
  execution: CreditedExecution,
  rules: Pick<CreditRules, 'sessionLevel' | 'segmentLevel'>,
): readonly CounterKey[] {
  const { retrieverId, generation, epochs, segment, session, user } = execution;
  const audience = { segment: rules.segmentLevel ? segment : null, session, user: user?.id ?? null };
  const own = { GLOBAL: 0, SEGMENT: epochs.segment, USER: epochs.user, SESSION: 0 } as const;
  return contextsOf(audience, rules).map(({ level, subject }) => ({
    retrieverId,
    generation,
    level,
    subject,
    epoch: epochs.global,
    ownEpoch: own[level],
  }));
}

/** Adds the terms of a change and says in which era's frame; null where none of its hits was shown. */
function addTerms(sums: Float64Array, change: CreditChange, rules: CreditRules): number | null {
  const { execution, firstShownAt, hits } = change;
  const era = latestEra(change, rules.halfLife);
  if (era === null) return null;
  const frame = frameOfEra(era, rules.halfLife);
  const scale = (at: number): number => decayFactor(at, frame);
  if (firstShownAt.before !== firstShownAt.after) {
    if (firstShownAt.before !== null) addExecution(sums, -scale(firstShownAt.before));
    if (firstShownAt.after !== null) addExecution(sums, scale(firstShownAt.after));
  }
  const order = canonicalOrder(execution.features);
  const weights = inOrder(execution.weights, new Float64Array(order.length), order);
  for (const { rank, before, after } of hits) {
    if (before.shownAt === null && after.shownAt === null) continue;
    const from = rewardOf(before.kinds, rules.rewardMap);
    const to = rewardOf(after.kinds, rules.rewardMap);
    const scores = execution.hitAt(rank);
    const x = inOrder(scores.x, new Float64Array(order.length), order);
    const ranks = inOrder(scores.ranks, new Uint32Array(order.length), order);
    const term = { position: rank, x, weights, ranks };
    if (before.shownAt === after.shownAt) changeReward(sums, term, { from, to }, scale(after.shownAt!));
    else {
      if (before.shownAt !== null) addImpression(sums, term, from, -scale(before.shownAt));
      if (after.shownAt !== null) addImpression(sums, term, to, scale(after.shownAt));
    }
  }
  return era;
}

function latestEra({ firstShownAt, hits }: CreditChange, halfLife: number | null): number | null {
  let latest: number | null = null;
  const see = (at: number | null): void => {
    if (at !== null && (latest === null || at > latest)) latest = at;
  };
  see(firstShownAt.before);
  see(firstShownAt.after);
  for (const { before, after } of hits) {
    see(before.shownAt);
    see(after.shownAt);
  }
  return latest === null ? null : eraOf(latest, halfLife);
}

/** Feature i of the target is feature order[i] of the source. */
function inOrder<T extends Float64Array | Uint32Array>(source: T, target: T, order: FeatureOrder): T {
  for (let index = 0; index < order.length; index += 1) target[index] = source[order[index]!]!;
  return target;
}
