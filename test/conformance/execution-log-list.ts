import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ReweighError } from '../../src/engine/errors.ts';
import { madeRecord } from '../support/execution-records.ts';
import { uuidV7, type Uuid } from '../../src/engine/ids.ts';
import type { ExecutionFilter, ExecutionLog } from '../../src/engine/execution/execution-log.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Faults } from '../support/failing-sql.ts';
import type { LogWorld } from './execution-log.ts';

const ANY: ExecutionFilter = { retrieverId: null, user: null, session: null, since: null, until: null };
const START = 1_790_000_000_000;
const OTHER_RETRIEVER = '01900000-0000-7000-8000-000000000002' as Uuid;

/** Twenty records, a second apart, alternating in who and where; returned oldest first. */
async function twenty(log: ExecutionLog, namespace: string): Promise<readonly ExecutionRecord[]> {
  const records = Array.from({ length: 20 }, (_, index) => {
    const servedAt = new Date(START + index * 1_000);
    return madeRecord({
      id: uuidV7(servedAt),
      namespace,
      servedAt,
      user: index % 2 === 0 ? `o'"user` : null,
      session: `session ${index % 3}`,
      ...(index % 5 === 0 ? { retrieverId: OTHER_RETRIEVER } : {}),
    });
  });
  for (const record of records) log.offer(record, null);
  await log.flush();
  return records;
}

/** All pages of `size`, one after the other. */
async function readAll(
  log: ExecutionLog,
  namespace: string,
  how: { readonly filter: Partial<ExecutionFilter>; readonly size: number },
): Promise<readonly ExecutionRecord[]> {
  const read: ExecutionRecord[] = [];
  for (let after: string | null = null; ;) {
    const request = { first: how.size, after, count: true };
    const page = await log.list(namespace, { ...ANY, ...how.filter }, request);
    read.push(...page.rows.map(({ value }) => value));
    if (!page.hasNextPage) {
      expect(page.total).toBe(read.length);
      return read;
    }
    after = page.rows.at(-1)!.key;
  }
}

/** Order, pages, filters and counts of `ExecutionLog.list`. */
export function executionLogListLaws(world: () => LogWorld): void {
  test('pages come newest first, without gap or repetition, and hold whole records', async () => {
    const [log, namespace] = [world().log(), randomUUID()];
    const records = await twenty(log, namespace);
    for (const size of [1, 7, 20]) {
      const read = await readAll(log, namespace, { filter: {}, size });
      expect(read).toEqual([...records].reverse());
    }
  });

  test.each<readonly [string, Partial<ExecutionFilter>, (index: number) => boolean]>([
    ['retriever', { retrieverId: OTHER_RETRIEVER }, (index) => index % 5 === 0],
    ['user', { user: `o'"user` }, (index) => index % 2 === 0],
    ['user nobody knows', { user: 'nobody' }, () => false],
    ['session', { session: 'session 1' }, (index) => index % 3 === 1],
    ['since (inclusive)', { since: new Date(START + 5_000) }, (index) => index >= 5],
    ['until (exclusive)', { until: new Date(START + 5_000) }, (index) => index < 5],
    [
      'all together',
      {
        retrieverId: OTHER_RETRIEVER,
        user: `o'"user`,
        session: 'session 1',
        since: new Date(START),
        until: new Date(START + 20_000),
      },
      (index) => index % 30 === 10,
    ],
  ])('filters by %s', async (_, filter, passes) => {
    const [log, namespace] = [world().log(), randomUUID()];
    const records = await twenty(log, namespace);
    const expected = records.filter((__, index) => passes(index)).reverse();
    const read = await readAll(log, namespace, { filter, size: 3 });
    expect(read.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  test('lists durable records only, and counts only when asked', async () => {
    const faults: Faults = {
      before: (text) => {
        if (text.includes('insert into')) throw new ReweighError('STORE_UNAVAILABLE', 'not yet');
      },
    };
    const [log, namespace] = [world().log({ faults }), randomUUID()];
    log.offer(madeRecord({ namespace }), null);
    const page = await log.list(namespace, ANY, { first: 10, after: null, count: false });
    expect(page).toEqual({ rows: [], hasNextPage: false, total: null });
    delete faults.before;
    await log.flush();
    expect((await log.list(namespace, ANY, { first: 10, after: null, count: false })).rows).toHaveLength(1);
  });
}
