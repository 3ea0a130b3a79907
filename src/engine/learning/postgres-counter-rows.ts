import { compareUtf8 } from '../ids.ts';
import { createHash } from 'node:crypto';
import { ERA_HALVINGS, ERAS_KEPT } from './era.ts';
import { floatArrayBytes } from './postgres-float-array.ts';
import { plainArray } from '../../store/plain-array.ts';
import type { CounterDelta } from './credit.ts';
import type { Sql } from '../../store/sql.ts';

/** A delta and the build whose counters it belongs to. */
export interface BuildDelta extends CounterDelta {
  readonly build: number;
}

/** Longer subjects are kept by their digest: an index entry has no room for them. */
const LONGEST_SUBJECT = 600;

/** The subject as it stands in the table. */
export function storedSubject(subject: string): string {
  if (Buffer.byteLength(subject, 'utf8') <= LONGEST_SUBJECT) return subject;
  return `sha256:${createHash('sha256').update(subject).digest('hex')}`;
}

/** Sums of an era, in a later one: a power of two, as in era.ts; too small to be told from 0: 0. */
const faded = (value: string, from: string): string =>
  `case when n.era = ${from} then ${value} when n.era - ${from} > ${ERAS_KEPT} or abs(${value}) < 1e-200 then 0
    else ${value} * power(2::float8, ${ERA_HALVINGS} * (${from} - n.era)) end`;

/**
 * Adds differences to rows of counters, element by element, in order of their keys (so that two writers never wait
 * for each other crosswise). The arrays come as one flat array, cut by length. Two `unnest` in one select list go in
 * step and are less than half the work of `unnest` of two arrays in a `from`.
 */
export async function addToCounters(sql: Sql, deltas: readonly BuildDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  const sorted = [...deltas].sort(compareDeltas);
  const lengths = sorted.map(({ sums }) => sums.length);
  const flat = new Float64Array(lengths.reduce((total, length) => total + length, 0));
  let at = 0;
  for (const { sums } of sorted) {
    flat.set(sums, at);
    at += sums.length;
  }
  await sql.query(
    `insert into counter (retriever_id, build, generation, level, subject, epoch, own_epoch, era, sums)
     select d.retriever_id, d.build, d.generation, d.level, d.subject, d.epoch, d.own_epoch, d.era,
       ($9::float8[])[d.upto - d.length + 1 : d.upto]
     from (select *, sum(length) over (order by place)::int as upto
       from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $10::int[])
       with ordinality as u(retriever_id, build, generation, level, subject, epoch, own_epoch, era, length, place)) d
     order by d.place
     on conflict (retriever_id, build, generation, level, subject, epoch, own_epoch) do update
     set era = greatest(counter.era, excluded.era),
       sums = case when counter.era = excluded.era
         then array(select unnest(counter.sums) + unnest(excluded.sums))
         else array(select ${faded('t.a', 'counter.era')} + ${faded('t.b', 'excluded.era')}
           from unnest(counter.sums, excluded.sums) as t(a, b),
             (select greatest(counter.era, excluded.era) as era) n) end`,
    [
      plainArray(sorted.map(({ key }) => key.retrieverId)),
      plainArray(sorted.map(({ build }) => build)),
      sorted.map(({ key }) => key.generation),
      plainArray(sorted.map(({ key }) => key.level)),
      sorted.map(({ key }) => storedSubject(key.subject)),
      plainArray(sorted.map(({ key }) => key.epoch)),
      plainArray(sorted.map(({ key }) => key.ownEpoch)),
      plainArray(sorted.map(({ era }) => era)),
      floatArrayBytes(flat),
      plainArray(lengths),
    ],
  );
}

function compareDeltas(a: BuildDelta, b: BuildDelta): number {
  return (
    compareUtf8(a.key.retrieverId, b.key.retrieverId) ||
    a.build - b.build ||
    compareUtf8(a.key.generation, b.key.generation) ||
    compareUtf8(a.key.level, b.key.level) ||
    compareUtf8(a.key.subject, b.key.subject) ||
    a.key.epoch - b.key.epoch ||
    a.key.ownEpoch - b.key.ownEpoch
  );
}
