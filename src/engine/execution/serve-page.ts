import { refuseIfAny, type Fault } from '../errors.ts';
import { STORE_WAIT_MILLISECONDS, waitForRecord } from './find-execution.ts';
import type { ExecutionRecord } from './record.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';

export interface PageCommand {
  readonly namespace: string;
  readonly execution: Uuid;
  /** Rank of the last hit already seen; 0: none. */
  readonly after: number;
  /** Hits on the page, 1..100. */
  readonly first: number;
}

/** Hits `from`..`to` (ranks from 1, inclusive; empty where to < from) in the order of the first page. */
export interface ServedPage {
  readonly record: ExecutionRecord;
  readonly from: number;
  readonly to: number;
}

/**
 * A later page of an execution, in the order its first page was served in, and the impression of it.
 * EXECUTION_NOT_STORED (retryable) where the record is not stored within 250 ms.
 */
export async function servePage(ports: Ports, command: PageCommand): Promise<ServedPage> {
  const faults: Fault[] = [];
  if (!Number.isInteger(command.first) || command.first < 1 || command.first > 100)
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['first'],
      message: `expected 1 to 100 hits a page, got ${command.first}`,
    });
  refuseIfAny(faults);
  const record = await waitForRecord(ports, {
    namespace: command.namespace,
    id: command.execution,
    milliseconds: STORE_WAIT_MILLISECONDS,
  });
  const from = command.after + 1;
  const to = Math.min(command.after + command.first, record.hitCount);
  if (to >= from) {
    const impression = { executionId: record.id, from, to, at: ports.clock.now() };
    if (!ports.executions.offerImpression(command.namespace, impression))
      ports.logger.warn({ execution: record.id, from, to }, 'impression not logged');
  }
  return { record, from, to };
}
