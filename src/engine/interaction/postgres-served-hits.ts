import { COLLECTIONS_AT } from '../execution/postgres-execution-candidates.ts';
import {
  CREDIT_COLUMNS,
  creditedExecution,
  scoresOf,
  type CreditRow,
} from '../learning/postgres-credit-facts.ts';
import type { CreditedExecution, HitScores } from '../learning/credit.ts';
import type { ExecutionsKept, KeptExecution } from '../learning/executions-kept.ts';
import type { InteractionTarget } from './interaction.ts';
import type { ServedHit } from './resolve-interaction.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

interface Row extends CreditRow {
  /** Place of the question, from 1. */
  readonly place: number;
  readonly rank: number | null;
  readonly document_id: string | null;
  readonly collections: readonly Uuid[];
  /** Place of the hit's collection in `collections`, two bytes, little-endian; null: there is only one. */
  readonly collection_place: Buffer | null;
}

/** A hit that an interaction is meant for, of a stored execution. */
export interface StoredHit extends ServedHit {
  readonly namespace: string;
}

export interface StoredHits {
  /** By question; null: the execution is not stored. */
  readonly hits: readonly (StoredHit | null)[];
  /** The executions, each with the scores of the hits that were asked for. */
  readonly executions: ReadonlyMap<Uuid, CreditedExecution>;
}

const LARGEST_RANK = 2 ** 31 - 1;
const READ = `
  select q.place::int as place, ${CREDIT_COLUMNS}, r.rank, e.hit_ids[r.rank] as document_id, e.collections,
    case when cardinality(e.collections) > 1
      then substring(e.candidates from ${COLLECTIONS_AT} + 2 * (r.rank - 1) for 2) end as collection_place,
    substring(e.hit_x from 8 * f.count * (r.rank - 1) + 1 for 8 * f.count) as hit_x,
    substring(e.hit_ranks from 4 * f.count * (r.rank - 1) + 1 for 4 * f.count) as hit_ranks
  from unnest($1::uuid[], $2::int[], $3::text[]) with ordinality as q(execution_id, rank, document_id, place)
  join execution e on e.id = q.execution_id
  left join user_identity u on u.id = e.user_id
  cross join lateral (select coalesce(q.rank, array_position(e.hit_ids, q.document_id)) as rank) r
  cross join lateral (select cardinality(e.features) as count) f`;

/** What is known of the hits that interactions are meant for; read where the execution is not kept. */
export async function findServedHits(
  sql: Sql,
  kept: ExecutionsKept,
  targets: readonly InteractionTarget[],
): Promise<StoredHits> {
  const executions = new Map<Uuid, CreditedExecution>();
  const hits = targets.map((target): StoredHit | null => {
    const execution = kept.find(target.executionId);
    if (execution === null) return null;
    executions.set(target.executionId, execution.credited);
    return hitOfKept(execution, target);
  });
  const others = targets.filter((_, index) => hits[index] === null);
  if (others.length === 0) return { hits, executions };
  const read = await readStoredHits(sql, others);
  const rest = read.hits[Symbol.iterator]();
  return {
    hits: hits.map((hit) => hit ?? rest.next().value ?? null),
    executions: new Map([...executions, ...read.executions]),
  };
}

function hitOfKept(execution: KeptExecution, target: InteractionTarget): StoredHit {
  const { credited, documentIds, collectionAt, collections } = execution;
  const { namespace, retrieverId, teaches, hitCount } = credited;
  const rank = rankOf(target, documentIds);
  const documentId = rank === null ? undefined : documentIds[rank - 1];
  const document =
    documentId === undefined ? null : { collectionId: collections[collectionAt[rank! - 1]!]!, documentId };
  return { namespace, retrieverId, teaches, hitCount, rank, document };
}

function rankOf(target: InteractionTarget, documentIds: readonly string[]): number | null {
  if (target.kind === 'hit') return target.rank;
  if (target.kind === 'execution') return null;
  const index = documentIds.indexOf(target.documentId);
  return index < 0 ? null : index + 1;
}

/** What is stored of the hits that interactions are meant for. Records never change: no lock is needed. */
export async function readStoredHits(sql: Sql, targets: readonly InteractionTarget[]): Promise<StoredHits> {
  const rows = await sql.query<Row>(READ, [
    targets.map(({ executionId }) => executionId),
    targets.map((target) => (target.kind === 'hit' ? Math.min(target.rank, LARGEST_RANK) : null)),
    targets.map((target) => (target.kind === 'document' ? target.documentId : null)),
  ]);
  const hits = targets.map((): StoredHit | null => null);
  const scores = new Map<Uuid, Map<number, HitScores>>();
  const executions = new Map<Uuid, CreditedExecution>();
  for (const row of rows) {
    const known = scores.get(row.id) ?? new Map<number, HitScores>();
    if (!scores.has(row.id)) {
      scores.set(row.id, known);
      executions.set(
        row.id,
        creditedExecution(row, (rank) => known.get(rank)!),
      );
    }
    const hit = toHit(row);
    hits[row.place - 1] = hit;
    if (hit.rank !== null && hit.document !== null) known.set(hit.rank, scoresOf(row, 0));
  }
  return { hits, executions };
}

function toHit(row: Row): StoredHit {
  const { namespace, teaches } = row;
  const document =
    row.document_id === null
      ? null
      : {
          collectionId: row.collections[row.collection_place?.readUInt16LE(0) ?? 0]!,
          documentId: row.document_id,
        };
  return {
    namespace,
    retrieverId: row.retriever_id,
    teaches,
    hitCount: row.hit_count,
    rank: row.rank,
    document,
  };
}
