import { ReweighError } from '../errors.ts';
import { STORE_WAIT_MILLISECONDS, waitForRecord } from './find-execution.ts';
import type { ExecutionRecord } from './record.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';

/**
 * The record of an execution, read back: no impression is counted. Null where there is none; EXECUTION_NOT_STORED
 * (retryable) where it may still come, after waiting for it for 250 ms.
 */
export async function readExecution(
  ports: Pick<Ports, 'executions' | 'clock'>,
  namespace: string,
  id: Uuid,
): Promise<ExecutionRecord | null> {
  try {
    return await waitForRecord(ports, { namespace, id, milliseconds: STORE_WAIT_MILLISECONDS });
  } catch (error) {
    if (error instanceof ReweighError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
