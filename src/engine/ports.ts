import type { Clock } from './clock.ts';
import type { CatalogStore } from './collection/catalog-store.ts';
import type { CounterCache } from './learning/counter-cache.ts';
import type { CounterStore } from './learning/counter-store.ts';
import type { Embedders } from './embedding/embedder.ts';
import type { ExecutionLog } from './execution/execution-log.ts';
import type { InteractionLog } from './interaction/interaction-log.ts';
import type { Jobs } from './jobs.ts';
import type { Meter } from './meter.ts';
import type { ReindexingStore } from './collection/reindexing.ts';
import type { SearchBackend } from './search/search-backend.ts';
import type { WeightHistory } from './learning/weight-history.ts';

/** Where the engine reports what an operator should know. Structured; never user ids or inputs. */
export interface Logger {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/** Limits and deadlines that a use case needs; each has a row in docs/configuration.md. */
export interface EngineSettings {
  /** Longest time one feature's search may take, in milliseconds. */
  readonly searchDeadline: number;
  /** Longest time embedding may take, in milliseconds. */
  readonly embeddingDeadline: number;
  /** Candidates recorded beyond the hits, for judging other weights later. */
  readonly recordDepth: number;
  /** Share of executions, 0..1, whose candidates beyond the hits are recorded. */
  readonly recordShare: number;
}

/** All I/O that a use case may need. */
export interface Ports {
  readonly clock: Clock;
  readonly catalog: CatalogStore;
  readonly backend: SearchBackend;
  readonly embedder: Embedders;
  readonly executions: ExecutionLog;
  readonly interactions: InteractionLog;
  readonly counters: CounterStore;
  readonly counterCache: CounterCache;
  readonly weightHistory: WeightHistory;
  readonly jobs: Jobs;
  readonly reindexings: ReindexingStore;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly settings: EngineSettings;
}
