import { processorTime } from '../support/processor.ts';
import { quantile } from '../support/statistics.ts';
import {
  addRetriever,
  aDraft,
  aRecord,
  onHit,
  serve,
  startInstance,
  type Instance,
} from '../../test/support/learning-world.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { Uuid } from '../../src/engine/ids.ts';

export interface StoreWish {
  readonly executions: number;
  readonly interactions: number;
  readonly users: number;
}

/** Interactions on their way at once while the rate is measured. */
const AT_ONCE = 2_000;
/** Seconds at a steady pace. */
const PACED_SECONDS = 3;

/** Measures at the store's port, and prints. */
export async function measureStore(name: string, sql: Sql, wish: StoreWish): Promise<void> {
  const here = startInstance(sql);
  const retrieverId = await addRetriever(sql);
  const records = inventRecords(retrieverId, wish);
  const logging = performance.now();
  for (let at = 0; at < records.length; at += 1_000) await serve(here, records.slice(at, at + 1_000));
  const logged = perSecond(records.length, logging);
  const load = { records, from: 0, count: wish.interactions };
  const before = processorTime().all;
  const rate = await fullSpeed(here, load);
  const processor = (processorTime().all - before) / wish.interactions;
  const elsewhere = await fullSpeed(startInstance(sql), { ...load, from: wish.interactions });
  const third = Math.round(rate / 3);
  const times = await paced(here, records, third);
  const rebuilding = performance.now();
  await here.counters.startRebuild(retrieverId, 0, new Date());
  for (let running = true; running;)
    running = (await here.counters.continueRebuild(retrieverId, new Date()))?.state === 'RUNNING';
  const rebuilt = perSecond(records.length, rebuilding);
  console.log(`${name}, at the store's port:
  ${rate} interactions/s on pages this instance served, ${elsewhere}/s on pages another one served
  ${processor.toFixed(0)} µs of this process's processor time per interaction on pages served here
  at ${third}/s acknowledged in p50 ${ms(times, 0.5)}, p99 ${ms(times, 0.99)}
  pages logged and counted ${logged}/s; counters rebuilt from ${rebuilt} executions/s`);
}

/** Users and 20 segments recur; three counters each: everybody, segment, user. */
function inventRecords(retrieverId: Uuid, { executions, users }: StoreWish): readonly ExecutionRecord[] {
  return Array.from({ length: executions }, (_, index) =>
    aRecord({
      retrieverId,
      seed: `${index}`,
      hits: 25,
      user: `user ${index % users}`,
      segment: [`segment ${index % 20}`],
    }),
  );
}

interface Load {
  readonly records: readonly ExecutionRecord[];
  readonly from: number;
  readonly count: number;
}

/** Interactions per second, every one on a hit that was shown and not yet clicked. */
async function fullSpeed(instance: Instance, { records, from, count }: Load): Promise<number> {
  const start = performance.now();
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const index = next++;
      const record = records[index % records.length]!;
      const rank = 1 + (Math.floor(index / records.length) % 10);
      await instance.interactions.record(aDraft(onHit(record, rank, 1)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return perSecond(count, start);
}

/** Milliseconds to the acknowledgement. */
async function paced(
  instance: Instance,
  records: readonly ExecutionRecord[],
  rate: number,
): Promise<readonly number[]> {
  const random = seededRandom('paced');
  const times: number[] = [];
  const waiting: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < PACED_SECONDS * rate;) {
    const due = Math.min(((performance.now() - start) * rate) / 1_000, PACED_SECONDS * rate);
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
  return times;
}

const perSecond = (count: number, since: number): number =>
  Math.round((1_000 * count) / (performance.now() - since));
export const ms = (times: readonly number[], share: number): string =>
  `${quantile(times, share).toFixed(1)} ms`;
