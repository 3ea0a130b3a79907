import type { ExecutionRecord } from './execution/record.ts';
import type { InteractionState } from './interaction/interaction.ts';

/** What became of one reported interaction. FAILED: it could not be written in time. */
export type InteractionOutcome = InteractionState | 'REPEATED' | 'REFUSED' | 'FAILED';

/** What is remembered from the database for a moment. */
export type CacheName = 'definitions' | 'counters';

/** Counts what the engine does, for operators. Calls are cheap and never fail. */
export interface Meter {
  /** An execution was served; its record holds stages, degradations and notices. */
  executed(record: ExecutionRecord): void;
  /** An interaction was taken, or not. */
  interacted(outcome: InteractionOutcome): void;
  /** Interactions that had waited for their execution were settled. */
  settled(count: number): void;
  /** A value was served that was read this many milliseconds ago. */
  remembered(cache: CacheName, ageMilliseconds: number): void;
}

/** Counts nothing. */
export const NO_METER: Meter = {
  executed: () => undefined,
  interacted: () => undefined,
  settled: () => undefined,
  remembered: () => undefined,
};
