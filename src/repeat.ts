import type { Clock } from './engine/clock.ts';
import type { Logger } from './engine/ports.ts';

/** Work done again and again beside the requests. */
export interface Repetition {
  /** Ends it; resolves when the run that is under way is over. */
  stop(): Promise<void>;
}

/** Runs `work`, waits `pause` milliseconds and runs it again, until stopped. A failure is logged, once while it lasts. */
export function repeat(
  ports: { readonly clock: Clock; readonly logger: Logger },
  pause: number,
  named: { readonly name: string; readonly work: () => Promise<unknown> },
): Repetition {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await named.work();
        failing = false;
      } catch (error) {
        if (!failing)
          ports.logger.warn({ err: error, work: named.name }, 'repeated work fails; it will be tried again');
        failing = true;
      }
      await ports.clock.delay(pause, stopping.signal);
    }
  };
  const over = run();
  return {
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}
