import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadDemo } from '../../src/demo/load-demo.ts';
import { readConfig } from '../../src/config.ts';
import type { KnnOutcome, SearchBackend } from '../../src/engine/search/search-backend.ts';
import type { Logger, Ports } from '../../src/engine/ports.ts';

export const NAMESPACE = 'default';

const QUIET: Logger = { info: () => undefined, warn: () => undefined, error: console.error };

export interface DemoEngine {
  readonly ports: Ports;
  /** Milliseconds that the backend's `search` has taken, of all calls together. */
  searching(): number;
  close(): Promise<void>;
}

/** The engine on embedded parts, in a folder of its own that is removed again, with the demo library. */
export async function startDemoEngine(): Promise<DemoEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
  const { ports, close } = await compose(readConfig({ DATA_DIR: join(folder, 'data') }), QUIET);
  await loadDemo(ports, NAMESPACE);
  await ports.jobs.settle();
  let searching = 0;
  const backend = timed(ports.backend, (milliseconds) => (searching += milliseconds));
  return {
    ports: { ...ports, backend },
    searching: () => searching,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same backend; tells how long each call of `search` took, seen from outside. */
function timed(backend: SearchBackend, tell: (milliseconds: number) => void): SearchBackend {
  return {
    name: backend.name,
    method: backend.method,
    vectorsVisited: (...args) => backend.vectorsVisited(...args),
    prepare: (...args) => backend.prepare(...args),
    inspect: (...args) => backend.inspect(...args),
    drop: (...args) => backend.drop(...args),
    put: (...args) => backend.put(...args),
    rewrite: (...args) => backend.rewrite(...args),
    abandonRewrite: (...args) => backend.abandonRewrite(...args),
    delete: (...args) => backend.delete(...args),
    fetch: (...args) => backend.fetch(...args),
    list: (...args) => backend.list(...args),
    count: (...args) => backend.count(...args),
    sample: (...args) => backend.sample(...args),
    check: () => backend.check(),
    close: () => backend.close(),
    search: async (...args): Promise<readonly KnnOutcome[]> => {
      const began = performance.now();
      const outcomes = await backend.search(...args);
      tell(performance.now() - began);
      return outcomes;
    },
  };
}
