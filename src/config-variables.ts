import {
  choice,
  flag,
  optional,
  optionalUrl,
  optionalUrls,
  origins,
  prefix,
  share,
  text,
  whole,
  type NumberRange,
  type Variable,
} from './config-kinds.ts';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** As src/engine/search/elasticsearch-mapping.ts has them; a test compares. */
export const INDEX_KINDS = ['flat', 'hnsw', 'int8_hnsw', 'bbq_hnsw'] as const;
const SECOND = 1_000;
const MIB = 1_048_576;
const ms = (fallback: number, min: number, max: number): NumberRange => ({
  default: fallback,
  min,
  max,
  unit: 'ms',
});
const count = (fallback: number, max: number): NumberRange => ({ default: fallback, min: 1, max, unit: '' });

/** Every environment variable that is read, in the order of the documented table. */
export const VARIABLES = {
  HOST: text(
    '127.0.0.1',
    'a host name or address',
    'Address to listen on. One that is not loopback is refused unless ALLOW_UNAUTHENTICATED is true.',
  ),
  PORT: whole({ default: 4000, min: 0, max: 65_535, unit: '' }, 'Port to listen on; 0 takes any free one.'),
  ALLOW_UNAUTHENTICATED: flag(
    'false',
    'Allows a HOST that others can reach, though requests are not authenticated.',
  ),
  DATA_DIR: text(
    './data',
    'a folder',
    'Where the embedded database lives. One process at a time may use it.',
  ),
  DATABASE_URL: optionalUrl(
    ['postgres:', 'postgresql:'],
    'PostgreSQL 15 or newer, instead of the embedded database.',
  ),
  DATABASE_POOL_SIZE: whole(count(10, 200), 'Connections to the database that one instance may hold.'),
  DATABASE_CONNECT_TIMEOUT_MS: whole(
    ms(5 * SECOND, 100, 60 * SECOND),
    'Longest wait for a database connection.',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: whole(
    ms(10 * SECOND, 100, 600 * SECOND),
    'Longest time of one database statement.',
  ),
  ELASTICSEARCH_URL: optionalUrls(['http:', 'https:'], 'Elasticsearch 9, instead of the embedded search.'),
  ELASTICSEARCH_API_KEY: optional('an API key', 'Key for Elasticsearch.'),
  ELASTICSEARCH_USERNAME: optional(
    'a user name',
    'User for Elasticsearch, together with ELASTICSEARCH_PASSWORD.',
  ),
  ELASTICSEARCH_PASSWORD: optional('a password', 'Password of ELASTICSEARCH_USERNAME.'),
  ELASTICSEARCH_CA: optional(
    'a PEM file',
    'Certificate authority that signed the certificate of Elasticsearch.',
  ),
  ELASTICSEARCH_INDEX_PREFIX: prefix('reweigh-', 'Begins the name of every index that this server makes.'),
  ELASTICSEARCH_INDEX_OPTION: choice(
    INDEX_KINDS,
    'hnsw',
    'How new indexes hold vectors: exact (flat), a graph over floats, or over 8-bit or 1-bit vectors.',
  ),
  EMBEDDINGS_URL: optionalUrl(
    ['http:', 'https:'],
    'Server with an OpenAI-compatible /v1/embeddings, for features that embed with OPENAI.',
  ),
  EMBEDDINGS_API_KEY: optional('an API key', 'Key for EMBEDDINGS_URL.'),
  EMBEDDINGS_MODEL: optional(
    'a model name',
    'Model for features that name none; needed with EMBEDDINGS_URL.',
  ),
  EMBEDDINGS_SEND_DIMENSIONS: flag(
    'false',
    'Whether EMBEDDINGS_URL is asked for vectors of the feature’s dimensions, which only some models can shorten to.',
  ),
  DEMO: flag('true', 'Loads the demo catalogue when the embedded server starts without any collection.'),
  LOG_LEVEL: choice(LEVELS, 'info', 'Least severity that is logged.'),
  SEARCH_DEADLINE_MS: whole(
    ms(2 * SECOND, 10, 60 * SECOND),
    'Longest time one search of a feature may take.',
  ),
  EMBEDDING_DEADLINE_MS: whole(
    ms(5 * SECOND, 10, 120 * SECOND),
    'Longest time embedding the inputs of a request may take.',
  ),
  OPERATION_DEADLINE_MS: whole(
    ms(30 * SECOND, 100, 600 * SECOND),
    'Longest time one GraphQL query or mutation may take.',
  ),
  REQUEST_TIMEOUT_MS: whole(
    ms(15 * SECOND, 100, 600 * SECOND),
    'Longest time the headers and body of a request may take to arrive.',
  ),
  SHUTDOWN_DELAY_MS: whole(ms(0, 0, 120 * SECOND), 'How long readiness says no before the port is closed.'),
  SHUTDOWN_DEADLINE_MS: whole(
    ms(15 * SECOND, 100, 600 * SECOND),
    'Longest time requests in flight may take to finish after the port is closed.',
  ),
  RECORD_DEPTH: whole(
    { default: 100, min: 0, max: 1_000, unit: 'candidates' },
    'Candidates recorded beyond the hits of an execution.',
  ),
  RECORD_SHARE: share(1, 'Share of executions whose candidates beyond the hits are recorded.'),
  MAX_BODY_BYTES: whole(
    { default: 32 * MIB, min: 1_024, max: 256 * MIB, unit: 'bytes' },
    'Largest body of a request.',
  ),
  MAX_DOCUMENT_BYTES: whole(
    { default: 100_000, min: 1_000, max: MIB, unit: 'bytes' },
    'Largest GraphQL document.',
  ),
  MAX_TOKENS: whole(count(5_000, 100_000), 'Most tokens in a GraphQL document.'),
  MAX_DEPTH: whole(count(20, 100), 'Deepest nesting of fields in an operation, fragments included.'),
  MAX_FIELDS: whole(count(1_000, 100_000), 'Most fields in an operation, each use of a fragment counted.'),
  MAX_REPEATS: whole(
    count(20, 10_000),
    'How often one selection set may name the same field without an alias.',
  ),
  MAX_FRAGMENTS: whole(count(100, 10_000), 'Most fragments defined in a document.'),
  MAX_ALIASES: whole(count(50, 10_000), 'Most aliases in an operation, each use of a fragment counted.'),
  MAX_DIRECTIVES: whole(
    count(50, 10_000),
    'Most directives in an operation, each use of a fragment counted.',
  ),
  MAX_COST: whole(
    count(100_000, 1_000_000_000),
    'Most fields an answer may hold, as estimated from its list sizes.',
  ),
  INTROSPECTION: flag('true', 'Whether the schema can be read over the API; false also hides suggestions.'),
  GRAPHIQL: flag('true', 'Whether browsers get GraphiQL at /graphql.'),
  CORS_ORIGINS: origins('Origins whose pages may call this server, besides its own.'),
  SOCKET_MAX_BYTES: whole(
    { default: 262_144, min: 1_024, max: 32 * MIB, unit: 'bytes' },
    'Largest message on a WebSocket.',
  ),
  SOCKET_OPERATIONS: whole(count(20, 1_000), 'Subscriptions that one WebSocket may hold at a time.'),
} as const;

export type VariableName = keyof typeof VARIABLES;
type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** The configuration: every variable of the table, parsed and frozen, under its own name. */
export type Config = { readonly [Name in VariableName]: ValueOf<(typeof VARIABLES)[Name]> };
