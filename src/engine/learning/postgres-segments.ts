import { segmentSubject } from './context.ts';
import { storedSubject } from './postgres-counter-rows.ts';
import type { CreditedExecution } from './credit.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** Segments of one retriever that have counters of their own, at most. */
export const MAX_SEGMENTS = 10_000;
/** Segments that are remembered, at most. */
const REMEMBERED = 100_000;
/** First half of the advisory locks on the segments of a retriever. */
const LOCK_CLASS = 727_111;

type Segmented = Pick<CreditedExecution, 'retrieverId' | 'segment'>;

/**
 * Which segments have counters: the first ones that were served, up to a limit. Pages of all others teach everybody
 * and the user only. A segment that was admitted stays, and where the limit is reached it is reached for good: so all
 * pages of a segment are counted for it, or none, in whatever order they are written.
 */
export class PostgresSegments {
  readonly limit: number;
  /** Admitted, and known to be committed. */
  readonly #admitted = new Set<string>();
  readonly #full = new Set<Uuid>();

  constructor(limit = MAX_SEGMENTS) {
    this.limit = limit;
  }

  /**
   * Admits the segments of pages that are being counted, in their transaction. Locks come after the learning states
   * and before executions. The retrievers of which a segment was refused here for the first time.
   */
  async admit(sql: Sql, executions: readonly Segmented[]): Promise<readonly Uuid[]> {
    const wanted = this.#unknown(executions.filter(({ retrieverId }) => !this.#full.has(retrieverId)));
    if (wanted.size === 0) return [];
    const stored = await readStored(sql, wanted);
    // What is admitted in this transaction is not remembered: it may be rolled back.
    if (this.#admitted.size > REMEMBERED) this.#admitted.clear();
    for (const key of stored) this.#admitted.add(key);
    const missing = [...wanted].filter(([key]) => !stored.has(key)).map(([, row]) => row);
    const refused: Uuid[] = [];
    for (const [retrieverId, rows] of byRetriever(missing))
      if (!(await this.#add(sql, retrieverId, rows))) refused.push(retrieverId);
    return refused;
  }

  /** Which executions are counted for their segments. */
  async counted(sql: Sql, executions: readonly Segmented[]): Promise<(execution: Segmented) => boolean> {
    const wanted = this.#unknown(executions);
    const stored = wanted.size === 0 ? new Set<string>() : await readStored(sql, wanted);
    return (execution) => {
      const row = rowOf(execution);
      return row !== null && (this.#admitted.has(keyOf(row)) || stored.has(keyOf(row)));
    };
  }

  #unknown(executions: readonly Segmented[]): ReadonlyMap<string, Row> {
    const rows = executions.flatMap((execution) => rowOf(execution) ?? []);
    return new Map(rows.map((row) => [keyOf(row), row] as const).filter(([key]) => !this.#admitted.has(key)));
  }

  /** False where the limit is reached. Two instances never admit at once. */
  async #add(sql: Sql, retrieverId: Uuid, rows: readonly Row[]): Promise<boolean> {
    await sql.query(`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext($1))`, [retrieverId]);
    const [state] = await sql.query<{ readonly count: number }>(
      'select count(*)::int as count from learning_segment where retriever_id = $1',
      [retrieverId],
    );
    const left = this.limit - (state?.count ?? 0);
    if (left <= 0) {
      this.#full.add(retrieverId);
      return false;
    }
    await sql.query(
      `insert into learning_segment (retriever_id, subject)
       select $1, s.subject from unnest($2::text[]) with ordinality as s(subject, place)
       where not exists (select from learning_segment l where l.retriever_id = $1 and l.subject = s.subject)
       order by s.place limit $3`,
      [retrieverId, rows.map(({ subject }) => subject), left],
    );
    return true;
  }
}

interface Row {
  readonly retrieverId: Uuid;
  readonly subject: string;
}

function rowOf({ retrieverId, segment }: Segmented): Row | null {
  if (segment === null || segment.length === 0) return null;
  return { retrieverId, subject: storedSubject(segmentSubject(segment)) };
}

const keyOf = ({ retrieverId, subject }: Row): string => `${retrieverId} ${subject}`;

async function readStored(sql: Sql, wanted: ReadonlyMap<string, Row>): Promise<ReadonlySet<string>> {
  const rows = [...wanted.values()];
  const stored = await sql.query<{ readonly retriever_id: Uuid; readonly subject: string }>(
    `select l.retriever_id, l.subject from learning_segment l
     join unnest($1::uuid[], $2::text[]) as w(retriever_id, subject) using (retriever_id, subject)`,
    [rows.map(({ retrieverId }) => retrieverId), rows.map(({ subject }) => subject)],
  );
  return new Set(stored.map(({ retriever_id, subject }) => keyOf({ retrieverId: retriever_id, subject })));
}

/** In order of the retrievers' ids. */
function byRetriever(rows: readonly Row[]): readonly (readonly [Uuid, readonly Row[]])[] {
  const groups = new Map<Uuid, Row[]>();
  for (const row of rows) groups.set(row.retrieverId, [...(groups.get(row.retrieverId) ?? []), row]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
