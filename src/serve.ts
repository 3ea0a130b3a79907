import pino, { type Logger } from 'pino';
import { buildReweighSchema } from './schema/build-schema.ts';
import { compose, type Composition } from './compose.ts';
import { createMetrics } from './request/metrics.ts';
import { createHealth } from './request/health.ts';
import { createServer, type Server } from './server.ts';
import { isLoopback, type Config } from './config.ts';
import { DEFAULT_NAMESPACE } from './context.ts';
import { listenFault } from './start-fault.ts';
import { loadDemo } from './demo/load-demo.ts';
import { prepareCollections } from './engine/collection/prepare-collections.ts';
import { watchComposition } from './serve-metrics.ts';
import { scheduleMissingMeasurements } from './engine/collection/measure-background.ts';
import type { EmbeddedStart } from './store/begin-embedded.ts';
import type { Health, Readiness } from './request/health.ts';

interface Running {
  readonly config: Config;
  readonly composition: Composition;
  readonly server: Server;
  readonly health: Health;
  readonly log: Logger;
}

/** Composition, listening; then until SIGTERM or SIGINT. Rejects with what kept it from starting. */
export async function serve(config: Config, embedded: EmbeddedStart | null): Promise<void> {
  // Logs go to standard error, so that standard output holds only the lines for people.
  const log = pino({ level: config.LOG_LEVEL, base: null }, pino.destination({ dest: 2, sync: true }));
  const stopped = nextSignal();
  const metrics = createMetrics();
  const composing = compose(config, log, { meter: metrics.meter, embedded });
  // Made while the database opens in its thread, or is connected to.
  const schema = buildReweighSchema();
  const composition = await composing;
  watchComposition(metrics, composition);
  const health = createHealth(composition.ports.clock, composition.checks, warningsOf(config, composition));
  await fill(config, composition, log);
  const parts = { config, schema, ports: composition.ports, log, health, metrics };
  const server = await createServer(parts);
  const url = await listen(config, server, composition);
  announce(url, config, (await health.readiness()).status);
  const running = { config, composition, server, health, log };
  await stopped;
  // The next signal, or a shutdown that takes too long, ends the process the hard way.
  void nextSignal().then(() => process.exit(1));
  await stop(running);
  process.exit(0);
}

/** What is done before the first request: the demo on an empty embedded server, collections, measurements still due. */
async function fill(config: Config, { ports }: Composition, log: Logger): Promise<void> {
  if (config.DEMO && config.DATABASE_URL === null && config.ELASTICSEARCH_URL === null) {
    const outcome = await loadDemo(ports, DEFAULT_NAMESPACE);
    if (outcome === 'LOADED') log.info({}, 'the demo catalogue is loaded');
  }
  await prepareCollections(ports, DEFAULT_NAMESPACE);
  await scheduleMissingMeasurements(ports);
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    const caught = (): void => {
      process.off('SIGTERM', caught);
      process.off('SIGINT', caught);
      resolve();
    };
    process.on('SIGTERM', caught);
    process.on('SIGINT', caught);
  });
}

async function listen(config: Config, server: Server, composition: Composition): Promise<string> {
  try {
    return await server.listen();
  } catch (error) {
    await composition.close();
    throw listenFault(error, `${config.HOST}:${config.PORT}`);
  }
}

function warningsOf(config: Config, { warnings }: Composition): readonly string[] {
  if (isLoopback(config.HOST)) return warnings;
  return [...warnings, 'requests are not authenticated and HOST can be reached from outside'];
}

function announce(url: string, config: Config, status: Readiness['status']): void {
  const lines = [
    status === 'ready' ? `Reweigh is ready.` : `Reweigh has started. Health says when it is ready.`,
    `  GraphQL   ${url}/graphql${config.GRAPHIQL ? '   (open it in a browser for GraphiQL)' : ''}`,
    `  Health    ${url}/health/ready`,
    `  Metrics   ${url}/metrics`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function stop({ config, composition, server, health, log }: Running): Promise<void> {
  log.info({}, 'shutting down');
  health.drain();
  await composition.ports.clock.delay(config.SHUTDOWN_DELAY_MS);
  const late = composition.ports.clock.delay(config.SHUTDOWN_DEADLINE_MS).then(() => 'late' as const);
  const outcome = await Promise.race([server.close().then(() => composition.close()), late]);
  const lost = composition.lost();
  if (outcome !== 'late' && lost === 0) return log.info({}, 'stopped');
  if (lost > 0) log.error({ lost }, 'executions and impressions are lost: the database did not take them');
  if (outcome === 'late') {
    const deadline = config.SHUTDOWN_DEADLINE_MS;
    log.error({ deadline }, 'requests or writes were still in flight at the shutdown deadline');
  }
  process.exit(1);
}
