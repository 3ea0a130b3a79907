import { addExecution, addImpression, addSums, changeReward, emptyCounters } from './counters.ts';
import { canonicalOrder } from './canonical-order.ts';
import { contextsOf, type ContextLevel } from './context.ts';
import { decayFactor } from './half-life.ts';
import { eraFactor, eraOf, frameOfEra } from './era.ts';
import { rewardOf, type RewardMap } from './reward.ts';
import type { ImpressionTerm } from './counters.ts';
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
  /** Normalized scores and ranks in the features' own lists, hitCount × F, row-major. */
  readonly x: Float64Array;
  readonly ranks: Uint32Array;
  readonly teaches: boolean;
}

/** How the executions of a retriever version are credited. */
export interface CreditRules {
  readonly rewardMap: RewardMap;
  /** Milliseconds. */
  readonly halfLife: number | null;
  readonly sessionLevel: boolean;
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
  const deltas = new Map<string, CounterDelta>();
  for (const change of changes) {
    if (!change.execution.teaches) continue;
    const rules = rulesOf(change.execution);
    const terms = termsOf(change, rules);
    if (terms === null) continue;
    for (const key of keysOf(change.execution, rules)) collect(deltas, { key, ...terms });
  }
  return [...deltas.values()];
}

function collect(deltas: Map<string, CounterDelta>, delta: CounterDelta): void {
  const { key } = delta;
  const name = JSON.stringify([
    key.retrieverId,
    key.generation,
    key.level,
    key.subject,
    key.epoch,
    key.ownEpoch,
  ]);
  const before = deltas.get(name);
  if (before === undefined) {
    deltas.set(name, { ...delta, sums: Float64Array.from(delta.sums) });
    return;
  }
  const era = Math.max(before.era, delta.era);
  const sums = before.sums;
  if (era > before.era) {
    const factor = eraFactor(before.era, era);
    for (let index = 0; index < sums.length; index += 1) sums[index]! *= factor;
  }
  addSums(sums, delta.sums, eraFactor(delta.era, era));
  deltas.set(name, { key, era, sums });
}

/** The rows of counters an execution teaches. */
export function keysOf(
  execution: CreditedExecution,
  rules: Pick<CreditRules, 'sessionLevel'>,
): readonly CounterKey[] {
  const { retrieverId, generation, epochs, segment, session, user } = execution;
  const audience = { segment, session, user: user?.id ?? null };
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

function termsOf(change: CreditChange, rules: CreditRules): { era: number; sums: Float64Array } | null {
  const { execution, firstShownAt, hits } = change;
  const times = [firstShownAt.after, firstShownAt.before, ...hits.flatMap(timesOf)].filter(
    (at) => at !== null,
  );
  if (times.length === 0) return null;
  const era = Math.max(...times.map((at) => eraOf(at, rules.halfLife)));
  const frame = frameOfEra(era, rules.halfLife);
  const scale = (at: number): number => decayFactor(at, frame);
  const sums = emptyCounters(execution.features.length);
  if (firstShownAt.before !== firstShownAt.after) {
    if (firstShownAt.before !== null) addExecution(sums, -scale(firstShownAt.before));
    if (firstShownAt.after !== null) addExecution(sums, scale(firstShownAt.after));
  }
  const termOf = termReader(execution);
  for (const { rank, before, after } of hits) {
    const from = rewardOf(before.kinds, rules.rewardMap);
    const to = rewardOf(after.kinds, rules.rewardMap);
    const term = termOf(rank);
    if (before.shownAt === after.shownAt) {
      if (after.shownAt !== null) changeReward(sums, term, { from, to }, scale(after.shownAt));
      continue;
    }
    if (before.shownAt !== null) addImpression(sums, term, from, -scale(before.shownAt));
    if (after.shownAt !== null) addImpression(sums, term, to, scale(after.shownAt));
  }
  return { era, sums };
}

const timesOf = ({ before, after }: HitChange): readonly (number | null)[] => [before.shownAt, after.shownAt];

/** Reads the term of a hit, features in order of their URIs. */
function termReader(execution: CreditedExecution): (rank: number) => ImpressionTerm {
  const { x, ranks, weights, features } = execution;
  const order = canonicalOrder(features);
  const ordered = Float64Array.from(order, (from) => weights[from]!);
  return (rank) => {
    const at = (rank - 1) * features.length;
    return {
      position: rank,
      x: Float64Array.from(order, (from) => x[at + from]!),
      weights: ordered,
      ranks: Uint32Array.from(order, (from) => ranks[at + from]!),
    };
  };
}
