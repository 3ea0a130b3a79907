import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { connectDatabase } from '../../src/store/database.ts';
import { ensureBuilt, startProcess, temporaryFolder } from '../support/process.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { until } from '../support/server.ts';

const SETTINGS = { poolSize: 2, statementTimeoutMs: 30_000, connectTimeoutMs: 30_000 };
/** An address of this machine alone, so that no other server of the tests has its port. */
const ADDRESS = `127.77.${process.pid % 250}.${(process.pid >> 8) % 250}`;

describe('a PostgreSQL at start', () => {
  const keys = temporaryFolder();
  let server: PostgresServer;
  const urlOf = (database: string, query = ''): string =>
    `postgresql://postgres@${ADDRESS}:5432/${database}${query}`;
  /** A certificate that vouches for itself. The driver takes the name localhost for any address in numbers. */
  const makeCertificate = (name: string): string => {
    const path = join(keys.path, name);
    const made = spawnSync(
      'openssl',
      // prettier-ignore
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=reweigh-test',
        '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${path}.key`, '-out', `${path}.crt`],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`openssl failed: ${made.error?.message ?? made.stderr}`);
    return path;
  };
  beforeAll(async () => {
    await ensureBuilt();
    server = await startPostgres(await npmPostgres(), [`listen_addresses=${ADDRESS}`, 'fsync=off']);
  });
  afterAll(async () => {
    await server.stop();
    keys.remove();
  });

  test('that is older than 15 is refused with both versions, before anything is changed in it', async () => {
    const admin = await connectDatabase({ url: urlOf('postgres') }, SETTINGS);
    await admin.sql.query('create database old');
    await admin.close();
    const old = await connectDatabase({ url: urlOf('old') }, SETTINGS);
    await old.sql.query('drop schema public cascade');
    await old.sql.query('create schema public');
    // Stands before the real function on the path of this database: it is 14.9 to whoever asks.
    await old.sql.query(`create function public.current_setting(name text) returns text language sql as $$
      select case name when 'server_version_num' then '140009' when 'server_version' then '14.9'
        else pg_catalog.current_setting(name) end $$`);
    await old.sql.query('alter database old set search_path = public, pg_catalog');
    await old.close();
    const started = startProcess({ DATABASE_URL: urlOf('old') });
    await expect(started.ready).rejects.toThrow();
    expect(await started.ended).toBe(1);
    expect(started.output.err).toMatch(
      /^DATABASE_TOO_OLD: expected PostgreSQL 15 or newer, the database is PostgreSQL 14\.9\n/,
    );
    expect(started.output.out).toBe('');
    const tables = spawnSync(
      join(await npmPostgres(), 'psql'),
      [
        '-h',
        server.folder,
        '-U',
        'postgres',
        'old',
        '-Atc',
        'select count(*) from pg_tables where schemaname = $$public$$',
      ],
      { encoding: 'utf8' },
    );
    if (tables.error === undefined) expect(tables.stdout.trim()).toBe('0');
  });

  test('is spoken to as DATABASE_URL says about TLS, and a certificate of somebody else is refused', async () => {
    const [good, other] = [makeCertificate('good'), makeCertificate('other')];
    const owner = statSync(server.folder);
    for (const file of [`${good}.key`, `${good}.crt`]) chownSync(file, owner.uid, owner.gid);
    chownSync(keys.path, owner.uid, owner.gid);
    const admin = await connectDatabase({ url: urlOf('postgres') }, SETTINGS);
    const encrypted = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
    expect(await admin.sql.query(encrypted)).toEqual([{ ssl: false }]);
    const refused = connectDatabase({ url: urlOf('postgres', '?sslmode=verify-full') }, SETTINGS);
    await expect(refused).rejects.toThrow(/SSL/);
    for (const [name, value] of [
      ['ssl_cert_file', `${good}.crt`],
      ['ssl_key_file', `${good}.key`],
      ['ssl', 'on'],
    ])
      await admin.sql.query(`alter system set ${name} = '${value}'`);
    await admin.sql.query('select pg_reload_conf()');
    await admin.close();
    const withAuthority = (file: string): string =>
      urlOf('postgres', `?sslmode=verify-full&sslrootcert=${encodeURIComponent(`${file}.crt`)}`);
    const database = await connectUntilEncrypted(withAuthority(good));
    expect(await database.sql.query(encrypted)).toEqual([{ ssl: true }]);
    await database.close();
    await expect(connectDatabase({ url: withAuthority(other) }, SETTINGS)).rejects.toThrow(/certificate/);
  });

  /** The server reads its configuration again a moment after it was told to. */
  const connectUntilEncrypted = async (url: string): ReturnType<typeof connectDatabase> => {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await connectDatabase({ url }, SETTINGS);
      } catch (error) {
        if (attempt === 600 || !/SSL/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  };

  test('that is up to date is left alone, though another instance may be changing tables', async () => {
    const first = await connectDatabase({ url: urlOf('postgres') }, SETTINGS);
    // What an instance holds while it changes tables.
    await first.sql.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock(727110391)');
      const second = await connectDatabase({ url: urlOf('postgres') }, SETTINGS);
      await second.close();
    });
    await first.close();
  });

  test('opens no more connections than it was told', async () => {
    const database = await connectDatabase({ url: urlOf('postgres') }, SETTINGS);
    const release = Promise.withResolvers<void>();
    let working = 0;
    const all = Array.from({ length: 6 }, () =>
      database.sql.transaction(async (sql) => {
        await sql.query('select 1');
        working += 1;
        await release.promise;
      }),
    );
    await until(() => working === 2);
    expect(database.pool()).toEqual({ used: 2, idle: 0, waiting: 4, limit: 2 });
    release.resolve();
    await Promise.all(all);
    expect(database.pool()).toEqual({ used: 0, idle: 2, waiting: 0, limit: 2 });
    await database.close();
  });
});
