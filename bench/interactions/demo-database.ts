import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadDemo } from '../../src/demo/load-demo.ts';
import { readConfig } from '../../src/config.ts';
import type { Logger, Ports } from '../../src/engine/ports.ts';

const QUIET: Logger = { info: () => undefined, warn: () => undefined, error: console.error };

export const NAMESPACE = 'default';

/** The engine on a PostgreSQL database, with the demo library: a server loads it into the embedded database only. */
export async function openDemoDatabase(
  url: string,
): Promise<{ readonly ports: Ports; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
  const { ports, close } = await compose(readConfig({ DATA_DIR: folder, DATABASE_URL: url }), QUIET);
  await loadDemo(ports, NAMESPACE);
  await ports.jobs.settle();
  return {
    ports,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
