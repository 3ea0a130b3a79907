import { creditKinds } from './postgres-credit-kinds.ts';
import { contradicted, resolveInteraction, type Resolution } from './resolve-interaction.ts';
import { PENDING_MILLISECONDS, type InteractionTarget } from './interaction.ts';
import { readStoredHits, type StoredHit } from './postgres-served-hits.ts';
import type { HitKinds } from '../learning/postgres-hit-states.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

interface WaitingRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly execution_id: Uuid;
  readonly rank: number | null;
  readonly document_id: string | null;
  readonly kinds: number;
  readonly position: number | null;
}

export interface Swept {
  readonly settled: number;
  readonly credited: readonly CreditedExecution[];
}

const SWEEP_BATCH = 500;

/**
 * Settles interactions that wait for executions which are stored by now: those received since `since`, up to 500. The
 * executions are locked before the rows are changed, so two sweeps settle each interaction once.
 */
export async function settleWaiting(database: Sql, rules: PostgresCreditRules, since: Date): Promise<Swept> {
  const rows = await database.query<WaitingRow>(
    `select i.id, i.namespace, i.execution_id, i.rank, i.document_id, i.kinds, i.position
     from interaction i where i.waiting and i.received_at >= $1
       and exists (select from execution e where e.id = i.execution_id)
     order by i.received_at limit ${SWEEP_BATCH}`,
    [since.toISOString()],
  );
  if (rows.length === 0) return { settled: 0, credited: [] };
  const { hits, executions } = await readStoredHits(database, rows.map(targetOf));
  const settled = rows.map((row, index) => ({ row, resolution: resolutionOf(row, hits[index]!) }));
  const credits = settled.flatMap(kindsOfSettled);
  return database.transaction(async (sql) => {
    const credited = await creditKinds(sql, rules, {
      executions,
      hits: credits,
      added: async () => {
        const mine = await settleRows(sql, settled);
        return credits.filter(({ id }) => mine.has(id));
      },
    });
    // Without any hit to credit, nobody has asked what was added.
    if (credits.length === 0) await settleRows(sql, settled);
    return { settled: rows.length, credited };
  });
}

/** Calls UNCREDITED what has waited too long; it still waits, in case its execution comes after all. */
export async function giveUpWaiting(database: Sql, now: Date): Promise<void> {
  await database.query(
    `update interaction set state = 'UNCREDITED', reason = 'UNKNOWN_EXECUTION'
     where waiting and state = 'PENDING' and received_at < $1`,
    [new Date(now.getTime() - PENDING_MILLISECONDS).toISOString()],
  );
}

interface Settled {
  readonly row: WaitingRow;
  readonly resolution: Resolution;
}

function kindsOfSettled({ row, resolution }: Settled): readonly (HitKinds & { readonly id: Uuid })[] {
  const { state, rank } = resolution;
  if (state !== 'CREDITED' || rank === null) return [];
  return [{ id: row.id, executionId: row.execution_id, rank, kinds: row.kinds }];
}

function resolutionOf(row: WaitingRow, hit: StoredHit): Resolution {
  const question = { target: targetOf(row), position: row.position };
  if (hit.namespace !== row.namespace) return contradicted(question, hit);
  const resolved = resolveInteraction(question, hit);
  return resolved.ok ? resolved.resolution : contradicted(question, hit);
}

function targetOf(row: WaitingRow): InteractionTarget {
  const executionId = row.execution_id;
  if (row.document_id !== null) return { kind: 'document', executionId, documentId: row.document_id };
  return row.rank === null
    ? { kind: 'execution', executionId }
    : { kind: 'hit', executionId, rank: row.rank };
}

/** Writes what became of waiting interactions; ids of those that were still waiting. */
async function settleRows(sql: Sql, settled: readonly Settled[]): Promise<ReadonlySet<Uuid>> {
  const column = <T>(of: (resolution: Resolution) => T): readonly T[] =>
    settled.map(({ resolution }) => of(resolution));
  const rows = await sql.query<{ readonly id: Uuid }>(
    `update interaction i set retriever_id = s.retriever_id, rank = s.rank, collection_id = s.collection_id,
       document_id = s.document_id, state = s.state, reason = s.reason, waiting = false
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::text[])
       as s(id, retriever_id, rank, collection_id, document_id, state, reason)
     where i.id = s.id and i.waiting returning i.id`,
    [
      settled.map(({ row }) => row.id),
      column(({ retrieverId }) => retrieverId),
      column(({ rank }) => rank),
      column(({ document }) => document?.collectionId ?? null),
      column(({ document }) => document?.documentId ?? null),
      column(({ state }) => state),
      column(({ reason }) => reason),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
