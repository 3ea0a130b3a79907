/**
 * Durable interactions with exact counters: everybody's, a segment's and a user's.
 *   node bench/interactions.ts [--executions 4000] [--interactions 20000] [--users 1000] [--graphql 20000]
 * On PostgreSQL 18 from npm, with fsync, and on the embedded database. At the store's port, with 2,000 interactions on
 * their way: the rate, acknowledgement times at a third of it, and how fast counters are summed again from the
 * records. Then through a server's recordInteractions. Aims: 8,000/s and 5,000/s at the port.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectDatabase } from '../src/store/database.ts';
import { ensureBuilt } from './support/built.ts';
import { freshDatabase } from '../test/support/production.ts';
import { helpOnRequest } from './support/help.ts';
import { measureGraphql } from './interactions/graphql.ts';
import { measureStore } from './interactions/store.ts';
import { npmPostgres, startPostgres } from '../scripts/postgres-server.ts';
import { openDemoDatabase } from './interactions/demo-database.ts';
import { openEmbeddedDatabase } from '../src/store/embedded-database.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '4000' },
    interactions: { type: 'string', default: '20000' },
    users: { type: 'string', default: '1000' },
    graphql: { type: 'string', default: '20000' },
  },
});
const wish = {
  executions: Number(values.executions),
  interactions: Number(values.interactions),
  users: Number(values.users),
};
const SETTINGS = { poolSize: 5, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 };

async function onPostgres(): Promise<void> {
  const server = await startPostgres(await npmPostgres(), []);
  try {
    const database = await connectDatabase({ url: (await freshDatabase(server))() }, SETTINGS);
    await measureStore('PostgreSQL 18', database.sql, wish);
    await database.close();
    const url = (await freshDatabase(server))();
    await (await openDemoDatabase(url)).close();
    await measureGraphql('PostgreSQL 18', { DATABASE_URL: url }, Number(values.graphql));
  } finally {
    await server.stop();
  }
}

async function embedded(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
  const database = await openEmbeddedDatabase(join(folder, 'data'), SETTINGS);
  await measureStore('embedded', database.sql, wish);
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  await measureGraphql('embedded', {}, Number(values.graphql));
}

ensureBuilt();
await onPostgres();
await embedded();
