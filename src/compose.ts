import { elasticsearchOptions } from './compose-elasticsearch.ts';
import { CachedCatalogStore } from './engine/collection/cached-catalog-store.ts';
import { connectElasticsearch, type ElasticsearchCalls } from './engine/search/elasticsearch-client.ts';
import { connectDatabase, type Database } from './store/database.ts';
import { EmbeddedBackend } from './engine/search/embedded-backend.ts';
import {
  ELASTICSEARCH_EMBEDDER_DEFAULTS,
  ElasticsearchEmbedder,
} from './engine/embedding/elasticsearch-embedder.ts';
import { EmbeddingCache } from './engine/embedding/embedding-cache.ts';
import { HashingEmbedder } from './engine/embedding/hashing-embedder.ts';
import { InProcessJobs } from './engine/in-process-jobs.ts';
import { OpenAiEmbedder, OPENAI_DEFAULTS } from './engine/embedding/openai-embedder.ts';
import { openElasticsearch } from './engine/search/elasticsearch-open.ts';
import { openEmbeddedDatabase } from './store/embedded-database.ts';
import { PostgresCatalogStore } from './engine/collection/postgres-catalog-store.ts';
import { INTERACTION_LIMITS, PostgresInteractionLog } from './engine/interaction/postgres-interaction-log.ts';
import { PostgresCounterStore } from './engine/learning/postgres-counter-store.ts';
import { PostgresCreditRules } from './engine/learning/postgres-credit-rules.ts';
import { PostgresExecutionLog } from './engine/execution/postgres-execution-log.ts';
import { PostgresReindexingStore } from './engine/collection/postgres-reindexing-store.ts';
import { PostgresWeightHistory } from './engine/learning/postgres-weight-history.ts';
import { NO_METER, type Meter } from './engine/meter.ts';
import { abandonReindexings } from './engine/collection/abandon-reindexings.ts';
import { resumeRebuilds } from './engine/learning/rebuild.ts';
import { ReweighError, type ErrorCode } from './engine/errors.ts';
import { repeat } from './repeat.ts';
import { RouteEmbedder } from './engine/embedding/route-embedder.ts';
import { seededRandom } from './engine/random.ts';
import { COUNTER_CACHE_SETTINGS, startCounterCache } from './engine/learning/counter-cache.ts';
import { startWeightHistory } from './engine/learning/weight-history.ts';
import { systemClock } from './engine/system-clock.ts';
import { uuidV7 } from './engine/ids.ts';
import type { Config } from './config-variables.ts';
import type { EmbeddedStart } from './store/begin-embedded.ts';
import type { Embedder, Embedders } from './engine/embedding/embedder.ts';
import type { EngineSettings, Logger, Ports } from './engine/ports.ts';
import type { HealthCheck } from './request/health.ts';
import type { PoolState } from './store/pool.ts';
import type { SearchBackend } from './engine/search/search-backend.ts';
import type { Sql } from './store/sql.ts';

/** Everything the server runs on, and how to let go of it. */
export interface Composition {
  readonly ports: Ports;
  readonly checks: readonly HealthCheck[];
  readonly warnings: readonly string[];
  /** The connections to the database at this moment. */
  readonly pool: () => PoolState;
  /** Writes what is still queued, then closes search and database. */
  close(): Promise<void>;
  /** Executions and impressions that closing has given up, or still waits for. */
  readonly lost: () => number;
}

/** Background jobs wait for this much quiet, and for no longer than this, in milliseconds. */
const JOBS = { quiet: 2_000, longest: 30_000 };
/** Definitions may be up to 0.9 s old; while the database is gone, up to a minute. In milliseconds, and entries. */
const DEFINITIONS = { fresh: 900, stale: 60_000, patience: 500, entries: 5_000 };
/** Vectors of texts that were embedded by a server lately: some 10,000 of 1,536 numbers. */
const EMBEDDING_CACHE_BYTES = 64 * 2 ** 20;
/** Between two looks for interactions whose execution has come, in milliseconds. */
const SWEEP_PAUSE = 1_000;
/** Between two looks for reindexings whose instance has died, in milliseconds. */
const REINDEXINGS_PAUSE = 10_000;

/** What the process has begun before, where it has. */
export interface Begun {
  readonly meter?: Meter;
  /** The embedded database, on its way. */
  readonly embedded?: EmbeddedStart | null;
}

/**
 * The adapters of this configuration. Faults at start are refused with a code for operators: DATA_DIR_LOCKED,
 * DATA_DIR_NOT_WRITABLE, DATA_DIR_DAMAGED, DATABASE_UNAVAILABLE, DATABASE_TOO_OLD, SEARCH_BACKEND_UNAVAILABLE.
 */
export async function compose(
  config: Config,
  logger: Logger,
  { meter = NO_METER, embedded = null }: Begun = {},
): Promise<Composition> {
  const database = await openDatabase(config, embedded);
  const { sql } = database;
  const clock = systemClock;
  const backend = await openBackend(config, database);
  const jobs = new InProcessJobs({ clock, logger }, JOBS);
  const catalog = new CachedCatalogStore(new PostgresCatalogStore(database), clock, {
    ...DEFINITIONS,
    onServed: (age) => meter.remembered('definitions', age),
  });
  const learning = learn({ sql, clock, logger, catalog, jobs, meter });
  const inference = openInference(config);
  const embedder = embeddersOf(config, inference);
  const settings = settingsOf(config);
  const reindexings = new PostgresReindexingStore(sql);
  const ports: Ports = {
    ...learning,
    ...{ clock, catalog, backend, embedder, jobs, reindexings, logger, meter, settings },
  };
  const sweeping = repeat({ clock, logger }, SWEEP_PAUSE, {
    name: 'sweep of waiting interactions',
    work: async () => meter.settled(await ports.interactions.sweep(clock.now())),
  });
  const abandoning = repeat({ clock, logger }, REINDEXINGS_PAUSE, {
    name: 'look for reindexings that were cut off',
    work: () => abandonReindexings(ports),
  });
  jobs.schedule('rebuilds that were cut off', () => resumeRebuilds(ports));
  let givenUp = 0;
  return {
    ports,
    checks: checksOf(database, ports),
    warnings: warningsOf(config),
    pool: database.pool,
    close: async () => {
      await Promise.all([sweeping.stop(), abandoning.stop()]);
      await jobs.close();
      await ports.interactions.close();
      givenUp = await ports.executions.close();
      await inference?.close();
      await backend.close();
      await database.close();
    },
    lost: () => givenUp + ports.executions.pending,
  };
}

type Learning = Pick<Ports, 'counters' | 'counterCache' | 'weightHistory' | 'interactions' | 'executions'>;
type LearningParts = { readonly sql: Sql } & Pick<Ports, 'clock' | 'logger' | 'catalog' | 'jobs' | 'meter'>;

/** The two logs and the counters that both write: pages and interactions are credited in their own transactions. */
function learn(parts: LearningParts): Learning {
  const rules = new PostgresCreditRules();
  const counters = new PostgresCounterStore(parts.sql, rules);
  const counterCache = startCounterCache(counters, parts.clock, {
    ...COUNTER_CACHE_SETTINGS,
    onServed: (age) => parts.meter.remembered('counters', age),
  });
  const weightHistory = new PostgresWeightHistory(parts.sql);
  const history = startWeightHistory({ ...parts, counters, weightHistory });
  const interactions = new PostgresInteractionLog({
    ...parts,
    rules,
    limits: INTERACTION_LIMITS,
    onCredited: (credited) => {
      counterCache.forget(credited);
      history.note(credited);
    },
    // What is remembered of counters is younger than a second, which is soon enough for a page that earned nothing.
    onShown: history.note,
  });
  const executions = new PostgresExecutionLog({
    ...parts,
    onWritten: (sql, written) => interactions.countImpressions(sql, written),
  });
  return { counters, counterCache, weightHistory, interactions, executions };
}

/** What keeps a server from Elasticsearch, and an operator can mend there. */
const UNREACHED: readonly ErrorCode[] = ['SEARCH_UNAVAILABLE', 'SEARCH_FORBIDDEN'];

/** Search: embedded, or Elasticsearch where its address is given. The database is closed where it cannot be opened. */
async function openBackend(config: Config, database: Database): Promise<SearchBackend> {
  if (config.ELASTICSEARCH_URL === null)
    return new EmbeddedBackend({ sql: database.sql, clock: systemClock });
  try {
    return await openElasticsearch(elasticsearchOptions(config, config.ELASTICSEARCH_URL), systemClock);
  } catch (error) {
    await database.close();
    if (error instanceof ReweighError && !UNREACHED.includes(error.code)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReweighError('SEARCH_BACKEND_UNAVAILABLE', reason);
  }
}

async function openDatabase(config: Config, embedded: EmbeddedStart | null): Promise<Database> {
  const settings = {
    poolSize: config.DATABASE_POOL_SIZE,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: config.DATABASE_CONNECT_TIMEOUT_MS,
  };
  if (config.DATABASE_URL === null) return openEmbeddedDatabase(embedded ?? config.DATA_DIR, settings);
  try {
    return await connectDatabase({ url: config.DATABASE_URL }, settings);
  } catch (error) {
    if (error instanceof ReweighError && error.code === 'DATABASE_TOO_OLD') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReweighError(
      'DATABASE_UNAVAILABLE',
      `${placeOf(config.DATABASE_URL)} cannot be opened: ${reason}`,
    );
  }
}

/** Host, port and database of a URL, without its credentials. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `the database ${host}${pathname}`;
}

/** Where features are embedded by Elasticsearch: connections of their own, so that documents hold up no search. */
function openInference(config: Config): ElasticsearchCalls | null {
  const { ELASTICSEARCH_URL: url } = config;
  return url === null ? null : connectElasticsearch(elasticsearchOptions(config, url), systemClock);
}

function embeddersOf(config: Config, inference: ElasticsearchCalls | null): Embedders {
  // Its randomness only spreads retries; another seed in every process keeps them from coming together.
  const ports = { clock: systemClock, random: seededRandom(uuidV7(systemClock.now())) };
  const options = ELASTICSEARCH_EMBEDDER_DEFAULTS;
  return new RouteEmbedder({
    HASHING: new HashingEmbedder(),
    OPENAI: openAiOf(config, ports),
    ELASTICSEARCH:
      inference === null ? null : new ElasticsearchEmbedder({ ...options, calls: inference }, ports),
  });
}

function openAiOf(config: Config, ports: ConstructorParameters<typeof OpenAiEmbedder>[1]): Embedder | null {
  const { EMBEDDINGS_URL: url, EMBEDDINGS_API_KEY: apiKey, EMBEDDINGS_MODEL: model } = config;
  if (url === null || model === null) return null;
  const sendDimensions = config.EMBEDDINGS_SEND_DIMENSIONS;
  const server = new OpenAiEmbedder({ ...OPENAI_DEFAULTS, url, apiKey, model, sendDimensions }, ports);
  return new EmbeddingCache(server, systemClock, { maxBytes: EMBEDDING_CACHE_BYTES });
}

function settingsOf(config: Config): EngineSettings {
  return {
    searchDeadline: config.SEARCH_DEADLINE_MS,
    embeddingDeadline: config.EMBEDDING_DEADLINE_MS,
    recordDepth: config.RECORD_DEPTH,
    recordShare: config.RECORD_SHARE,
  };
}

function checksOf(database: Database, { backend, executions }: Ports): readonly HealthCheck[] {
  return [
    { name: 'database', check: () => database.check().then(() => ({})) },
    { name: 'search', check: () => backend.check().then(() => ({ backend: backend.name })) },
    { name: 'executionLog', check: () => Promise.resolve({ pending: executions.pending }) },
  ];
}

function warningsOf(config: Config): readonly string[] {
  if (config.DATABASE_URL === null || config.ELASTICSEARCH_URL !== null) return [];
  return ['the embedded search sees only the documents that this instance wrote: run one instance'];
}
