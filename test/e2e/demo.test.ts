import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO, DEMO_FEATURES } from '../../src/demo/demo-definition.ts';
import { createCollection } from '../../src/engine/collection/create-collection.ts';
import { EmbeddedBackend } from '../../src/engine/search/embedded-backend.ts';
import { HashingEmbedder } from '../../src/engine/embedding/hashing-embedder.ts';
import { loadDemo, type DemoPorts } from '../../src/demo/load-demo.ts';
import { featuresIn, loadPlan } from '../../src/engine/retriever/plan.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import { PostgresCatalogStore } from '../../src/engine/collection/postgres-catalog-store.ts';
import { readCatalogue } from '../../src/demo/read-catalogue.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Embedder } from '../../src/engine/embedding/embedder.ts';
import type { Database } from '../../src/store/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'reweigh-demo-'));
const books = readCatalogue().length;
let database: Database;
let ports: DemoPorts;
let namespace = '';
let namespaces = 0;

beforeAll(async () => {
  database = await openEmbeddedDatabase(join(folder, 'data'), {
    poolSize: 4,
    statementTimeoutMs: 30_000,
    connectTimeoutMs: 10_000,
  });
  const none = Promise.resolve();
  ports = {
    catalog: new PostgresCatalogStore(database),
    backend: new EmbeddedBackend({ sql: database.sql, clock: systemClock }),
    embedder: { ...remembering(new HashingEmbedder()), whyNot: () => null },
    clock: systemClock,
    jobs: { schedule: () => undefined, start: () => undefined, settle: () => none, close: () => none },
    settings: { searchDeadline: 5_000, embeddingDeadline: 5_000, recordDepth: 100, recordShare: 1 },
  };
});

beforeEach(() => {
  namespace = `library-${(namespaces += 1)}`;
});

afterAll(async () => {
  await ports.backend.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The same texts are embedded for every namespace; once is enough. */
function remembering(embedder: Embedder): Embedder {
  const known = new Map<string, ReturnType<Embedder['embed']>>();
  return {
    embed: (feature, texts, deadline) => {
      const vectors = known.get(feature.uri) ?? embedder.embed(feature, texts, deadline);
      known.set(feature.uri, vectors);
      return vectors;
    },
  };
}

/** What must be there in the end, however it came about. */
async function expectComplete(): Promise<void> {
  const plan = await loadPlan(ports, { namespace, retriever: DEMO, version: null });
  expect(plan.searches.map(({ feature }) => feature.uri)).toEqual(DEMO_FEATURES.map(({ uri }) => uri));
  expect(plan.version.version).toBe(1);
  for (const { feature } of plan.searches) expect(feature.background?.population).toBe(books);
  const counts = await ports.backend.count(plan.collections[0]!, featuresIn(plan, 0));
  expect(counts.documents).toBe(books);
  expect([...counts.features.values()]).toEqual(DEMO_FEATURES.map(() => books));
}

class Killed extends Error {}

/** Ports whose `calls`-th writing call, from 1, is the last before the process dies. */
function dying(calls: number): DemoPorts {
  let left = calls;
  const mortal = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        const call = (...given: unknown[]): unknown => Reflect.apply(value, object, given);
        if (!names.includes(String(name))) return call;
        return async (...given: unknown[]) => {
          if ((left -= 1) < 0) throw new Killed();
          return call(...given);
        };
      },
    });
  return {
    ...ports,
    catalog: mortal(ports.catalog, ['insertCollection', 'insertFeature', 'setBackground', 'insertRetriever']),
    backend: mortal(ports.backend, ['prepare', 'put']),
  };
}

describe('loading the demo', () => {
  test('fills an empty namespace: all books, all vectors, all backgrounds, one retriever', async () => {
    expect(await loadDemo(ports, namespace)).toBe('LOADED');
    await expectComplete();
  });

  test('does nothing the second time', async () => {
    await loadDemo(ports, namespace);
    expect(await loadDemo(dying(0), namespace)).toBe('PRESENT');
  });

  test('leaves a namespace alone that holds another collection', async () => {
    await createCollection(ports, { namespace, name: 'zebras', fields: [] });
    expect(await loadDemo(dying(0), namespace)).toBe('NOT_EMPTY');
  });

  test('is completed by the next start, wherever the first was cut off', async () => {
    // 17 writing calls: collection and preparation, four features and theirs, preparation and books, four
    // backgrounds, retriever. Cut off before the first, within each stage and before the last.
    for (const calls of [0, 1, 3, 10, 11, 12, 14, 16]) {
      namespace = `cut-after-${calls}`;
      await expect(loadDemo(dying(calls), namespace)).rejects.toThrow(Killed);
      expect(await loadDemo(ports, namespace)).toBe('LOADED');
      await expectComplete();
    }
    namespace = 'not-cut';
    expect(await loadDemo(dying(17), namespace)).toBe('LOADED');
  });

  test('two starts at once both end with one complete demo', async () => {
    const outcomes = await Promise.all([loadDemo(ports, namespace), loadDemo(ports, namespace)]);
    expect(outcomes).toContain('LOADED');
    await expectComplete();
  });
});
