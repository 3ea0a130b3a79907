import { ReweighError } from '../engine/errors.ts';
import type { Sql } from './sql.ts';

const OLDEST_MAJOR = 15;

/** Throws DATABASE_TOO_OLD, with both versions named, for a server before PostgreSQL 15. */
export async function refuseOlder(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ readonly number: string; readonly version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  const major = Math.trunc(Number(row?.number) / 10_000);
  if (major >= OLDEST_MAJOR) return;
  throw new ReweighError(
    'DATABASE_TOO_OLD',
    `expected PostgreSQL ${OLDEST_MAJOR} or newer, the database is PostgreSQL ${row?.version}`,
  );
}
