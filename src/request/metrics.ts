import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type GaugeName, type MetricEntry, type MetricName } from './metric-catalogue.ts';
import type { Meter } from '../engine/meter.ts';

/** One value of a gauge. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the transport counts. */
export interface RequestMeter {
  /** An HTTP request was answered. */
  answered(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly milliseconds: number;
  }): void;
  /** A GraphQL operation is run. */
  operation(type: string): void;
  /** An error stands in a GraphQL answer. */
  error(code: string): void;
}

/** The metrics of one server. */
export interface Metrics {
  readonly meter: Meter;
  readonly requests: RequestMeter;
  /** Reads a gauge anew whenever the metrics are asked for. */
  watch(name: GaugeName, read: () => readonly Reading[]): void;
  /** Adds what prom-client knows of the process: memory, processor time, event loop, collections of garbage. */
  watchProcess(): void;
  /** All of it in the text format of Prometheus. */
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

const SECOND = 1_000;

export function createMetrics(): Metrics {
  const registry = new Registry();
  const settings = (name: MetricName): SettingsOf => {
    const { help, labels }: MetricEntry = METRICS[name];
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  const counter = (name: MetricName): Counter => new Counter(settings(name));
  const histogram = (name: MetricName): Histogram => {
    const { buckets = [] }: MetricEntry = METRICS[name];
    return new Histogram({ ...settings(name), buckets: [...buckets] });
  };
  return {
    meter: createMeter(counter, histogram),
    requests: createRequestMeter(counter, histogram),
    watch: (name, read) => {
      const gauge: Gauge = new Gauge({
        ...settings(name),
        collect: () => {
          for (const { labels, value } of read()) gauge.set(labels, value);
        },
      });
    },
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}

interface SettingsOf {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

type Make<T> = (name: MetricName) => T;

function createMeter(counter: Make<Counter>, histogram: Make<Histogram>): Meter {
  const executions = counter('reweigh_executions_total');
  const stages = histogram('reweigh_execution_stage_seconds');
  const degradations = counter('reweigh_degradations_total');
  const notices = counter('reweigh_notices_total');
  const interactions = counter('reweigh_interactions_total');
  const settled = counter('reweigh_interactions_settled_total');
  const ages = histogram('reweigh_cache_age_seconds');
  return {
    executed: (record) => {
      executions.inc({ level: record.choice.level.toLowerCase() });
      // Stages of single features are left out: there may be any number of them.
      for (const { stage, milliseconds } of record.timings)
        if (!stage.includes(' ')) stages.observe({ stage }, milliseconds / SECOND);
      for (const { code } of record.degradations) degradations.inc({ code });
      for (const { code } of record.notices) notices.inc({ code });
    },
    interacted: (outcome) => interactions.inc({ state: outcome.toLowerCase() }),
    settled: (count) => settled.inc(count),
    remembered: (cache, age) => ages.observe({ cache }, age / SECOND),
  };
}

function createRequestMeter(counter: Make<Counter>, histogram: Make<Histogram>): RequestMeter {
  const answers = counter('reweigh_http_requests_total');
  const durations = histogram('reweigh_http_request_seconds');
  const operations = counter('reweigh_graphql_operations_total');
  const errors = counter('reweigh_graphql_errors_total');
  return {
    answered: ({ method, route, status, milliseconds }) => {
      answers.inc({ method, route, status: String(status) });
      durations.observe({ route }, milliseconds / SECOND);
    },
    operation: (type) => operations.inc({ type }),
    error: (code) => errors.inc({ code }),
  };
}
