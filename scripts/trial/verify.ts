import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './instance.ts';
import { RETRIEVER } from './storm-world.ts';
import type { Report } from './storm.ts';

/** The part of a database client that is needed. */
export interface Queries {
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

export interface Verdict {
  readonly stored: number;
  readonly missing: number;
  readonly uncredited: number;
  /** Hits whose set of kinds is not that of the interactions on them. */
  readonly wrongKinds: number;
  /** Contexts with counters, and the greatest difference to a rebuild in parts of what rounding explains. */
  readonly contexts: number;
  readonly difference: number;
}

/** Relative to the greatest sum of the context. */
const ROUNDING = 1e-9;
const LONGEST_SWEEP = 60_000;
const COUNTERS = `select c.generation, c.level, c.subject, c.sums from counter c
  left join learning_state s on s.retriever_id = c.retriever_id where c.build = coalesce(s.build, 0)`;

/** Holds what two instances have left in the database against the reports, and against a rebuild through the API. */
export async function verify(db: Queries, url: string, reports: readonly Report[]): Promise<Verdict> {
  await untilSwept(db);
  const keys = reports.map(({ idempotencyKey }) => idempotencyKey);
  const { rows: stored } = await db.query<{ idempotency_key: string; state: string }>(
    'select idempotency_key, state from interaction where idempotency_key = any($1)',
    [keys],
  );
  const before = await countersIn(db);
  const { rows: wrong } = await db.query(
    `select 1 from (select execution_id, rank, bit_or(kinds) as kinds from interaction
       where state = 'CREDITED' group by execution_id, rank) i
     full join impression_kinds k using (execution_id, rank) where i.kinds is distinct from k.kinds`,
  );
  await rebuild(url);
  const after = await countersIn(db);
  return {
    stored: stored.length,
    missing: keys.length - new Set(stored.map((row) => row.idempotency_key)).size,
    uncredited: stored.filter(({ state }) => state !== 'CREDITED').length,
    wrongKinds: wrong.length,
    contexts: before.size,
    difference: differenceOf(before, after),
  };
}

/** Records are written behind the answer, and what came before its execution is looked at every second. */
async function untilSwept(db: Queries): Promise<void> {
  const end = performance.now() + LONGEST_SWEEP;
  for (let pending = 1; pending > 0;) {
    await sleep(2_500);
    const { rows } = await db.query<{ count: number }>(
      `select count(*)::int from interaction i join execution e on e.id = i.execution_id where i.state = 'PENDING'`,
    );
    pending = rows[0]!.count;
    if (performance.now() > end) return;
  }
}

export const isRight = (verdict: Verdict, reports: readonly Report[]): boolean =>
  verdict.stored === reports.length &&
  verdict.missing + verdict.uncredited + verdict.wrongKinds === 0 &&
  verdict.difference <= 1;

async function countersIn(db: Queries): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await db.query<{ generation: string; level: string; subject: string; sums: number[] }>(
    COUNTERS,
  );
  return new Map(
    rows.map(({ generation, level, subject, sums }) => [`${generation} ${level} ${subject}`, sums]),
  );
}

function differenceOf(
  before: ReadonlyMap<string, readonly number[]>,
  after: ReadonlyMap<string, readonly number[]>,
): number {
  let worst = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(key) ?? [], after.get(key) ?? []];
    const allowed = ROUNDING * Math.max(1, ...a.map(Math.abs), ...b.map(Math.abs));
    for (let index = 0; index < Math.max(a.length, b.length); index += 1)
      worst = Math.max(worst, Math.abs((a[index] ?? 0) - (b[index] ?? 0)) / allowed);
  }
  return worst;
}

async function rebuild(url: string): Promise<void> {
  interface Found {
    readonly retriever: { readonly id: string; readonly rebuild: { readonly state: string } | null };
  }
  const find = (): Promise<Found> =>
    ask<Found>(url, `{ retriever(name: "${RETRIEVER}") { id rebuild { state } } }`);
  const { retriever } = await find();
  await ask(
    url,
    'mutation ($input: RebuildCountersInput!) { rebuildCounters(input: $input) { userErrors { message } } }',
    { input: { retriever: retriever.id } },
  );
  while ((await find()).retriever.rebuild?.state !== 'FINISHED') await sleep(100);
}

/** Bytes a row takes, indexes included. */
export async function sizesIn(db: Queries): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const table of ['execution', 'impression', 'interaction', 'impression_kinds']) {
    const { rows } = await db.query<{ bytes: number }>(
      `select (pg_total_relation_size('${table}') / greatest(count(*), 1))::int as bytes from ${table}`,
    );
    sizes[table] = rows[0]!.bytes;
  }
  return sizes;
}
