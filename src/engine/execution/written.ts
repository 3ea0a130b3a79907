import type { ExecutionRecord, Impression } from './record.ts';
import type { Uuid } from '../ids.ts';

/** What a batch added to the log that was not there before. */
export interface Written {
  readonly records: readonly WrittenRecord[];
  readonly impressions: readonly Impression[];
}

export interface WrittenRecord {
  readonly record: ExecutionRecord;
  /** The row of its user in `user_identity`; null: it names none. */
  readonly userId: Uuid | null;
}
