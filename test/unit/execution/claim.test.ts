import { describe, expect, test } from '@jest/globals';
import { claimExecution } from '../../../src/engine/execution/claim.ts';
import { fakeClock, someId } from '../../support/fixtures.ts';
import { fingerprintOf, type ExecuteCommand } from '../../../src/engine/execution/read-request.ts';
import type { ExecutionRecord } from '../../../src/engine/execution/record.ts';
import type { KeyClaim } from '../../../src/engine/execution/execution-log.ts';
import type { Ports } from '../../../src/engine/ports.ts';

const command: ExecuteCommand = {
  namespace: 'default',
  retriever: 'search',
  version: null,
  inputs: [],
  user: null,
  session: null,
  first: 10,
  executionKey: 'key',
  learn: true,
};
const stored = { hitCount: 7 } as ExecutionRecord;

interface Log {
  readonly ports: Ports;
  readonly released: unknown[];
  readonly clock: ReturnType<typeof fakeClock>;
}

/** A log that answers a claim so, and in which the record appears after so many milliseconds. */
function log(claim: KeyClaim, after = 0): Log {
  const clock = fakeClock();
  const released: unknown[] = [];
  const executions = {
    claimKey: () => Promise.resolve(claim),
    releaseKey: (...given: unknown[]) => Promise.resolve(void released.push(given)),
    find: () => Promise.resolve(clock.monotonic() >= after ? stored : null),
  };
  const settings = { searchDeadline: 1_000, embeddingDeadline: 500 };
  return { ports: { clock, executions, settings } as unknown as Ports, released, clock };
}
const taken = (fingerprint = fingerprintOf(command)): KeyClaim => ({
  status: 'taken',
  executionId: someId(),
  fingerprint,
});

describe('execution keys', () => {
  test('a request without a key runs, and gives nothing back', async () => {
    const { ports, released } = log(taken('never asked'));
    const claim = await claimExecution(ports, { ...command, executionKey: null }, someId());
    if (claim.status === 'claimed') await claim.release();
    expect([claim.status, released]).toEqual(['claimed', []]);
  });

  test('the first request with a key runs, and gives it back where it fails', async () => {
    const { ports, released } = log({ status: 'claimed' });
    const id = someId();
    const claim = await claimExecution(ports, command, id);
    if (claim.status === 'claimed') await claim.release();
    expect(released).toEqual([['default', 'key', id]]);
  });

  test.each([0, 1_500])(
    'a repeated one is answered from the record of the first, stored after %d ms',
    async (after) => {
      const claim = await claimExecution(log(taken(), after).ports, command, someId());
      expect(claim).toEqual({ status: 'served', served: { record: stored, recorded: true, to: 7 } });
    },
  );

  test('the page is as long as it was: no longer than asked for', async () => {
    const shorter = { ...command, first: 3 };
    const claim = await claimExecution(log(taken(fingerprintOf(shorter))).ports, shorter, someId());
    expect(claim).toMatchObject({ served: { to: 3 } });
  });

  test('the first still running after both deadlines: EXECUTION_NOT_STORED, to be tried again', async () => {
    const { ports, clock } = log(taken(), 1_501);
    await expect(claimExecution(ports, command, someId())).rejects.toMatchObject({
      code: 'EXECUTION_NOT_STORED',
    });
    expect(clock.waited()).toBe(1_500);
  });

  test('the key of another request is a conflict with its path', async () => {
    await expect(claimExecution(log(taken('other')).ports, command, someId())).rejects.toMatchObject({
      code: 'EXECUTION_KEY_CONFLICT',
      faults: [expect.objectContaining({ path: ['executionKey'] })],
    });
  });
});
