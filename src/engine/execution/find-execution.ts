import { ReweighError, refusal } from '../errors.ts';
import { uuidTime, type Uuid } from '../ids.ts';
import type { ExecutionRecord } from './record.ts';
import type { Ports } from '../ports.ts';

const POLL_MILLISECONDS = 25;
/** How long a reader waits for a record that another instance is still writing. */
export const STORE_WAIT_MILLISECONDS = 250;
/** An execution younger than this may still be on its way into the database. */
const YOUNG_MILLISECONDS = 60_000;

export interface WaitFor {
  readonly namespace: string;
  readonly id: Uuid;
  readonly milliseconds: number;
}

/**
 * The record, waiting for it up to `milliseconds`. EXECUTION_NOT_STORED (retryable) where the id is so young that
 * the record may still come, else NOT_FOUND.
 */
export async function waitForRecord(
  ports: Pick<Ports, 'executions' | 'clock'>,
  wanted: WaitFor,
): Promise<ExecutionRecord> {
  const deadline = ports.clock.monotonic() + wanted.milliseconds;
  for (;;) {
    const record = await ports.executions.find(wanted.namespace, wanted.id);
    if (record !== null) return record;
    const age = ports.clock.now().getTime() - uuidTime(wanted.id);
    if (age > YOUNG_MILLISECONDS || age < -YOUNG_MILLISECONDS)
      throw refusal('NOT_FOUND', 'there is no such execution', ['execution']);
    if (ports.clock.monotonic() >= deadline)
      throw new ReweighError('EXECUTION_NOT_STORED', 'the execution has not been stored yet; try again');
    await ports.clock.delay(POLL_MILLISECONDS);
  }
}
