import { plainArray } from '../../store/plain-array.ts';
import type { HitsKnown, ShownRange } from './shown.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/**
 * Keeps executions from being credited by anybody else until the transaction ends; in order of their ids. The user of
 * each, by the id in the table of users; executions that are not there are absent.
 */
export async function lockExecutions(
  sql: Sql,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, Uuid | null>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<{ readonly id: Uuid; readonly user_id: Uuid | null }>(
    'select id, user_id from execution where id = any($1::uuid[]) order by id for no key update',
    [plainArray(ids)],
  );
  return new Map(rows.map(({ id, user_id }) => [id, user_id]));
}

interface Row {
  readonly execution_id: Uuid;
  readonly from_rank: number;
  readonly to_rank: number;
  /** Milliseconds since 1970, of an impression; null: this row is a hit's kinds. */
  readonly at: number | null;
  readonly kinds: number;
}

/** What is known of the hits of executions; every id asked for has an entry. */
export async function readHitStates(sql: Sql, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, HitsKnown>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<Row>(
    `select execution_id, from_rank, to_rank, (extract(epoch from at) * 1000)::float8 as at, 0 as kinds from impression where execution_id = any($1::uuid[])
     union all
     select execution_id, rank, rank, null, kinds from impression_kinds where execution_id = any($1::uuid[])`,
    [plainArray(ids)],
  );
  const states = new Map(
    ids.map((id) => [id, { ranges: [] as ShownRange[], kinds: new Map<number, number>() }]),
  );
  for (const { execution_id, from_rank, to_rank, at, kinds } of rows) {
    const state = states.get(execution_id);
    if (state === undefined) continue;
    if (at === null) state.kinds.set(from_rank, kinds);
    else state.ranges.push({ from: from_rank, to: to_rank, at });
  }
  return states;
}

export interface HitKinds {
  readonly executionId: Uuid;
  readonly rank: number;
  /** 0: none are left. */
  readonly kinds: number;
}

/** Stores the kinds of hits. */
export async function writeHitKinds(sql: Sql, hits: readonly HitKinds[]): Promise<void> {
  const kept = hits.filter(({ kinds }) => kinds !== 0);
  const gone = hits.filter(({ kinds }) => kinds === 0);
  if (kept.length > 0)
    await sql.query(
      `insert into impression_kinds (execution_id, rank, kinds)
       select * from unnest($1::uuid[], $2::int[], $3::int[]) order by 1, 2
       on conflict (execution_id, rank) do update set kinds = excluded.kinds`,
      [
        plainArray(kept.map(({ executionId }) => executionId)),
        plainArray(kept.map(({ rank }) => rank)),
        plainArray(kept.map(({ kinds }) => kinds)),
      ],
    );
  if (gone.length > 0)
    await sql.query(
      `delete from impression_kinds k using unnest($1::uuid[], $2::int[]) as g(execution_id, rank)
       where k.execution_id = g.execution_id and k.rank = g.rank`,
      [gone.map(({ executionId }) => executionId), gone.map(({ rank }) => rank)],
    );
}

/** What is known of the hits of executions, kinds taken from the interactions themselves and stored anew. */
export async function recountKinds(sql: Sql, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, HitsKnown>> {
  const known = await readHitStates(sql, ids);
  const rows = await sql.query<{
    readonly execution_id: Uuid;
    readonly rank: number;
    readonly kinds: number;
  }>(
    `select execution_id, rank, bit_or(kinds)::int as kinds from interaction
     where execution_id = any($1::uuid[]) and state = 'CREDITED' and rank is not null group by execution_id, rank`,
    [ids],
  );
  const counted = new Map(ids.map((id) => [id, new Map<number, number>()]));
  for (const { execution_id, rank, kinds } of rows) counted.get(execution_id)?.set(rank, kinds);
  const differing = ids.flatMap((executionId): HitKinds[] => {
    const before = known.get(executionId)!.kinds;
    const after = counted.get(executionId)!;
    const ranks = new Set([...before.keys(), ...after.keys()]);
    return [...ranks]
      .filter((rank) => (before.get(rank) ?? 0) !== (after.get(rank) ?? 0))
      .map((rank) => ({ executionId, rank, kinds: after.get(rank) ?? 0 }));
  });
  await writeHitKinds(sql, differing);
  return new Map(ids.map((id) => [id, { ranges: known.get(id)!.ranges, kinds: counted.get(id)! }]));
}
