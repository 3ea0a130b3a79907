import { applyCredit } from '../learning/postgres-credit.ts';
import { changeBetween, type HitsKnown } from '../learning/shown.ts';
import {
  lockExecutions,
  readHitStates,
  writeHitKinds,
  type HitKinds,
} from '../learning/postgres-hit-states.ts';
import { readCreditedExecutions } from '../learning/postgres-credit-facts.ts';
import { shareLearningStates } from '../learning/postgres-learning-state.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** Kinds by execution and rank. */
export type KindsByHit = ReadonlyMap<Uuid, ReadonlyMap<number, number>>;

/** Kinds to be added to the sets of hits; `added` is asked once the executions are locked. */
export interface KindsAdded {
  readonly executionIds: readonly Uuid[];
  readonly added: () => Promise<readonly HitKinds[]>;
}

/**
 * Adds kinds to the sets of hits and brings the counters after them, within a transaction. Hits that had these kinds
 * already change nothing. The executions whose counters changed.
 */
export function creditKinds(
  sql: Sql,
  rules: PostgresCreditRules,
  { executionIds, added }: KindsAdded,
): Promise<readonly CreditedExecution[]> {
  return rewriteKinds(sql, rules, {
    executionIds: [...new Set(executionIds)],
    after: async (known) => {
      const after = new Map<Uuid, Map<number, number>>();
      for (const { executionId, rank, kinds } of await added()) {
        const hits = after.get(executionId) ?? new Map<number, number>();
        const before = hits.get(rank) ?? known.get(executionId)?.kinds.get(rank) ?? 0;
        after.set(executionId, hits.set(rank, before | kinds));
      }
      return after;
    },
  });
}

export function byHit(hits: readonly (readonly [id: Uuid, rank: number, kinds: number])[]): KindsByHit {
  const map = new Map<Uuid, Map<number, number>>();
  for (const [id, rank, kinds] of hits) map.set(id, (map.get(id) ?? new Map()).set(rank, kinds));
  return map;
}

/**
 * Sets the kinds of hits to what `after` says, computed once the executions are locked, and adds the differences to
 * the counters. Ranks that `after` does not name stay as they are.
 */
export async function rewriteKinds(
  sql: Sql,
  rules: PostgresCreditRules,
  work: {
    readonly executionIds: readonly Uuid[];
    readonly after: (known: ReadonlyMap<Uuid, HitsKnown>) => Promise<KindsByHit>;
  },
): Promise<readonly CreditedExecution[]> {
  const { executionIds } = work;
  if (executionIds.length === 0) return [];
  const executions = await readCreditedExecutions(sql, executionIds);
  const states = await shareLearningStates(
    sql,
    [...executions.values()].map(({ retrieverId }) => retrieverId),
  );
  await lockExecutions(sql, executionIds);
  const known = await readHitStates(sql, executionIds);
  const after = await work.after(known);
  const differing = [...after].flatMap(([executionId, ranks]) =>
    [...ranks]
      .filter(([rank, kinds]) => (known.get(executionId)?.kinds.get(rank) ?? 0) !== kinds)
      .map(([rank, kinds]) => ({ executionId, rank, kinds })),
  );
  await writeHitKinds(sql, differing);
  const changes = [...executions.values()].flatMap((execution) => {
    const before = known.get(execution.id)!;
    const kinds = new Map([...before.kinds, ...(after.get(execution.id) ?? [])]);
    return changeBetween(execution, before, { ranges: before.ranges, kinds }) ?? [];
  });
  await applyCredit(sql, rules, { changes, states });
  return changes.map(({ execution }) => execution);
}
