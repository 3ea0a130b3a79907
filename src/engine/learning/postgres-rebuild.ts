import { addToCounters } from './postgres-counter-rows.ts';
import { changeBetween, NOTHING_KNOWN } from './shown.ts';
import { deltasOf, versionsOf, type PlacedChange } from './postgres-credit.ts';
import { lockLearningState } from './postgres-learning-state.ts';
import { readExecutionsAfter } from './postgres-credit-facts.ts';
import { recountKinds } from './postgres-hit-states.ts';
import type { CreditedExecution } from './credit.ts';
import type { PostgresCreditRules } from './postgres-credit-rules.ts';
import type { RebuildProgress } from './counter-store.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** Executions taken in by one transaction. */
const CHUNK = 500;
/** Rows of counters deleted at once. */
const CLEARED = 5_000;

interface StateRow {
  readonly retriever_id: Uuid;
  readonly build: number;
  readonly credit_version: number;
  readonly next_build: number | null;
  readonly next_credit_version: number | null;
  readonly watermark: Uuid | null;
  readonly done: number;
  /** Milliseconds since 1970. */
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly total: number | null;
}

const COLUMNS = `s.retriever_id, s.build, s.credit_version, s.next_build, s.next_credit_version, s.watermark,
  s.done::float8 as done, (extract(epoch from s.started_at) * 1000)::float8 as started_at,
  (extract(epoch from s.finished_at) * 1000)::float8 as finished_at`;
const THIS_RETRIEVER = 'from learning_state s where s.retriever_id = $1';
const SELECT_STATE = `select ${COLUMNS}, null::float8 as total`;
const SELECT_WITH_TOTAL = `select ${COLUMNS}, case when s.next_build is null then null
  else (select count(*)::float8 from execution e where e.retriever_id = s.retriever_id) end as total`;

/** The rebuild that runs or ran last; null where there was none. */
export async function readProgress(sql: Sql, retrieverId: Uuid): Promise<RebuildProgress | null> {
  const [row] = await sql.query<StateRow>(`${SELECT_WITH_TOTAL} ${THIS_RETRIEVER}`, [retrieverId]);
  return row === undefined ? null : toProgress(row);
}

function toProgress(row: StateRow): RebuildProgress | null {
  if (row.started_at === null) return null;
  const running = row.next_build !== null;
  return {
    retrieverId: row.retriever_id,
    state: running ? 'RUNNING' : 'FINISHED',
    done: row.done,
    total: row.total,
    creditVersion: (running ? row.next_credit_version : row.credit_version) ?? 0,
    startedAt: new Date(row.started_at),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at),
  };
}

/** Begins a rebuild, unless one with the same credit version runs; one with another is given up. */
export async function startRebuild(
  database: Sql,
  { retrieverId, creditVersion }: { readonly retrieverId: Uuid; readonly creditVersion: number },
  now: Date,
): Promise<RebuildProgress> {
  const progress = await database.transaction(async (sql) => {
    await lockLearningState(sql, retrieverId);
    await sql.query('insert into learning_state (retriever_id) values ($1) on conflict do nothing', [
      retrieverId,
    ]);
    await sql.query(
      `update learning_state set next_build = coalesce(next_build, build) + 1, next_credit_version = $2,
         watermark = null, done = 0, started_at = $3, finished_at = null
       where retriever_id = $1 and (next_build is null or next_credit_version <> $2)`,
      [retrieverId, creditVersion, now.toISOString()],
    );
    const [row] = await sql.query<StateRow>(`${SELECT_STATE} ${THIS_RETRIEVER}`, [retrieverId]);
    return toProgress(row!)!;
  });
  await deleteOtherBuilds(database, retrieverId);
  return progress;
}

/** Clears away counters that nobody reads or writes any more, a part at a time and without holding anybody up. */
async function deleteOtherBuilds(database: Sql, retrieverId: Uuid): Promise<void> {
  for (let deleted = CLEARED; deleted === CLEARED;)
    deleted = (
      await database.query(
        `delete from counter where ctid in (select c.ctid from counter c join learning_state s using (retriever_id)
           where c.retriever_id = $1 and c.build <> s.build and c.build is distinct from s.next_build
           limit ${CLEARED}) returning 1`,
        [retrieverId],
      )
    ).length;
}

/**
 * One step: takes in the executions after the watermark, or, where there are none left, turns the readers over. It
 * holds the learning state alone. A writer that changes an execution up to the watermark adds its difference to both
 * builds; what it does beyond, a later step finds in the records.
 */
export async function continueRebuild(
  database: Sql,
  rules: PostgresCreditRules,
  step: { readonly retrieverId: Uuid; readonly now: Date },
): Promise<RebuildProgress | null> {
  const progress = await database.transaction((sql) => takeStep(sql, rules, step));
  if (progress?.state === 'FINISHED') await deleteOtherBuilds(database, step.retrieverId);
  return progress;
}

async function takeStep(
  sql: Sql,
  rules: PostgresCreditRules,
  { retrieverId, now }: { readonly retrieverId: Uuid; readonly now: Date },
): Promise<RebuildProgress | null> {
  await lockLearningState(sql, retrieverId);
  const [row] = await sql.query<StateRow>(`${SELECT_STATE} ${THIS_RETRIEVER}`, [retrieverId]);
  if (row === undefined || row.next_build === null) return row === undefined ? null : toProgress(row);
  const executions = await readExecutionsAfter(sql, { retrieverId, id: row.watermark, limit: CHUNK });
  await takeIn(sql, rules, { executions, row });
  if (executions.length === CHUNK)
    await sql.query('update learning_state set watermark = $2, done = done + $3 where retriever_id = $1', [
      retrieverId,
      executions.at(-1)!.id,
      executions.length,
    ]);
  else
    await sql.query(
      `update learning_state set build = next_build, credit_version = next_credit_version, next_build = null,
         next_credit_version = null, watermark = null, done = done + $2, finished_at = $3 where retriever_id = $1`,
      [retrieverId, executions.length, now.toISOString()],
    );
  const [after] = await sql.query<StateRow>(`${SELECT_STATE} ${THIS_RETRIEVER}`, [retrieverId]);
  return toProgress(after!);
}

async function takeIn(
  sql: Sql,
  rules: PostgresCreditRules,
  what: { readonly executions: readonly CreditedExecution[]; readonly row: StateRow },
): Promise<void> {
  const { executions, row } = what;
  const known = await recountKinds(
    sql,
    executions.map(({ id }) => id),
  );
  const build = { build: row.next_build!, creditVersion: row.next_credit_version ?? 0 };
  const placed = executions.flatMap((execution): PlacedChange[] => {
    const change = changeBetween(execution, NOTHING_KNOWN, known.get(execution.id)!);
    return change === null ? [] : [{ change, build }];
  });
  const loaded = await rules.load(sql, { versions: placed.flatMap(versionsOf), executions });
  await addToCounters(sql, deltasOf(placed, loaded.of));
}
