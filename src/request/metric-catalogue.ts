/** One metric: what kind it is, what it is split by, and what it says. */
export interface MetricEntry {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const counter = (help: string, ...labels: readonly string[]): MetricEntry & { readonly kind: 'counter' } => ({
  kind: 'counter',
  labels,
  help,
});
const gauge = (help: string, ...labels: readonly string[]): MetricEntry & { readonly kind: 'gauge' } => ({
  kind: 'gauge',
  labels,
  help,
});
const histogram = (
  help: string,
  buckets: readonly number[],
  ...labels: readonly string[]
): MetricEntry & { readonly kind: 'histogram' } => ({ kind: 'histogram', labels, help, buckets });

const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Definitions and counters are promised to be at most a second old. */
const AGES = [0, 0.25, 0.5, 1, 2, 5, 15, 30, 60, 300];

/** Every metric of this server, in the order of the documented table. Times in seconds. */
export const METRICS = {
  reweigh_executions_total: counter('Executions served, by the level their weights rest on.', 'level'),
  reweigh_execution_stage_seconds: histogram(
    'Time of each stage of an execution; the stage total is the whole of it.',
    LATENCIES,
    'stage',
  ),
  reweigh_degradations_total: counter('Features left out or used in part, by code.', 'code'),
  reweigh_notices_total: counter('Notices on executions, by code.', 'code'),
  reweigh_interactions_total: counter(
    'Interactions reported: credited, pending, uncredited, repeated, refused, or failed (not written in time).',
    'state',
  ),
  reweigh_interactions_settled_total: counter(
    'Interactions settled after they had waited for their execution.',
  ),
  reweigh_cache_age_seconds: histogram(
    'Age of what was served from memory; above 1 only while the database does not answer.',
    AGES,
    'cache',
  ),
  reweigh_writer_pending: gauge('Records accepted and not yet durable, by log.', 'log'),
  reweigh_writer_oldest_seconds: gauge('How long the oldest of them has waited, by log.', 'log'),
  reweigh_database_connections: gauge(
    'Connections of this instance to the database: used, idle; and calls waiting for one.',
    'state',
  ),
  reweigh_database_connections_limit: gauge('Most connections that this instance opens.'),
  reweigh_http_requests_total: counter(
    'HTTP requests answered, by route and status.',
    'method',
    'route',
    'status',
  ),
  reweigh_http_request_seconds: histogram('Time to answer an HTTP request, by route.', LATENCIES, 'route'),
  reweigh_graphql_operations_total: counter(
    'GraphQL operations that were run: query, mutation, subscription.',
    'type',
  ),
  reweigh_graphql_errors_total: counter('Errors in GraphQL answers, by code of the catalogue.', 'code'),
  reweigh_websockets: gauge('Open WebSockets.'),
  reweigh_draining: gauge('1 while this instance is shutting down, else 0.'),
} as const satisfies Readonly<Record<string, MetricEntry>>;

export type MetricName = keyof typeof METRICS;
export type GaugeName = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends 'gauge' ? Name : never;
}[MetricName];
