import { ReweighError } from '../errors.ts';
import { fingerprintOf, type ExecuteCommand } from './read-request.ts';
import { waitForRecord } from './find-execution.ts';
import type { ExecutionRecord } from './record.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';

/** An execution as it is answered. */
export interface Served {
  readonly record: ExecutionRecord;
  /** False where it leaves no trace, or could not be logged. */
  readonly recorded: boolean;
  /** Rank of the last hit on the served page; 0 without hits. */
  readonly to: number;
}

export type Claim =
  | { readonly status: 'claimed'; release(): Promise<void> }
  | { readonly status: 'served'; readonly served: Served };

const UNKEYED: Claim = { status: 'claimed', release: () => Promise.resolve() };

/**
 * Makes sure that requests with one execution key come to one execution: the first one runs, the others are
 * answered from its record. EXECUTION_KEY_CONFLICT where the key stands for another request;
 * EXECUTION_NOT_STORED (retryable) where the first is still running at the deadline.
 */
export async function claimExecution(ports: Ports, command: ExecuteCommand, id: Uuid): Promise<Claim> {
  const { namespace, executionKey: key } = command;
  if (key === null) return UNKEYED;
  const fingerprint = fingerprintOf(command);
  const claim = await ports.executions.claimKey(namespace, key, fingerprint, id);
  if (claim.status === 'claimed')
    return { status: 'claimed', release: () => ports.executions.releaseKey(namespace, key, id) };
  if (claim.fingerprint !== fingerprint)
    throw new ReweighError('EXECUTION_KEY_CONFLICT', 'this execution key was used for another request', {}, [
      {
        code: 'EXECUTION_KEY_CONFLICT',
        path: ['executionKey'],
        message: 'used before for another request',
      },
    ]);
  const wait = ports.settings.searchDeadline + ports.settings.embeddingDeadline;
  const record = await waitForRecord(ports, { namespace, id: claim.executionId, milliseconds: wait });
  return {
    status: 'served',
    served: { record, recorded: true, to: Math.min(command.first, record.hitCount) },
  };
}
