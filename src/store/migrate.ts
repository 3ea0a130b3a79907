import { setTimeout as sleep } from 'node:timers/promises';
import { ReweighError } from '../engine/errors.ts';
import { MIGRATIONS } from '../entities/migrations/index.ts';
import { sqlOver } from './orm-sql.ts';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';

/**
 * Brings the tables up to date; where they are, that is one statement. Several instances may do so at once: one works,
 * the others wait for it.
 * The migrator looks for its own table outside of the transaction it is given, so that table is made first, under
 * the lock too, and the migrator is opened before the transaction begins: an embedded database has one session.
 */
export async function migrate(orm: MikroORM): Promise<void> {
  if (await isUpToDate(orm)) return;
  await locked(orm, async (em) => {
    await sqlOver(() => em).query(
      'create table if not exists mikro_orm_migrations' +
        ' (id serial primary key, name varchar(255) not null, executed_at timestamptz not null default now())',
    );
  });
  if ((await orm.migrator.getPending()).length === 0) return;
  await locked(orm, async (em) => {
    const transaction = em.getTransactionContext();
    await orm.migrator.up(transaction === undefined ? {} : { transaction });
  });
}

const UNDEFINED_TABLE = '42P01';

async function isUpToDate(orm: MikroORM): Promise<boolean> {
  try {
    const done = await sqlOver(() => orm.em.fork()).query<{ readonly name: string }>(
      'select name from mikro_orm_migrations',
    );
    const names = new Set(done.map(({ name }) => name));
    return MIGRATIONS.every(({ name }) => names.has(name));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === UNDEFINED_TABLE) return false;
    throw error;
  }
}

/** Any number; the same in every instance. */
const LOCK = 727_110_391;
const WAIT_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 50;

/** Looks again rather than waits in the database, where the time limit of a statement would cut the wait short. */
async function locked(orm: MikroORM, work: (em: EntityManager) => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < WAIT_MILLISECONDS / POLL_MILLISECONDS; attempt += 1) {
    const done = await orm.em.fork().transactional(async (em) => {
      const sql = sqlOver(() => em as EntityManager);
      const [row] = await sql.query<{ readonly locked: boolean }>(
        'select pg_try_advisory_xact_lock($1) as locked',
        [LOCK],
      );
      if (row?.locked === true) await work(em as EntityManager);
      return row?.locked === true;
    });
    if (done) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new ReweighError('STORE_UNAVAILABLE', 'another instance has been changing the tables for a minute');
}
