import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { addLibrary, addRetriever, TASTE, TITLE } from './library.ts';
import { httpApi } from './http-api.ts';
import { scrape, valueOf } from './metrics.ts';
import { startProcess, type ServerProcess } from './process.ts';
import type { PostgresServer } from './database-postgres.ts';

/** Two searches over the library, learned, so that weights move with the first click. */
export const LEARNED_SPEC = {
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT', required: true },
    { name: 'taste', type: 'VECTOR', required: true },
  ],
  searches: [
    { feature: TITLE, input: '{{INPUT.query}}' },
    { feature: TASTE, input: '{{INPUT.taste}}' },
  ],
  fusion: { strategy: 'LEARNED', normalization: 'SIMILARITY' },
};
export const EXECUTE = `query ($retriever: String!, $learn: Boolean) { execute(retriever: $retriever, learn: $learn,
  inputs: [{ name: "query", text: "sea" }, { name: "taste", vector: [1, 0] }]) {
  id version level weights { weight } notices { code } degradations { code } hits { nodes { id } } } }`;
export const RECORD = `mutation ($input: RecordInteractionsInput!) { recordInteractions(input: $input) {
  recorded refused results { status faults { code } } } }`;

export interface Served {
  readonly id: string;
  readonly version: number;
  readonly level: string;
  readonly weights: readonly { readonly weight: number }[];
  readonly notices: readonly { readonly code: string }[];
  readonly degradations: readonly { readonly code: string }[];
  readonly hits: { readonly nodes: readonly { readonly id: string }[] };
}

/** An empty database of this server, by its URL through the socket, or through a proxy on a port of this machine. */
export async function freshDatabase(server: PostgresServer): Promise<(port?: number) => string> {
  const name = `reweigh_test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ host: server.folder, user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return (port) =>
    port === undefined
      ? `postgresql://postgres@localhost/${name}?host=${encodeURIComponent(server.folder)}`
      : `postgresql://postgres@127.0.0.1:${port}/${name}`;
}

/** The one number, named count, that a statement gives in this database. */
export async function countIn(databaseUrl: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(statement);
  await client.end();
  return rows[0]!.count;
}

/** An instance of the server in production form, as far as the database goes. */
export function startInstanceOn(
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {},
): ServerProcess {
  return startProcess({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', ...environment });
}

export async function stopInstance({ child, ended }: ServerProcess): Promise<number | null> {
  child.kill('SIGTERM');
  return ended;
}

/** The library and a learned retriever `shop` over it. */
export async function addShop(url: string): Promise<void> {
  const api = httpApi(url);
  await addLibrary(api, 'books');
  await addRetriever(api, 'shop', LEARNED_SPEC);
}

/** Takes away what `addShop` made, and its index where there is one. */
export async function removeShop(url: string): Promise<void> {
  for (const field of [
    'deleteRetriever(input: { retriever: "shop" })',
    'deleteCollection(input: { collection: "books" })',
  ])
    await httpApi(url).ask(`mutation { ${field} { userErrors { code } } }`);
}

export async function executeOn(url: string, variables: object = {}): Promise<Served> {
  const answer = await httpApi(url).ask<{ readonly execute: Served }>(EXECUTE, {
    retriever: 'shop',
    ...variables,
  });
  return answer.execute;
}

const LONGEST_STALE = 60_000;

/**
 * A page that owes nothing to what was remembered too long: an instance that cannot ask its database in half a second
 * says so and serves from memory, which a busy machine may bring about at any moment.
 */
export async function executeFreshly(url: string, variables: object = {}): Promise<Served> {
  const end = performance.now() + LONGEST_STALE;
  for (;;) {
    const served = await executeOn(url, variables);
    const codes = served.notices.map(({ code }) => code);
    if (!codes.some((code) => code.startsWith('STALE_'))) return served;
    if (performance.now() > end) throw new Error(`it still serves with ${codes.join()}`);
  }
}

/** Waits until every execution that the instance has answered is in the log. */
export async function untilWritten(url: string): Promise<void> {
  while (valueOf(await scrape(url), 'reweigh_writer_pending{log="executions"}') > 0) await sleep(20);
}
