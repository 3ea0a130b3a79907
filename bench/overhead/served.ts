/**
 * One side of bench/overhead.ts: the whole server from dist/ on embedded parts with the demo. With the argument
 * `remembered`, records that are read back and documents come from memory, so that only the transport, the resolvers
 * and the mapping are left; `execute` works as always.
 */
import pino from 'pino';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../support/built.ts';
import { processorTime } from '../support/processor.ts';
import type * as BuildSchema from '../../src/schema/build-schema.ts';
import type * as Compose from '../../src/compose.ts';
import type * as Configuration from '../../src/config.ts';
import type * as Demo from '../../src/demo/load-demo.ts';
import type * as HealthModule from '../../src/request/health.ts';
import type * as ServerModule from '../../src/server.ts';
import type { Document } from '../../src/engine/collection/collection.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Order, Report } from './protocol.ts';
import type { Ports } from '../../src/engine/ports.ts';

const { buildReweighSchema } = await built<typeof BuildSchema>('schema/build-schema.js');
const { compose } = await built<typeof Compose>('compose.js');
const { readConfig } = await built<typeof Configuration>('config.js');
const { loadDemo } = await built<typeof Demo>('demo/load-demo.js');
const { createHealth } = await built<typeof HealthModule>('request/health.js');
const { createServer } = await built<typeof ServerModule>('server.js');

const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
const config = readConfig({ PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' });
const log = pino({ level: config.LOG_LEVEL }, pino.destination(2));
const { ports, checks, close } = await compose(config, log);
await loadDemo(ports, 'default');
await ports.jobs.settle();
const server = await createServer({
  config,
  schema: buildReweighSchema(),
  ports: process.argv[2] === 'remembered' ? remembering(ports) : ports,
  log,
  health: createHealth(ports.clock, checks, []),
});

/** The same ports, with records and documents remembered without end. Methods stay bound to their adapters. */
function remembering(real: Ports): Ports {
  const records = new Map<string, Promise<ExecutionRecord | null>>();
  const documents = new Map<string, Document>();
  const { executions, backend } = real;
  return {
    ...real,
    executions: bound(executions, {
      find: (namespace, id) => {
        const known = records.get(id) ?? executions.find(namespace, id);
        records.set(id, known);
        return known;
      },
    }),
    backend: bound(backend, {
      fetch: async (collection, ids, options) => {
        const missing = ids.filter((id) => !documents.has(id));
        if (missing.length > 0)
          for (const [id, document] of await backend.fetch(collection, missing, options))
            documents.set(id, document);
        return new Map(ids.map((id) => [id, documents.get(id)!]));
      },
    }),
  };
}

function bound<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = name in own ? own[name as keyof T] : target[name as keyof T];
      return typeof value === 'function' && !(name in own) ? (value.bind(target) as unknown) : value;
    },
  });
}

const say = (report: Report): void => void process.send!(report);
process.on('message', (order: Order) => {
  if (order.kind === 'time') say({ kind: 'time', time: processorTime() });
});
process.once('disconnect', () => {
  void server
    .close()
    .then(close)
    .then(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    });
});
say({ kind: 'listening', url: `${await server.listen()}/graphql` });
