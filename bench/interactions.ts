/**
 * Durable interactions with exact counters, at the store's port.
 *   node bench/interactions.ts [--executions 4000] [--interactions 20000] [--users 1000] [--paced 3000]
 * On PostgreSQL 18 from npm, with fsync, and on the embedded database.
 * Prints interactions per second with 2,000 at a time on their way, then acknowledgement times at a steady pace.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectDatabase, type Database } from '../src/store/database.ts';
import { npmPostgres, startPostgres } from '../test/support/database-postgres.ts';
import { openEmbeddedDatabase } from '../src/store/embedded-database.ts';
import {
  addRetriever,
  aDraft,
  aRecord,
  onHit,
  serve,
  startInstance,
} from '../test/support/learning-world.ts';
import { seededRandom } from '../src/engine/random.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import type { ExecutionRecord } from '../src/engine/execution/record.ts';
import type { Instance } from '../test/support/learning-world.ts';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '4000' },
    interactions: { type: 'string', default: '20000' },
    users: { type: 'string', default: '1000' },
    paced: { type: 'string', default: '3000' },
  },
});
const SETTINGS = { poolSize: 5, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 };
/** Interactions on their way at once while the rate is measured. */
const AT_ONCE = 2_000;

async function measure(name: string, database: Database): Promise<void> {
  const instance = startInstance(database.sql);
  const retrieverId = await addRetriever(database.sql);
  const records = Array.from({ length: Number(values.executions) }, (_, index) =>
    aRecord({
      retrieverId,
      seed: `${index}`,
      hits: 25,
      user: `user ${index % Number(values.users)}`,
      segment: [`segment ${index % 20}`],
    }),
  );
  const logging = performance.now();
  for (let at = 0; at < records.length; at += 1_000) await serve(instance, records.slice(at, at + 1_000));
  const logged = (1_000 * records.length) / (performance.now() - logging);
  const rate = await fullSpeed(instance, records);
  const third = Math.min(Math.round(rate / 3), Number(values.paced));
  const times = await paced(instance, records, third);
  const at = (share: number): string => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
  console.log(
    `${name}: ${Math.round(rate)} interactions/s; at ${third}/s acknowledged in p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
      `pages logged and counted ${Math.round(logged)}/s`,
  );
}

/** Every interaction on another hit, three counters each: everybody, segment, user. */
async function fullSpeed(instance: Instance, records: readonly ExecutionRecord[]): Promise<number> {
  const count = Number(values.interactions);
  const start = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const record = records[index % records.length]!;
      const rank = 1 + (Math.floor(index / records.length) % 10);
      await instance.interactions.record(aDraft(onHit(record, rank, 1)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return (1_000 * count) / (performance.now() - start);
}

/** Milliseconds to the acknowledgement, sorted. */
async function paced(
  instance: Instance,
  records: readonly ExecutionRecord[],
  perSecond: number,
): Promise<readonly number[]> {
  const random = seededRandom('paced');
  const times: number[] = [];
  const waiting: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < 3 * perSecond;) {
    const due = Math.min(((performance.now() - start) * perSecond) / 1_000, 3 * perSecond);
    for (; sent < due; sent += 1) {
      const record = records[Math.floor(random.next() * records.length)]!;
      const began = performance.now();
      const draft = aDraft(onHit(record, 1 + Math.floor(random.next() * 10), 2));
      waiting.push(
        instance.interactions.record(draft).then(() => {
          times.push(performance.now() - began);
        }),
      );
    }
    await systemClock.delay(1);
  }
  await Promise.all(waiting);
  return times.sort((a, b) => a - b);
}

const server = await startPostgres(await npmPostgres(), []);
try {
  const target = { host: server.folder, port: 5432, user: 'postgres', database: 'postgres' };
  const database = await connectDatabase(target, SETTINGS);
  await measure('PostgreSQL 18', database);
  await database.close();
} finally {
  await server.stop();
}
const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
const embedded = await openEmbeddedDatabase(join(folder, 'data'), SETTINGS);
await measure('embedded', embedded);
await embedded.close();
rmSync(folder, { recursive: true, force: true });
