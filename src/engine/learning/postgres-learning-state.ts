import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** A set of counters of one retriever: its number, and the least version by whose reward map it is credited. */
export interface Build {
  readonly build: number;
  /** An execution earns by the map of its own version or of this one, whichever is newer. */
  readonly creditVersion: number;
}

/** Which counters of a retriever are read, and which are being built. */
export interface LearningState {
  readonly retrieverId: Uuid;
  readonly active: Build;
  readonly next: (Build & { readonly watermark: Uuid | null }) | null;
}

interface StateRow {
  readonly id: Uuid;
  readonly build: number;
  readonly credit_version: number;
  readonly next_build: number | null;
  readonly next_credit_version: number | null;
  readonly watermark: Uuid | null;
}

/** First half of the advisory locks on learning states; any number that nothing else uses. */
const LOCK_CLASS = 727_110;

/**
 * Locks the learning states of retrievers against a step of a rebuild until the transaction ends, and reads them.
 * Advisory locks rather than row locks: they write nothing, need no row, and a rebuild that waits is not passed by.
 * A writer takes them before it locks executions, and executions before counters: the same order everywhere.
 */
export async function shareLearningStates(
  sql: Sql,
  retrieverIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, LearningState>> {
  const ids = [...new Set(retrieverIds)].sort();
  await sql.query(
    `select pg_advisory_xact_lock_shared(${LOCK_CLASS}, key)
     from (select distinct hashtext(id) as key from unnest($1::text[]) as u(id) order by 1) keys`,
    [ids],
  );
  const rows = await sql.query<StateRow>(
    `select u.id, coalesce(s.build, 0) as build, coalesce(s.credit_version, 0) as credit_version, s.next_build,
       s.next_credit_version, s.watermark
     from unnest($1::uuid[]) as u(id) left join learning_state s on s.retriever_id = u.id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toState(row)]));
}

/** Locks one learning state against everybody who writes its counters. */
export async function lockLearningState(sql: Sql, retrieverId: Uuid): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext($1))`, [retrieverId]);
}

function toState(row: StateRow): LearningState {
  return {
    retrieverId: row.id,
    active: { build: row.build, creditVersion: row.credit_version },
    next:
      row.next_build === null
        ? null
        : {
            build: row.next_build,
            creditVersion: row.next_credit_version ?? 0,
            watermark: row.watermark,
          },
  };
}
