import { beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { executionLogFailureLaws } from './execution-log-failures.ts';
import { executionLogListLaws } from './execution-log-list.ts';
import { madeRecord } from '../support/execution-records.ts';
import { uuidV7 } from '../../src/engine/ids.ts';
import type { Clock } from '../../src/engine/clock.ts';
import type { ExecutionLog } from '../../src/engine/execution/execution-log.ts';
import type { Faults } from '../support/failing-sql.ts';
import type { GroupCommitLimits } from '../../src/engine/group-commit.ts';
import type { OnWritten } from '../../src/engine/execution/postgres-execution-write.ts';

export interface LogOptions {
  readonly faults?: Faults;
  readonly limits?: Partial<GroupCommitLimits>;
  readonly clock?: Clock;
  readonly onWritten?: OnWritten;
}

/** Opens logs on one set of records; `other` ones as another instance has them. */
export interface LogWorld {
  log(options?: LogOptions): ExecutionLog;
  other(options?: LogOptions): ExecutionLog;
}

/** 512 bytes, and what breaks quoting, arrays, JSON, collation or UTF-16. */
export const HOSTILE = [
  'é'.repeat(256),
  `{"a",'b',\\"c\\"}`,
  '🎬👩‍👩‍👧',
  '\\x00ff',
  'NULL',
  '',
  ' ',
  '\n\t\u0001',
  '\u{10ffff}\ufffd',
];

/** The laws of `ExecutionLog`. */
export function executionLogLaws(open: () => Promise<LogWorld>): void {
  let world: LogWorld;
  beforeAll(async () => {
    world = await open();
  });
  describe('records', () => recordLaws(() => world));
  describe('impressions', () => impressionLaws(() => world));
  describe('execution keys', () => keyLaws(() => world));
  describe('lists', () => executionLogListLaws(() => world));
  describe('failure', () => executionLogFailureLaws(() => world));
}

function recordLaws(world: () => LogWorld): void {
  test('a record is found at once, and reads back bit for bit when it is stored, NaN and −0 included', async () => {
    const record = madeRecord({ weights: Float64Array.of(-0, 5e-324, 1.7976931348623157e308) });
    record.candidates.contributions[0] = -0;
    const log = world().log();
    expect(log.offer(record, null)).toBe(true);
    expect(await log.find('default', record.id)).toBe(record);
    expect(await log.isLogged('default', record.id)).toBe(false);
    await log.flush();
    expect(await log.isLogged('default', record.id)).toBe(true);
    for (const reader of [log, world().other()]) {
      const read = await reader.find('default', record.id);
      expect(read).toEqual(record);
      expect(Object.is(read!.weights[0], -0) && Object.is(read!.candidates.contributions[0], -0)).toBe(true);
      expect(Buffer.from(read!.candidates.raw.buffer)).toEqual(Buffer.from(record.candidates.raw.buffer));
    }
  });

  test('a record without hits, user, session, segment, draw or key reads back the same', async () => {
    const bare = madeRecord(
      {
        user: null,
        session: null,
        segment: null,
        inputs: [],
        timings: [],
        degradations: [],
        notices: [],
        teaches: true,
      },
      { features: 1, hits: 0, depth: 0 },
    );
    const record = { ...bare, choice: { ...bare.choice, draw: null } };
    const log = world().log();
    log.offer(record, null);
    await log.flush();
    expect(await log.find('default', record.id)).toEqual(record);
  });

  test('hostile texts read back the same', async () => {
    const log = world().log();
    const records = HOSTILE.map((text) => {
      const record = madeRecord({}, { features: 10, hits: HOSTILE.length, depth: 0 });
      const id = text === '' ? 'x' : text;
      return {
        ...record,
        user: id,
        session: id,
        executionKey: id,
        segment: [text, `${text}\0`],
        retrieverName: text,
        candidates: { ...record.candidates, ids: HOSTILE },
        inputs: [{ name: 'query', type: 'TEXT' as const, value: `${text}\0` }],
      };
    });
    for (const record of records) log.offer(record, null);
    await log.flush();
    for (const record of records) expect(await log.find('default', record.id)).toEqual(record);
  });

  test('a namespace sees only its own records, before and after they are stored', async () => {
    const record = madeRecord();
    const log = world().log();
    log.offer(record, null);
    expect(await log.find('other', record.id)).toBeNull();
    await log.flush();
    expect(await log.find('other', record.id)).toBeNull();
    expect(await log.isLogged('other', record.id)).toBe(false);
    expect(await log.impressions('other', record.id)).toEqual([]);
  });

  test('one user id in two namespaces is two users, in one namespace one', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const log = world().log();
    const records = [a, a, b].map((namespace) => madeRecord({ namespace, user: 'same' }));
    for (const record of records) log.offer(record, null);
    await log.flush();
    const filter = { retrieverId: null, user: 'same', session: null, since: null, until: null };
    const counts = await Promise.all(
      [a, b].map((namespace) => log.list(namespace, filter, { first: 1, after: null, count: true })),
    );
    expect(counts.map(({ total }) => total)).toEqual([2, 1]);
  });

  test('two instances that write the same new users at once lose nothing', async () => {
    const logs = [world().log(), world().other()];
    const namespace = randomUUID();
    for (let round = 0; round < 5; round += 1) {
      const records = logs.flatMap((log, index) =>
        Array.from({ length: 40 }, (_, user) => {
          const record = madeRecord({ namespace, user: `${round} ${index === 0 ? user : 39 - user}` });
          log.offer(record, null);
          return record;
        }),
      );
      await Promise.all(logs.map((log) => log.flush()));
      for (const record of records) expect(await logs[0]!.isLogged(namespace, record.id)).toBe(true);
    }
  });
}

function impressionLaws(world: () => LogWorld): void {
  test('impressions come in order of time, those still queued included, each once', async () => {
    const record = madeRecord();
    const at = (seconds: number): Date => new Date(record.servedAt.getTime() + seconds * 1_000);
    const page = (from: number, to: number, seconds: number) => ({
      executionId: record.id,
      from,
      to,
      at: at(seconds),
    });
    const log = world().log();
    log.offer(record, page(1, 2, 0));
    await log.flush();
    log.offerImpression('default', page(3, 4, 9));
    log.offerImpression('default', page(1, 2, 5));
    const expected = [page(1, 2, 0), page(1, 2, 5), page(3, 4, 9)];
    expect(await log.impressions('default', record.id)).toEqual(expected);
    await log.flush();
    expect(await log.impressions('default', record.id)).toEqual(expected);
    expect(await world().other().impressions('default', record.id)).toEqual(expected);
  });

  test('the same page seen twice in one millisecond is two impressions', async () => {
    const record = madeRecord();
    const impression = { executionId: record.id, from: 1, to: 2, at: record.servedAt };
    const log = world().log();
    log.offer(record, impression);
    log.offerImpression('default', impression);
    await log.flush();
    expect(await log.impressions('default', record.id)).toEqual([impression, impression]);
  });
}

function keyLaws(world: () => LogWorld): void {
  test('of many claims of one key at once, through two instances, exactly one holds it', async () => {
    const logs = [world().log(), world().other()];
    const key = randomUUID();
    const ids = Array.from({ length: 10 }, () => uuidV7(new Date()));
    const claims = await Promise.all(ids.map((id, index) => logs[index % 2]!.claimKey('a', key, 'f', id)));
    const winner = ids[claims.findIndex(({ status }) => status === 'claimed')];
    expect(claims.filter(({ status }) => status === 'claimed')).toHaveLength(1);
    for (const claim of claims)
      if (claim.status === 'taken')
        expect(claim).toEqual({ status: 'taken', executionId: winner, fingerprint: 'f' });
    expect(await logs[0]!.claimKey('b', key, 'f', ids[0]!)).toEqual({ status: 'claimed' });
  });

  test('a key that was given back can be claimed again; only its holder can give it back', async () => {
    const log = world().log();
    const [key, holder, next] = [randomUUID(), uuidV7(new Date()), uuidV7(new Date())];
    await log.claimKey('a', key, 'f', holder);
    await log.releaseKey('a', key, next);
    expect((await log.claimKey('a', key, 'g', next)).status).toBe('taken');
    await log.releaseKey('a', key, holder);
    expect(await log.claimKey('a', key, 'g', next)).toEqual({ status: 'claimed' });
  });

  test('a claim without an execution is taken over after 30 s, one with an execution never', async () => {
    let now = new Date(1_790_000_000_000);
    const clock: Clock = { now: () => now, monotonic: () => 0, delay: () => Promise.resolve() };
    const log = world().log({ clock });
    const stored = madeRecord();
    const [lostKey, storedKey, next] = [randomUUID(), randomUUID(), uuidV7(new Date())];
    await log.claimKey('a', lostKey, 'f', uuidV7(now));
    await log.claimKey('a', storedKey, 'f', stored.id);
    log.offer(stored, null);
    await log.flush();
    now = new Date(now.getTime() + 29_999);
    expect((await log.claimKey('a', lostKey, 'g', next)).status).toBe('taken');
    now = new Date(now.getTime() + 1);
    expect(await log.claimKey('a', lostKey, 'g', next)).toEqual({ status: 'claimed' });
    now = new Date(now.getTime() + 86_400_000);
    expect(await log.claimKey('a', storedKey, 'g', next)).toEqual({
      status: 'taken',
      executionId: stored.id,
      fingerprint: 'f',
    });
  });
}
