import { applyCredit } from '../learning/postgres-credit.ts';
import { changeOfKinds, type HitsKnown } from '../learning/shown.ts';
import { readCreditedExecutions } from '../learning/postgres-credit-facts.ts';
import {
  lockExecutions,
  readHitStates,
  writeHitKinds,
  type HitKinds,
} from '../learning/postgres-hit-states.ts';
import { shareLearningStates } from '../learning/postgres-learning-state.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** Kinds by execution and rank. */
export type KindsByHit = ReadonlyMap<Uuid, ReadonlyMap<number, number>>;

/** Kinds to be added to the sets of hits; `added` is asked once the executions are locked. */
export interface KindsAdded extends CreditedHits {
  readonly added: () => Promise<readonly HitKinds[]>;
}

/** Hits to be credited, and what the records of their executions say of them. */
export interface CreditedHits {
  readonly executions: ReadonlyMap<Uuid, CreditedExecution>;
  readonly hits: readonly Pick<HitKinds, 'executionId' | 'rank'>[];
}

/**
 * Adds kinds to the sets of hits and brings the counters after them, within a transaction. Hits that had these kinds
 * already change nothing. The executions whose counters changed.
 */
export function creditKinds(
  sql: Sql,
  rules: PostgresCreditRules,
  { executions, hits, added }: KindsAdded,
): Promise<readonly CreditedExecution[]> {
  return rewriteKinds(sql, rules, {
    executions,
    hits,
    after: async (known) => {
      const after = new Map<Uuid, Map<number, number>>();
      for (const { executionId, rank, kinds } of await added()) {
        const ranks = after.get(executionId) ?? new Map<number, number>();
        const before = ranks.get(rank) ?? known.get(executionId)?.kinds.get(rank) ?? 0;
        after.set(executionId, ranks.set(rank, before | kinds));
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
 * the counters. Hits that `after` does not name stay as they are.
 */
export async function rewriteKinds(
  sql: Sql,
  rules: PostgresCreditRules,
  work: CreditedHits & {
    readonly after: (known: ReadonlyMap<Uuid, HitsKnown>) => Promise<KindsByHit>;
  },
): Promise<readonly CreditedExecution[]> {
  const executionIds = [...new Set(work.hits.map(({ executionId }) => executionId))];
  if (executionIds.length === 0) return [];
  const read = executionIds.flatMap((id) => work.executions.get(id) ?? []);
  const states = await shareLearningStates(
    sql,
    read.map(({ retrieverId }) => retrieverId),
  );
  const users = await lockExecutions(sql, executionIds);
  const executions = await asTheyAre(sql, read, users);
  const known = await readHitStates(sql, executionIds);
  const after = await work.after(known);
  await writeHitKinds(sql, differingKinds(known, after));
  const changes = executions.flatMap(
    (execution) =>
      changeOfKinds(execution, known.get(execution.id)!, after.get(execution.id) ?? NO_KINDS) ?? [],
  );
  await applyCredit(sql, rules, { changes, states });
  return changes.map(({ execution }) => execution);
}

/** What was read of executions before they were locked may have changed: one was deleted, a user erased or merged. */
async function asTheyAre(
  sql: Sql,
  read: readonly CreditedExecution[],
  users: ReadonlyMap<Uuid, Uuid | null>,
): Promise<readonly CreditedExecution[]> {
  const isCurrent = ({ id, user }: CreditedExecution): boolean => users.get(id) === (user?.id ?? null);
  const changed = read.filter((execution) => !isCurrent(execution)).map(({ id }) => id);
  if (changed.length === 0) return read;
  const again = await readCreditedExecutions(sql, changed);
  return read.flatMap((execution) => (isCurrent(execution) ? execution : (again.get(execution.id) ?? [])));
}

const NO_KINDS: ReadonlyMap<number, number> = new Map();

function differingKinds(known: ReadonlyMap<Uuid, HitsKnown>, after: KindsByHit): readonly HitKinds[] {
  const differing: HitKinds[] = [];
  for (const [executionId, ranks] of after)
    for (const [rank, kinds] of ranks)
      if ((known.get(executionId)?.kinds.get(rank) ?? 0) !== kinds)
        differing.push({ executionId, rank, kinds });
  return differing;
}
