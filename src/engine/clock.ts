/** The one source of time. Tests set it; nothing in the engine calls Date.now or a timer directly. */
export interface Clock {
  /** Wall-clock time. */
  now(): Date;
  /** Monotonic time in milliseconds, for durations. */
  monotonic(): number;
  /** Resolves after `milliseconds`; resolves at once when `signal` aborts. */
  delay(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
