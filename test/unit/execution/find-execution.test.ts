import { describe, expect, test } from '@jest/globals';
import { fakeClock, NOW } from '../../support/fixtures.ts';
import { uuidV7, type Uuid } from '../../../src/engine/ids.ts';
import { waitForRecord } from '../../../src/engine/execution/find-execution.ts';
import type { ExecutionRecord } from '../../../src/engine/execution/record.ts';
import type { Ports } from '../../../src/engine/ports.ts';

const record = { id: 'the record' } as unknown as ExecutionRecord;

/** A log in which the record appears `after` milliseconds; null: never. */
function ports(
  after: number | null,
): { readonly clock: ReturnType<typeof fakeClock>; readonly asked: () => number } & Pick<
  Ports,
  'executions'
> {
  const clock = fakeClock();
  let asked = 0;
  const find = (): Promise<ExecutionRecord | null> => {
    asked += 1;
    return Promise.resolve(after !== null && clock.monotonic() >= after ? record : null);
  };
  return { clock, asked: () => asked, executions: { find } as unknown as Ports['executions'] };
}
const idAt = (milliseconds: number): Uuid => uuidV7(new Date(NOW.getTime() + milliseconds));
const wanted = (id: Uuid): Parameters<typeof waitForRecord>[1] => ({ namespace: 'n', id, milliseconds: 250 });

describe('waiting for a record', () => {
  test('a record that is there is returned at once, without waiting', async () => {
    const given = ports(0);
    expect(await waitForRecord(given, wanted(idAt(0)))).toBe(record);
    expect(given.clock.waited()).toBe(0);
  });

  test('a record that comes within 250 ms is waited for', async () => {
    const given = ports(200);
    expect(await waitForRecord(given, wanted(idAt(0)))).toBe(record);
    expect(given.clock.waited()).toBe(200);
  });

  test('a young one that does not come is EXECUTION_NOT_STORED after 250 ms, in steps and not in a busy loop', async () => {
    const given = ports(251);
    await expect(waitForRecord(given, wanted(idAt(-1_000)))).rejects.toMatchObject({
      code: 'EXECUTION_NOT_STORED',
    });
    expect(given.clock.waited()).toBe(250);
    expect(given.asked()).toBe(11);
  });

  test.each([-60_001, 60_001 + 250])(
    'an id %d ms away from now cannot still come: NOT_FOUND at once',
    async (age) => {
      const given = ports(null);
      await expect(waitForRecord(given, wanted(idAt(age)))).rejects.toMatchObject({
        code: 'NOT_FOUND',
        faults: [expect.objectContaining({ path: ['execution'] })],
      });
      expect(given.clock.waited()).toBe(0);
    },
  );

  test('59 seconds old is still young; a clock that is a little ahead elsewhere does no harm', async () => {
    for (const age of [-59_000, 59_000])
      await expect(waitForRecord(ports(null), wanted(idAt(age)))).rejects.toMatchObject({
        code: 'EXECUTION_NOT_STORED',
      });
  });
});
