import { byHit, rewriteKinds } from './postgres-credit-kinds.ts';
import { readStoredHits } from './postgres-served-hits.ts';
import { SELECT_INTERACTION, toInteraction, type InteractionRow } from './postgres-interaction-rows.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { Interaction } from './interaction.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

export interface Deleted {
  readonly interaction: Interaction | null;
  readonly credited: readonly CreditedExecution[];
}

/**
 * Deletes an interaction; its hit is then rewarded for the kinds of those that remain. It may be credited by a sweep
 * in between: then it is looked at again.
 */
export async function deleteInteraction(
  database: Sql,
  rules: PostgresCreditRules,
  wanted: { readonly namespace: string; readonly id: Uuid },
): Promise<Deleted> {
  for (;;) {
    const [row] = await database.query<InteractionRow>(
      `${SELECT_INTERACTION} where i.namespace = $1 and i.id = $2`,
      [wanted.namespace, wanted.id],
    );
    if (row === undefined) return { interaction: null, credited: [] };
    const deleted = await database.transaction((sql) => deleteAs(sql, rules, row));
    if (deleted !== null) return deleted;
  }
}

/** Null where the interaction is no longer in the state it was read in. */
async function deleteAs(sql: Sql, rules: PostgresCreditRules, row: InteractionRow): Promise<Deleted | null> {
  const remove = (): Promise<readonly unknown[]> =>
    sql.query('delete from interaction where id = $1 and state = $2 returning 1', [row.id, row.state]);
  const interaction = toInteraction(row);
  if (row.state !== 'CREDITED' || row.rank === null)
    return (await remove()).length > 0 ? { interaction, credited: [] } : null;
  const { execution_id: id, rank } = row;
  const { executions } = await readStoredHits(sql, [{ kind: 'hit', executionId: id, rank }]);
  let removed = false;
  const credited = await rewriteKinds(sql, rules, {
    executions,
    hits: [{ executionId: id, rank }],
    after: async () => {
      removed = (await remove()).length > 0;
      return byHit(removed ? [[id, rank, await remainingKinds(sql, id, rank)]] : []);
    },
  });
  return removed ? { interaction, credited } : null;
}

async function remainingKinds(sql: Sql, executionId: Uuid, rank: number): Promise<number> {
  const [row] = await sql.query<{ readonly kinds: number }>(
    `select coalesce(bit_or(kinds), 0)::int as kinds from interaction
     where execution_id = $1 and rank = $2 and state = 'CREDITED'`,
    [executionId, rank],
  );
  return row?.kinds ?? 0;
}
