import { z } from 'zod';

/** One environment variable: how it is read, and what docs/configuration.md says about it. */
export interface Variable<T> {
  readonly schema: z.ZodType<T>;
  /** What stands in the table where the variable is not set. */
  readonly default: string;
  /** The values that are taken, with their unit. */
  readonly takes: string;
  readonly meaning: string;
}

interface NumberRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

function whole(range: NumberRange, meaning: string): Variable<number> {
  const { min, max, unit } = range;
  const takes = `${min} to ${max} ${unit}`.trim();
  const schema = z
    .string()
    .regex(/^\d{1,15}$/, `expected a whole number, ${takes}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${takes}`)
    .default(range.default);
  return { schema, default: String(range.default), takes, meaning };
}

function flag(fallback: 'true' | 'false', meaning: string): Variable<boolean> {
  const schema = z
    .enum(['true', 'false'], 'expected true or false')
    .transform((value) => value === 'true')
    .default(fallback === 'true');
  return { schema, default: fallback, takes: 'true or false', meaning };
}

function text(fallback: string, takes: string, meaning: string): Variable<string> {
  return { schema: z.string().default(fallback), default: fallback, takes, meaning };
}

function optional(takes: string, meaning: string): Variable<string | null> {
  return { schema: z.string().nullable().default(null), default: '(none)', takes, meaning };
}

function optionalUrl(protocols: readonly string[], meaning: string): Variable<string | null> {
  const takes = `a URL: ${protocols.map((protocol) => `${protocol}//host:port`).join(' or ')}`;
  const fits = (value: string): boolean =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol) && new URL(value).hostname !== '';
  const schema = z.string().refine(fits, `expected ${takes}`).nullable().default(null);
  return { schema, default: '(none)', takes, meaning };
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

function level(meaning: string): Variable<(typeof LEVELS)[number]> {
  const takes = LEVELS.join(', ');
  return {
    schema: z.enum(LEVELS, `expected one of ${takes}`).default('info'),
    default: 'info',
    takes,
    meaning,
  };
}

function share(fallback: number, meaning: string): Variable<number> {
  const schema = z
    .string()
    .regex(/^(0|1|0?\.\d{1,6}|1\.0{1,6})$/, 'expected a number from 0 to 1')
    .transform(Number)
    .default(fallback);
  return { schema, default: String(fallback), takes: 'a number from 0 to 1', meaning };
}

function origins(meaning: string): Variable<readonly string[]> {
  const split = (value: string): readonly string[] => value.split(',').map((part) => part.trim());
  const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;
  const schema = z
    .string()
    .transform(split)
    .refine(
      (parts) => parts.every(isOrigin),
      'expected origins like https://shop.example, separated by commas',
    )
    .default([]);
  return { schema, default: '(none)', takes: 'origins, separated by commas', meaning };
}

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
  ELASTICSEARCH_URL: optionalUrl(['http:', 'https:'], 'Elasticsearch 9, instead of the embedded search.'),
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
  DEMO: flag('true', 'Loads the demo catalogue when the embedded server starts without any collection.'),
  LOG_LEVEL: level('Least severity that is logged.'),
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

/** The table of docs/configuration.md, as Markdown. */
export function variableTable(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { default: fallback, takes, meaning }]) =>
      `| \`${name}\` | ${fallback} | ${takes} | ${meaning} |`,
  );
  return ['| variable | default | takes | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
