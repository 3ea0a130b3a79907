import { ReweighError } from '../errors.ts';
import type { Clock } from '../clock.ts';

/** Until when a call may last. */
export interface Deadline {
  /** Moment on the clock's monotonic time, in milliseconds. */
  readonly at: number;
  readonly milliseconds: number;
  /** Aborts at the deadline, and when the call has ended for another reason. */
  readonly signal: AbortSignal;
}

/** Runs `work` and cancels it at the deadline: EMBEDDING_UNAVAILABLE. Nothing of it is left running afterwards. */
export async function withDeadline<T>(
  clock: Clock,
  milliseconds: number,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const cancel = new AbortController();
  const at = clock.monotonic() + milliseconds;
  let late = false;
  const timer = clock.delay(milliseconds, ended.signal).then(() => {
    late = !ended.signal.aborted;
    cancel.abort();
  });
  try {
    return await work({ at, milliseconds, signal: cancel.signal });
  } catch (error) {
    if (!late) throw error;
    throw new ReweighError(
      'EMBEDDING_UNAVAILABLE',
      `the embedding server did not answer within ${Math.round(milliseconds)} ms`,
    );
  } finally {
    ended.abort();
    await timer;
  }
}
