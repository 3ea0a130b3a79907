import { rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import { connectDatabase, type Database, type DatabaseSettings } from '../../src/store/database.ts';
import {
  describeUnlessMissing,
  POSTGRES_VERSIONS,
  startPostgres,
  type PostgresServer,
} from './database-postgres.ts';
import { freshDataDir } from './database-embedded.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';

export const TEST_SETTINGS: DatabaseSettings = {
  poolSize: 5,
  statementTimeoutMs: 20_000,
  connectTimeoutMs: 20_000,
};

/** A kind of database that the tests can bring up. */
export interface TestDatabases {
  readonly name: string;
  /** Why it cannot be had here; null where it can. */
  readonly missing: string | null;
  /** A new, empty, migrated database. It goes when the test file ends. */
  open(): Promise<OpenDatabase>;
}

export interface OpenDatabase {
  readonly database: Database;
  /** Another connection to the same database, as another instance has it; null where there can be only one. */
  readonly another: (() => Promise<Database>) | null;
}

/**
 * The databases that every store is tested on: PGlite, and `DATABASE_URL` if given, else PostgreSQL 18 from npm and
 * PostgreSQL 15 from Debian. Servers start when they are first needed and stop when the test file ends.
 */
export function databases(): readonly TestDatabases[] {
  const cleanups: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const embedded = { name: 'PGlite', missing: null, open: () => openEmbedded(cleanups) };
  const url = process.env['DATABASE_URL'];
  if (url !== undefined)
    return [
      embedded,
      { name: 'DATABASE_URL', missing: null, open: () => openOn({ connectionString: url }, cleanups) },
    ];
  return [
    embedded,
    ...POSTGRES_VERSIONS.map(({ name, missing, programs }) => ({
      name,
      missing,
      open: serverOf(programs, cleanups),
    })),
  ];
}

/** One `describe` per database. What cannot be had is skipped with its reason, and fails where CI=true. */
export function describeDatabases(title: string, suite: (databases: TestDatabases) => void): void {
  for (const kind of databases()) describeUnlessMissing(`${title}: ${kind.name}`, kind, suite);
}

type Cleanups = (() => Promise<void>)[];

async function openEmbedded(cleanups: Cleanups): Promise<OpenDatabase> {
  const folder = await freshDataDir();
  const database = await openEmbeddedDatabase(folder, TEST_SETTINGS);
  cleanups.push(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { database, another: null };
}

function serverOf(programs: () => Promise<string>, cleanups: Cleanups): () => Promise<OpenDatabase> {
  let started: Promise<PostgresServer> | null = null;
  return async () => {
    started ??= programs()
      .then((folder) => startPostgres(folder))
      .then((server) => {
        cleanups.unshift(() => server.stop());
        return server;
      });
    return openOn({ host: (await started).folder, user: 'postgres', database: 'postgres' }, cleanups);
  };
}

async function openOn(server: pg.ClientConfig, cleanups: Cleanups): Promise<OpenDatabase> {
  const name = `reweigh_test_${randomBytes(6).toString('hex')}`;
  await administer(server, `create database ${name}`);
  const opened: Database[] = [];
  const open = async (): Promise<Database> => {
    const database = await connectDatabase(targetOf(server, name), TEST_SETTINGS);
    opened.push(database);
    return database;
  };
  cleanups.push(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await administer(server, `drop database ${name} with (force)`);
  });
  return { database: await open(), another: open };
}

function targetOf(server: pg.ClientConfig, database: string): Parameters<typeof connectDatabase>[0] {
  if (server.connectionString === undefined)
    return { host: server.host!, port: 5432, user: server.user!, database };
  const url = new URL(server.connectionString);
  url.pathname = join('/', database);
  return { url: url.href };
}

async function administer(server: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query(statement);
  await client.end();
}
