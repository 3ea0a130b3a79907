import type { Clock } from '../clock.ts';
import type { Sql } from '../../store/sql.ts';

export interface EmbeddedOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  /** The worker's module; its own unless a test gives another. */
  readonly workerUrl?: URL;
}
