import { addToCounters, type BuildDelta } from './postgres-counter-rows.ts';
import { changeBetween, NOTHING_KNOWN, type ShownRange } from './shown.ts';
import { creditedRecords, readCreditedExecutions } from './postgres-credit-facts.ts';
import { creditOf, type CreditChange, type CreditedExecution, type CreditRules } from './credit.ts';
import { lockExecutions, readHitStates } from './postgres-hit-states.ts';
import { shareLearningStates, type Build, type LearningState } from './postgres-learning-state.ts';
import type { Impression } from '../execution/record.ts';
import type { PostgresCreditRules } from './postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';
import type { Written } from '../execution/written.ts';

/** Adds what changed to the counters that are read, and to those being built where they have come that far. */
export async function applyCredit(
  sql: Sql,
  rules: PostgresCreditRules,
  credit: {
    readonly changes: readonly CreditChange[];
    readonly states: ReadonlyMap<Uuid, LearningState>;
  },
): Promise<void> {
  const { changes, states } = credit;
  const active = changes.flatMap((change) =>
    inBuild(change, states.get(change.execution.retrieverId)?.active),
  );
  const next = changes.flatMap((change) => {
    const building = states.get(change.execution.retrieverId)?.next ?? null;
    const reached = building?.watermark != null && change.execution.id <= building.watermark;
    return reached ? inBuild(change, building) : [];
  });
  const placed = [...active, ...next];
  if (placed.length === 0) return;
  const executions = changes.map(({ execution }) => execution);
  const loaded = await rules.load(sql, { versions: placed.flatMap(versionsOf), executions });
  const deltas = [active, next].flatMap((part) => deltasOf(part, loaded.of));
  await addToCounters(sql, deltas);
}

/** A change and the build it goes into. */
export interface PlacedChange {
  readonly change: CreditChange;
  readonly build: Build;
}

const inBuild = (change: CreditChange, build: Build | undefined | null): readonly PlacedChange[] =>
  build == null ? [] : [{ change, build }];

/** Versions whose rules a change needs. */
export function versionsOf({
  change,
  build,
}: PlacedChange): readonly { readonly retrieverId: Uuid; readonly version: number }[] {
  const { retrieverId, version } = change.execution;
  return [
    { retrieverId, version },
    { retrieverId, version: Math.max(version, build.creditVersion) },
  ];
}

/** Differences of one build per retriever. Executions of a deleted retriever change nothing. */
export function deltasOf(
  placed: readonly PlacedChange[],
  rulesOf: (execution: CreditedExecution, creditVersion: number) => CreditRules | null,
): readonly BuildDelta[] {
  const builds = new Map(placed.map(({ change, build }) => [change.execution.retrieverId, build]));
  const rules = new Map<CreditedExecution, CreditRules>();
  for (const { change, build } of placed) {
    const found = rulesOf(change.execution, build.creditVersion);
    if (found !== null) rules.set(change.execution, found);
  }
  const changes = placed.flatMap(({ change }) => (rules.has(change.execution) ? [change] : []));
  return creditOf(changes, (execution) => rules.get(execution)!).map((delta) => ({
    ...delta,
    build: builds.get(delta.key.retrieverId)!.build,
  }));
}

/** What counting pages came to. */
export interface CreditedPages {
  /** Executions whose counters changed by a reward: one that had waited for its page. */
  readonly rewarded: readonly CreditedExecution[];
  /** Executions whose counters changed by impressions alone. */
  readonly shown: readonly CreditedExecution[];
  /** The records that were written, whether they teach or not. */
  readonly fresh: ReadonlyMap<Uuid, CreditedExecution>;
  /** Retrievers that have so many segments that one was refused, for the first time here. */
  readonly crowded: readonly Uuid[];
}

/**
 * Counts pages that were just written to the log, within the log's own transaction, with whatever their hits have
 * earned by now: a reward is never counted without its impression.
 */
export async function creditImpressions(
  sql: Sql,
  rules: PostgresCreditRules,
  written: Written,
): Promise<CreditedPages> {
  const ids = [...new Set(written.impressions.map(({ executionId }) => executionId))];
  if (ids.length === 0) return { rewarded: [], shown: [], fresh: new Map(), crowded: [] };
  const fresh = creditedRecords(written.records);
  const older = await readCreditedExecutions(
    sql,
    ids.filter((id) => !fresh.has(id)),
  );
  const executions = ids
    .flatMap((id) => fresh.get(id) ?? older.get(id) ?? [])
    .filter(({ teaches }) => teaches);
  const states = await shareLearningStates(
    sql,
    executions.map(({ retrieverId }) => retrieverId),
  );
  const crowded = await rules.segments.admit(sql, executions);
  // A record written in this transaction is nobody else's to lock yet.
  await lockExecutions(sql, [...older.keys()]);
  const known = await readHitStates(
    sql,
    executions.flatMap(({ id }) => (fresh.has(id) ? [] : [id])),
  );
  const added = rangesOf(written.impressions);
  const changes = executions.flatMap((execution) => {
    const ranges = added.get(execution.id) ?? [];
    // Nothing can have been counted or earned of an execution before its record was there.
    const after = known.get(execution.id) ?? { ...NOTHING_KNOWN, ranges };
    const before = { ranges: without(after.ranges, ranges), kinds: after.kinds };
    return changeBetween(execution, before, after) ?? [];
  });
  await applyCredit(sql, rules, { changes, states });
  const [rewarded, shown] = [true, false].map((wanted) =>
    changes.flatMap((change) => (isRewarded(change) === wanted ? [change.execution] : [])),
  );
  return { rewarded: rewarded!, shown: shown!, fresh, crowded };
}

/** Whether a hit of the page has kinds already, whatever they earn. */
function isRewarded({ hits }: CreditChange): boolean {
  return hits.some(({ after }) => after.kinds !== 0);
}

function rangesOf(impressions: readonly Impression[]): ReadonlyMap<Uuid, readonly ShownRange[]> {
  const ranges = new Map<Uuid, ShownRange[]>();
  for (const { executionId, from, to, at } of impressions) {
    const range = { from, to, at: at.getTime() };
    const known = ranges.get(executionId);
    if (known === undefined) ranges.set(executionId, [range]);
    else known.push(range);
  }
  return ranges;
}

/** Takes each of `removed` away once: two pages of the same hits at the same millisecond are two rows. */
function without(ranges: readonly ShownRange[], removed: readonly ShownRange[]): readonly ShownRange[] {
  const left = [...ranges];
  for (const gone of removed) {
    const index = left.findIndex(
      ({ from, to, at }) => from === gone.from && to === gone.to && at === gone.at,
    );
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}
