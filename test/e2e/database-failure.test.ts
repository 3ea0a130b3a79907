import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, type DatabaseTarget } from '../../src/store/database.ts';
import { freshDataDir } from '../support/database-embedded.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { PostgresCatalogStore } from '../../src/engine/collection/postgres-catalog-store.ts';
import { startPglite } from '../../src/store/pglite-thread.ts';

const SETTINGS = { poolSize: 3, statementTimeoutMs: 1_000, connectTimeoutMs: 1_000 };
/** Where the limits are not what is tested. */
const PATIENT = { poolSize: 3, statementTimeoutMs: 30_000, connectTimeoutMs: 30_000 };
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
/** A transaction waits for a connection, a statement and its rollback; the rest is the load of the machine. */
const DEADLINE_MILLISECONDS = 20_000;

const signal = (server: PostgresServer, name: 'STOP' | 'CONT'): void => {
  const pid = String(server.process.pid);
  const children = spawnSync('pgrep', ['-P', pid], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  for (const process of [pid, ...children]) spawnSync('kill', [`-${name}`, process]);
};

const transaction = (database: Database): Promise<unknown> =>
  database.sql.transaction((sql) => sql.query('insert into lost values (2)'));

const calls = (database: Database): readonly Promise<unknown>[] => [
  database.check(),
  database.sql.query('insert into lost values (1)'),
  transaction(database),
  new PostgresCatalogStore(database).collectionByName('default', 'films'),
  new PostgresCatalogStore(database).retrieversUsing('default', 'films'),
];

describe('a PostgreSQL that fails', () => {
  let server: PostgresServer;
  let target: DatabaseTarget;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres(await npmPostgres());
    target = { host: server.folder, port: 5432, user: 'postgres', database: 'postgres' };
    const first = await connectDatabase(target, PATIENT);
    await first.sql.query('create table lost (n int)');
    await first.close();
    database = await connectDatabase(target, SETTINGS);
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  test('cuts a statement that takes too long, retryably', async () => {
    await expect(database.sql.query('select pg_sleep(30)')).rejects.toMatchObject(UNAVAILABLE);
    await database.check();
  });

  test('passes other faults on as they are', async () => {
    await expect(database.sql.query('select 1/0')).rejects.toMatchObject({ code: '22012' });
    await expect(database.sql.query('select nothing')).rejects.not.toMatchObject(UNAVAILABLE);
  });

  test('refuses retryably when every connection is in use for too long', async () => {
    let over = false;
    const hold = (): { readonly entered: Promise<void>; readonly done: Promise<void> } => {
      const entered = Promise.withResolvers<void>();
      const done = database.sql.transaction(async (sql) => {
        await sql.query('select 1');
        entered.resolve();
        while (!over) await sql.query('select pg_sleep(0.05)');
      });
      return { entered: entered.promise, done };
    };
    const all = Array.from({ length: SETTINGS.poolSize }, hold);
    await Promise.all(all.map(({ entered }) => entered));
    await expect(database.check()).rejects.toMatchObject(UNAVAILABLE);
    over = true;
    await Promise.all(all.map(({ done }) => done));
    await database.check();
  });

  test('that is paused is refused retryably within the deadline, in and out of transactions, and is used again when it goes on', async () => {
    await Promise.all(calls(database).map((call) => call.catch(() => undefined)));
    await database.sql.query('truncate lost');
    const entered = Promise.withResolvers<void>();
    const paused = Promise.withResolvers<void>();
    const halfWay = database.sql.transaction(async (sql) => {
      await sql.query('insert into lost values (3)');
      entered.resolve();
      await paused.promise;
      await sql.query('insert into lost values (4)');
    });
    await entered.promise;
    signal(server, 'STOP');
    const start = performance.now();
    paused.resolve();
    const refused = [halfWay, ...calls(database)].map((call) =>
      expect(call).rejects.toMatchObject(UNAVAILABLE),
    );
    await Promise.all(refused);
    expect(performance.now() - start).toBeLessThan(DEADLINE_MILLISECONDS);
    signal(server, 'CONT');
    await database.check();
    // No place in the pool was lost, however often that happens.
    for (let round = 0; round < 2; round += 1) {
      signal(server, 'STOP');
      const begun = Array.from({ length: SETTINGS.poolSize }, () => transaction(database));
      await Promise.all(begun.map((call) => expect(call).rejects.toMatchObject(UNAVAILABLE)));
      signal(server, 'CONT');
    }
    await Promise.all(
      Array.from({ length: SETTINGS.poolSize }, () => database.sql.query('select pg_sleep(0.2)')),
    );
    // No connection came back inside somebody's transaction, and nothing of a refused transaction was kept.
    for (let call = 0; call < 6; call += 1)
      await Promise.all(
        Array.from({ length: SETTINGS.poolSize }, () => database.sql.query('insert into lost values (9)')),
      );
    const other = await connectDatabase(target, PATIENT);
    const rows = await other.sql.query(
      'select n, count(*)::int as times from lost where n in (3, 4, 9) group by n',
    );
    await other.close();
    expect(rows).toEqual([{ n: 9, times: 6 * SETTINGS.poolSize }]);
  });

  test('that drops its connections is used again through new ones', async () => {
    await database.sql
      .query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()')
      .catch(() => undefined);
    await expect(
      (async () => {
        for (let call = 0; call < 2 * SETTINGS.poolSize; call += 1)
          await database.check().catch(() => undefined);
        await database.check();
      })(),
    ).resolves.toBeUndefined();
  });

  test('that is not there is refused retryably at once', async () => {
    const nowhere = { ...target, host: '/nonexistent' };
    await expect(connectDatabase(nowhere, SETTINGS)).rejects.toMatchObject(UNAVAILABLE);
    const closedPort = { url: 'postgresql://postgres@127.0.0.1:1/postgres' };
    await expect(connectDatabase(closedPort, SETTINGS)).rejects.toMatchObject(UNAVAILABLE);
  });

  test('lets several instances bring one database up to date at once', async () => {
    await database.sql.query('create database fresh');
    const fresh = { ...target, database: 'fresh' } as DatabaseTarget;
    const instances = await Promise.all(Array.from({ length: 4 }, () => connectDatabase(fresh, PATIENT)));
    for (const instance of instances) await instance.sql.query('select count(*) from execution');
    const [{ twice }] = (await instances[0]!.sql.query(
      'select count(*)::int - count(distinct name)::int as twice from mikro_orm_migrations',
    )) as [{ twice: number }];
    expect(twice).toBe(0);
    await Promise.all(instances.map((instance) => instance.close()));
  });
});

describe('the embedded database', () => {
  test('refuses retryably, and never hangs, when its thread has died', async () => {
    const [folder, socket] = [await freshDataDir(), mkdtempSync(join(tmpdir(), 'reweigh-'))];
    const thread = await startPglite(folder, socket);
    const database = await connectDatabase(thread.target, PATIENT);
    const running = database.sql.transaction(async (sql) => {
      for (;;) await sql.query('select 1');
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await thread.kill();
    await expect(running).rejects.toMatchObject(UNAVAILABLE);
    await expect(database.check()).rejects.toMatchObject(UNAVAILABLE);
    await thread.close();
    await database.close();
    for (const path of [folder, socket]) rmSync(path, { recursive: true, force: true });
  });

  test('keeps statements of several connections apart, also when they come in many pieces', async () => {
    const [folder, socket] = [await freshDataDir(), mkdtempSync(join(tmpdir(), 'reweigh-'))];
    const thread = await startPglite(folder, socket);
    const database = await connectDatabase(thread.target, { ...PATIENT, poolSize: 5 });
    const large = 'x'.repeat(3_000_000);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0
          ? database.sql.query('select $1::int as n, $2::text as t, length($3::text) as l', [
              n,
              `t${n}`,
              large,
            ])
          : database.sql.query('select $2::int as n, $1::text as t, length($3::text) as l', [
              `t${n}`,
              n,
              large,
            ]),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => [{ n, t: `t${n}`, l: large.length }]));
    await database.close();
    await thread.close();
    for (const path of [folder, socket]) rmSync(path, { recursive: true, force: true });
  });
});
