import { readFloatArray } from './postgres-float-array.ts';
import type { CreditedExecution, HitScores } from './credit.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';
import type { WrittenRecord } from '../execution/written.ts';

/** Columns of an execution that say how it is credited, but for the scores of its hits. */
export const CREDIT_COLUMNS = `e.id, e.namespace, e.retriever_id, e.version, e.generation, e.epochs, e.segment,
  e.user_id, u.external_id, e.session, e.features, array_send(e.weights) as weights, e.hit_count, e.teaches`;
const COLUMNS = `${CREDIT_COLUMNS}, e.hit_x, e.hit_ranks`;

export interface CreditRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly retriever_id: Uuid;
  readonly version: number;
  readonly generation: string;
  readonly epochs: readonly [number, number, number];
  readonly segment: readonly string[] | null;
  readonly user_id: Uuid | null;
  readonly external_id: string | null;
  readonly session: string | null;
  readonly features: readonly string[];
  readonly weights: Buffer;
  readonly hit_count: number;
  readonly teaches: boolean;
  /** Scores (float64) and ranks (uint32) of some or all hits, little-endian. */
  readonly hit_x: Buffer;
  readonly hit_ranks: Buffer;
}

/** Executions by id; those that are not stored are absent. They never change, so no lock is needed. */
export async function readCreditedExecutions(
  sql: Sql,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, CreditedExecution>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<CreditRow>(
    `select ${COLUMNS} from execution e left join user_identity u on u.id = e.user_id where e.id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toExecution(row)]));
}

/** The next executions of a retriever in order of their ids, after one of them. */
export async function readExecutionsAfter(
  sql: Sql,
  after: { readonly retrieverId: Uuid; readonly id: Uuid | null; readonly limit: number },
): Promise<readonly CreditedExecution[]> {
  const rows = await sql.query<CreditRow>(
    `select ${COLUMNS} from execution e left join user_identity u on u.id = e.user_id
     where e.retriever_id = $1 and ($2::uuid is null or e.id > $2) order by e.id limit $3`,
    [after.retrieverId, after.id, after.limit],
  );
  return rows.map(toExecution);
}

function toExecution(row: CreditRow): CreditedExecution {
  return creditedExecution(row, (rank) => scoresOf(row, rank - 1));
}

export function creditedExecution(row: CreditRow, hitAt: CreditedExecution['hitAt']): CreditedExecution {
  const [global, segment, user] = row.epochs;
  return {
    id: row.id,
    namespace: row.namespace,
    retrieverId: row.retriever_id,
    version: row.version,
    generation: row.generation,
    epochs: { global, segment, user },
    segment: row.segment,
    user:
      row.user_id === null || row.external_id === null
        ? null
        : { id: row.user_id, externalId: row.external_id },
    session: row.session,
    features: row.features,
    weights: readFloatArray(row.weights),
    hitCount: row.hit_count,
    hitAt,
    teaches: row.teaches,
  };
}

/** Scores and ranks of the hit at `index` among those in the row. */
export function scoresOf({ hit_x, hit_ranks, features }: CreditRow, index: number): HitScores {
  const count = features.length;
  const x = new Float64Array(count);
  const ranks = new Uint32Array(count);
  for (let f = 0; f < count; f += 1) {
    x[f] = hit_x.readDoubleLE(8 * (count * index + f));
    ranks[f] = hit_ranks.readUInt32LE(4 * (count * index + f));
  }
  return { x, ranks };
}

/** What records just written say about credit, without reading them back. */
export function creditedRecords(records: readonly WrittenRecord[]): ReadonlyMap<Uuid, CreditedExecution> {
  return new Map(records.map((written) => [written.record.id, ofRecord(written)]));
}

function ofRecord({ record, userId }: WrittenRecord): CreditedExecution {
  const { candidates, choice, hitCount, features } = record;
  return {
    id: record.id,
    namespace: record.namespace,
    retrieverId: record.retrieverId,
    version: record.version,
    generation: choice.generation,
    epochs: choice.epochs,
    segment: record.segment,
    user: record.user === null || userId === null ? null : { id: userId, externalId: record.user },
    session: record.session,
    features,
    weights: record.weights,
    hitCount,
    hitAt: (rank) => ({
      x: candidates.normalized.subarray((rank - 1) * features.length, rank * features.length),
      ranks: candidates.ranks.subarray((rank - 1) * features.length, rank * features.length),
    }),
    teaches: record.teaches,
  };
}
