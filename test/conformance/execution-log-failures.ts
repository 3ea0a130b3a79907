import { expect, test } from '@jest/globals';
import { ReweighError } from '../../src/engine/errors.ts';
import { madeRecord } from '../support/execution-records.ts';
import { uuidV7 } from '../../src/engine/ids.ts';
import type { ExecutionLog } from '../../src/engine/execution/execution-log.ts';
import type { ExecutionRecord, Impression } from '../../src/engine/execution/record.ts';
import type { Faults } from '../support/failing-sql.ts';
import type { LogWorld } from './execution-log.ts';
import type { Written } from '../../src/engine/execution/written.ts';

const gone = (): never => {
  throw new ReweighError('STORE_UNAVAILABLE', 'the database did not answer in time');
};

const firstPage = (record: ExecutionRecord): Impression => ({
  executionId: record.id,
  from: 1,
  to: 2,
  at: record.servedAt,
});

const offerAll = (log: ExecutionLog, records: readonly ExecutionRecord[]): void => {
  for (const record of records) expect(log.offer(record, firstPage(record))).toBe(true);
};

const expectEachOnce = async (log: ExecutionLog, records: readonly ExecutionRecord[]): Promise<void> => {
  for (const record of records) {
    expect(await log.isLogged('default', record.id)).toBe(true);
    expect(await log.impressions('default', record.id)).toEqual([firstPage(record)]);
  }
};

/** What fails, how, and how often; then the log must have everything once. */
const ACCIDENTS: readonly (readonly [string, (times: number) => Faults])[] = [
  [
    'before the records are inserted',
    (times) => ({
      before: (text) => void (text.startsWith('insert into execution') && times-- > 0 && gone()),
    }),
  ],
  [
    'between records and impressions',
    (times) => ({
      before: (text) => void (text.startsWith('insert into impression') && times-- > 0 && gone()),
    }),
  ],
  [
    'after the last statement',
    (times) => ({
      after: (text) => void (text.startsWith('insert into impression') && times-- > 0 && gone()),
    }),
  ],
  ['after the commit, its answer lost', (times) => ({ committed: () => void (times-- > 0 && gone()) })],
];

/** Half-failed batches, poison, full queues, and what is told to `onWritten`. */
export function executionLogFailureLaws(world: () => LogWorld): void {
  test.each(ACCIDENTS)(
    'a batch that fails %s is written again, nothing lost or doubled',
    async (_, accident) => {
      const log = world().log({ faults: accident(3) });
      const records = Array.from({ length: 5 }, () => madeRecord());
      offerAll(log, records);
      await log.flush();
      await expectEachOnce(log, records);
      expect(log.pending).toBe(0);
    },
  );

  test('while the database is gone records are found, not logged, and stored when it is back', async () => {
    const faults: Faults = { before: gone };
    const [log, reader] = [world().log({ faults }), world().log()];
    const record = madeRecord();
    offerAll(log, [record]);
    await expect(log.isLogged('default', uuidV7(new Date()))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await log.find('default', record.id)).toBe(record);
    expect(await log.isLogged('default', record.id)).toBe(false);
    expect(await reader.isLogged('default', record.id)).toBe(false);
    delete faults.before;
    await log.flush();
    await expectEachOnce(reader, [record]);
  });

  test('a record that cannot be stored is given up alone and blocks nothing', async () => {
    const log = world().log();
    const records = Array.from({ length: 7 }, () => madeRecord());
    const poison = { ...records[3]!, retrieverName: 'half a surrogate \ud800 and NUL \0' };
    offerAll(log, [...records.slice(0, 3), poison, ...records.slice(4)]);
    await log.flush();
    expect(await log.isLogged('default', poison.id)).toBe(false);
    expect(await log.find('default', poison.id)).toBeNull();
    await expectEachOnce(
      log,
      records.filter(({ id }) => id !== poison.id),
    );
  });

  test('a full queue refuses at once, by items and by bytes, and takes nothing of what it refuses', async () => {
    for (const limits of [{ queueItems: 2 }, { queueBytes: 5_000 }]) {
      const log = world().log({ limits });
      const records = Array.from({ length: 5 }, () => madeRecord());
      const taken = records.map((record) => log.offer(record, firstPage(record)));
      const count = taken.indexOf(false);
      expect(count).toBeGreaterThan(0);
      expect(log.pending).toBe(count);
      expect(await log.find('default', records[count]!.id)).toBeNull();
      await log.flush();
      await expectEachOnce(log, records.slice(0, count));
      expect(log.offer(records[count]!, null)).toBe(true);
      await log.flush();
    }
  });

  test('closing stores what was taken and takes no more', async () => {
    const log = world().log();
    const record = madeRecord();
    offerAll(log, [record]);
    const closing = log.close();
    expect(log.offer(madeRecord(), null)).toBe(false);
    await closing;
    await expectEachOnce(world().log(), [record]);
  });

  test('what a batch adds is told once, in order, inside its transaction and after its commit', async () => {
    const told: Written[] = [];
    let committed = 0;
    let faults = 1;
    const log = world().log({
      faults: { committed: () => void (faults-- > 0 && gone()) },
      onWritten: async (sql, written) => {
        const ids = written.records.map(({ record: { id } }) => id);
        const rows = await sql.query('select 1 from execution where id = any($1::uuid[])', [ids]);
        expect(rows).toHaveLength(ids.length);
        told.push(written);
        return () => void (committed += 1);
      },
    });
    const records = Array.from({ length: 3 }, () => madeRecord());
    offerAll(log, [...records, records[0]!]);
    await log.flush();
    expect(told.flatMap((written) => written.records.map(({ record: { id } }) => id))).toEqual(
      records.map(({ id }) => id),
    );
    expect(told.flatMap((written) => written.impressions)).toHaveLength(4);
    expect([told.length, committed]).toEqual([2, 1]);
  });

  test('a fault of onWritten takes its batch back', async () => {
    let faults = 1;
    const log = world().log({
      onWritten: () =>
        faults-- > 0 ? Promise.reject(new Error('learning failed')) : Promise.resolve(() => undefined),
      limits: { batchItems: 1 },
    });
    const [first, second] = [madeRecord(), madeRecord()];
    offerAll(log, [first, second]);
    await log.flush();
    expect(await log.isLogged('default', first.id)).toBe(false);
    expect(await log.impressions('default', first.id)).toEqual([]);
    await expectEachOnce(log, [second]);
  });
}
