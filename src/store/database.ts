import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow } from '../entities/tables.ts';
import { MIGRATIONS } from '../entities/migrations/index.ts';
import { guardPool, stateOfPool, type PoolState } from './pool.ts';
import { migrate } from './migrate.ts';
import { sqlOver } from './orm-sql.ts';
import { reachStore } from './store-error.ts';
import { refuseOlder } from './server-version.ts';
import type { Pool } from 'pg';
import type { Sql } from './sql.ts';

export type DatabaseTarget =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export interface DatabaseSettings {
  readonly poolSize: number;
  /** Longest time a statement may take, at the server and as seen from here (a paused server does not cut it). */
  readonly statementTimeoutMs: number;
  /** Longest time to wait for a connection, whether a new one or one that others use. */
  readonly connectTimeoutMs: number;
}

export interface Database {
  readonly orm: MikroORM;
  readonly sql: Sql;
  /** Rejects where the database does not answer (STORE_UNAVAILABLE). */
  check(): Promise<void>;
  /** The connections at this moment; safe to pass on as a function. */
  readonly pool: () => PoolState;
  close(): Promise<void>;
}

/**
 * Connects and brings the tables up to date; several instances may do so at once. Throws DATABASE_TOO_OLD for a server
 * before PostgreSQL 15.
 */
export async function connectDatabase(target: DatabaseTarget, settings: DatabaseSettings): Promise<Database> {
  let pool: Pool | null = null;
  const orm = await openOrm(target, settings, (created) => {
    pool = created;
    guardPool(created);
  });
  const sql = sqlOver(() => orm.em.fork());
  try {
    await refuseOlder(sql);
    await reachStore(() => migrate(orm));
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  return {
    orm,
    sql,
    check: async () => {
      await sql.query('select 1');
    },
    pool: () => stateOfPool(pool!),
    close: () => orm.close(true),
  };
}

function openOrm(
  target: DatabaseTarget,
  settings: DatabaseSettings,
  onPoolCreated: (pool: Pool) => void,
): Promise<MikroORM> {
  return MikroORM.init({
    ...('url' in target
      ? { clientUrl: target.url }
      : { host: target.host, port: target.port, user: target.user, dbName: target.database }),
    entities: [CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow],
    extensions: [Migrator],
    migrations: { migrationsList: [...MIGRATIONS], snapshot: false, silent: true },
    pool: { min: 0, max: settings.poolSize },
    logger: () => undefined,
    driverOptions: {
      connectionTimeoutMillis: settings.connectTimeoutMs,
      statement_timeout: settings.statementTimeoutMs,
      query_timeout: settings.statementTimeoutMs,
      // The ORM itself takes only host, user and database from a URL, and drops what it says about TLS.
      ...('url' in target ? { connectionString: target.url } : {}),
      onPoolCreated,
    },
  });
}
