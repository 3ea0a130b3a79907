import { ReweighError } from '../engine/errors.ts';

/** The life of one operation: its signal, and the moment it may no longer last. */
export interface Operation {
  /** Aborts at the deadline, and when the caller has gone. */
  readonly signal: AbortSignal;
  /** Resolves at the deadline; never rejects. Stays open when the operation ended before. */
  readonly expired: Promise<'expired'>;
  /** The caller has gone: nobody will read the answer. */
  abandon(): void;
  /** Must be called when the answer is there. */
  end(): void;
}

export function beginOperation(deadlineMilliseconds: number): Operation {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => {
      controller.abort(new ReweighError('DEADLINE_EXCEEDED', deadlineMessage(deadlineMilliseconds)));
      resolve('expired');
    }, deadlineMilliseconds);
  });
  return {
    signal: controller.signal,
    expired,
    abandon: () => controller.abort(new Error('the caller has gone')),
    end: () => clearTimeout(timer),
  };
}

export function deadlineMessage(milliseconds: number): string {
  return `the operation was not finished within ${milliseconds} ms`;
}
