import { createServer as createSocket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import pino from 'pino';
import { buildReweighSchema } from '../../src/schema/build-schema.ts';
import { compose } from '../../src/compose.ts';
import { createHealth } from '../../src/request/health.ts';
import { createServer } from '../../src/server.ts';
import { DEFAULT_NAMESPACE } from '../../src/context.ts';
import { loadDemo } from '../../src/demo/load-demo.ts';
import { readConfig } from '../../src/config.ts';
import { PATIENT } from './process.ts';
import type { Ports } from '../../src/engine/ports.ts';

export interface DemoServer {
  /** Of /graphql. */
  readonly url: string;
  readonly ports: Ports;
  close(): Promise<void>;
}

/** The whole server on embedded parts in a folder of its own, with the demo library, on a free port. */
export async function startDemoServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-demo-'));
  const config = readConfig({ PORT: '0', DATA_DIR: join(folder, 'data'), ...PATIENT, ...environment });
  const log = pino({ level: 'silent' });
  const { ports, checks, close } = await compose(config, log);
  await loadDemo(ports, DEFAULT_NAMESPACE);
  await ports.jobs.settle();
  const health = createHealth(ports.clock, checks, []);
  const server = await createServer({ config, schema: buildReweighSchema(), ports, log, health });
  const url = await server.listen();
  return {
    url: `${url}/graphql`,
    ports,
    close: async () => {
      await server.close();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago, and stays so as a rule: ports below 32,768 are not given out by the system. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 11_000 + (Math.floor(process.pid * 7 + performance.now()) % 8_000);
    const socket = createSocket();
    const isFree = await new Promise<boolean>((resolve) =>
      socket.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    );
    if (!isFree) continue;
    socket.close();
    await once(socket, 'close');
    return port;
  }
}
