import { CompiledQuery } from 'kysely';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow } from '../entities/tables.ts';
import { First } from '../entities/migrations/0001-first.ts';
import type { Sql } from './sql.ts';

export type DatabaseTarget =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export interface DatabaseSettings {
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

export interface Database {
  readonly orm: MikroORM;
  readonly sql: Sql;
  /** Rejects where the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Any number; the same in every instance. */
const MIGRATION_LOCK = 727_110_391;

/** Connects and brings the tables up to date; several instances may do so at once. */
export async function connectDatabase(target: DatabaseTarget, settings: DatabaseSettings): Promise<Database> {
  const orm = await MikroORM.init({
    ...('url' in target
      ? { clientUrl: target.url }
      : { host: target.host, port: target.port, user: target.user, dbName: target.database }),
    entities: [CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow],
    extensions: [Migrator],
    migrations: { migrationsList: [{ name: '0001-first', class: First }], snapshot: false, silent: true },
    pool: { min: 0, max: settings.poolSize },
    driverOptions: {
      connectionTimeoutMillis: settings.connectTimeoutMs,
      statement_timeout: settings.statementTimeoutMs,
    },
  });
  const sql = sqlOver(() => orm.em.fork());
  await orm.em.fork().transactional(async (em) => {
    await sqlOver(() => em as EntityManager).query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const transaction = em.getTransactionContext();
    await orm.migrator.up(transaction === undefined ? {} : { transaction });
  });
  return {
    orm,
    sql,
    check: async () => {
      await sql.query('select 1');
    },
    close: () => orm.close(true),
  };
}

function sqlOver(manager: () => EntityManager): Sql {
  return {
    query: async <Row>(text: string, params: readonly unknown[] = []) => {
      const compiled = CompiledQuery.raw(text, [...params]);
      return (await manager().getKysely().executeQuery(compiled)).rows as readonly Row[];
    },
    transaction: (work) => manager().transactional((em) => work(sqlOver(() => em as EntityManager))),
  };
}
