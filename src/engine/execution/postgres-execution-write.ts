import { BYTE_COLUMNS, bytesOf, COLUMNS } from './postgres-execution-row.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import type { ExecutionRecord, Impression } from './record.ts';
import type { Sql } from '../../store/sql.ts';
import type { Written, WrittenRecord } from './written.ts';

/** An impression with an id of its own, so that a batch that is written again appends nothing twice. */
export interface IdentifiedImpression extends Impression {
  readonly id: Uuid;
}

/** What one offer brought: a record, impressions, or both. */
export interface Offered {
  readonly record: ExecutionRecord | null;
  readonly impression: IdentifiedImpression | null;
}

/** Runs inside the transaction of a batch; what it returns runs after the commit. */
export type OnWritten = (sql: Sql, written: Written) => Promise<() => void>;

/**
 * Writes a batch inside the given transaction and says what of it is new. Repeating a batch changes nothing.
 */
export async function writeExecutions(sql: Sql, batch: readonly Offered[], now: Date): Promise<Written> {
  const records = batch.flatMap(({ record }) => (record === null ? [] : [record]));
  const impressions = batch.flatMap(({ impression }) => (impression === null ? [] : [impression]));
  return {
    records: records.length === 0 ? [] : await insertRecords(sql, records, now),
    impressions: impressions.length === 0 ? [] : await insertImpressions(sql, impressions),
  };
}

const INSERT = `insert into execution (${[...COLUMNS.map(({ name }) => name), ...BYTE_COLUMNS].join()})
  select ${[
    ...COLUMNS.map(({ name, type }) => (type.endsWith('[]') ? `given.${name}::${type}` : `given.${name}`)),
    ...BYTE_COLUMNS.map((name) => `substring($1::bytea from given.${name}_at for given.${name}_length)`),
  ].join()}
  from unnest(${[
    ...COLUMNS.map(({ type }) => (type.endsWith('[]') ? 'text' : type)),
    ...BYTE_COLUMNS.flatMap(() => ['int', 'int']),
  ]
    .map((type, index) => `$${index + 2}::${type}[]`)
    .join()})
  as given(${[
    ...COLUMNS.map(({ name }) => name),
    ...BYTE_COLUMNS.flatMap((name) => [`${name}_at`, `${name}_length`]),
  ].join()})
  on conflict (id) do nothing returning id`;

/** One statement. All bytes of the batch travel as one value that the statement cuts up: arrays of bytes go as hex. */
async function insertRecords(
  sql: Sql,
  records: readonly ExecutionRecord[],
  now: Date,
): Promise<readonly WrittenRecord[]> {
  const userIdOf = await identifyUsers(sql, records, now);
  const columns = COLUMNS.map(({ value }) => records.map((record) => value(record, userIdOf(record))));
  const chunks: Buffer[] = [];
  const places: (number | null)[][] = BYTE_COLUMNS.flatMap(() => [[], []]);
  let end = 0;
  for (const record of records)
    bytesOf(record).forEach((bytes, column) => {
      places[2 * column]!.push(end + 1);
      places[2 * column + 1]!.push(bytes?.length ?? null);
      if (bytes === null) return;
      chunks.push(bytes);
      end += bytes.length;
    });
  const rows = await sql.query<{ readonly id: Uuid }>(INSERT, [Buffer.concat(chunks), ...columns, ...places]);
  const inserted = new Set(rows.map(({ id }) => id));
  // `delete` so that a record offered twice in one batch counts once.
  return records
    .filter(({ id }) => inserted.delete(id))
    .map((record) => ({ record, userId: userIdOf(record) }));
}

/** The rows of `user_identity` of the users, made where they are missing and held until the transaction ends. */
async function identifyUsers(
  sql: Sql,
  records: readonly ExecutionRecord[],
  now: Date,
): Promise<(record: ExecutionRecord) => Uuid | null> {
  const users = new Map<string, Map<string, Uuid | null>>();
  for (const { namespace, user } of records) {
    if (user === null) continue;
    const known = users.get(namespace) ?? new Map<string, Uuid | null>();
    users.set(namespace, known.set(user, null));
  }
  for (const [namespace, known] of [...users].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await findUsers(sql, namespace, known);
    const missing = [...known].filter(([, id]) => id === null).map(([user]) => user);
    if (missing.length === 0) continue;
    await sql.query(
      `insert into user_identity (id, namespace, external_id)
       select id, $1, external_id from unnest($2::uuid[], $3::text[]) as given(id, external_id)
       order by external_id collate "C" on conflict (namespace, external_id) do nothing`,
      [namespace, missing.map(() => uuidV7(now)), missing],
    );
    await findUsers(sql, namespace, known);
  }
  return ({ namespace, user }) => (user === null ? null : (users.get(namespace)?.get(user) ?? null));
}

async function findUsers(sql: Sql, namespace: string, known: Map<string, Uuid | null>): Promise<void> {
  const rows = await sql.query<{ readonly id: Uuid; readonly external_id: string }>(
    `select id, external_id from user_identity where namespace = $1 and external_id = any($2::text[])
     order by external_id for key share`,
    [namespace, [...known.keys()]],
  );
  for (const { id, external_id: user } of rows) known.set(user, id);
}

async function insertImpressions(
  sql: Sql,
  impressions: readonly IdentifiedImpression[],
): Promise<readonly Impression[]> {
  const rows = await sql.query<{ readonly id: Uuid }>(
    `insert into impression (id, execution_id, from_rank, to_rank, at)
     select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[])
     on conflict do nothing returning id`,
    [
      impressions.map(({ id }) => id),
      impressions.map(({ executionId }) => executionId),
      impressions.map(({ from }) => from),
      impressions.map(({ to }) => to),
      impressions.map(({ at }) => at.toISOString()),
    ],
  );
  const inserted = new Set(rows.map(({ id }) => id));
  return impressions.filter(({ id }) => inserted.has(id));
}
