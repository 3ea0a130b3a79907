import type { Clock } from './clock.ts';
import type { Timing } from './execution/record.ts';

/** Measures the stages of one execution, in milliseconds. */
export interface Stopwatch {
  /** Ends a stage: the time since the last lap, or since the start. */
  lap(stage: string): void;
  /** Adds a stage that was measured elsewhere. */
  add(stage: string, milliseconds: number): void;
  /** All stages in order of their end, and their total since the start. */
  timings(): readonly Timing[];
}

export function startStopwatch(clock: Clock): Stopwatch {
  const start = clock.monotonic();
  const laps: Timing[] = [];
  let last = start;
  return {
    lap(stage) {
      const now = clock.monotonic();
      laps.push({ stage, milliseconds: now - last });
      last = now;
    },
    add(stage, milliseconds) {
      laps.push({ stage, milliseconds });
    },
    timings: () => [...laps, { stage: 'total', milliseconds: clock.monotonic() - start }],
  };
}
