import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedBackend } from '../../../src/engine/search/embedded-backend.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import { openEmbeddedDatabase } from '../../../src/store/embedded-database.ts';
import {
  newCollection,
  newFeature,
  randomDocuments,
  request,
} from '../../conformance/search-backend-world.ts';
import type { Database } from '../../../src/store/database.ts';
import type { Sql } from '../../../src/store/sql.ts';

const QUERY = Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1);

describe('the embedded backend', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-embedded-'));
  let database: Database;
  beforeAll(async () => {
    database = await openEmbeddedDatabase(join(folder, 'data'), {
      poolSize: 2,
      statementTimeoutMs: 30_000,
      connectTimeoutMs: 10_000,
    });
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A worker that dies in its first search, and is whole when it is started again. */
  const fragileWorker = (name: string): URL => {
    const marker = JSON.stringify(join(folder, `${name}-died`));
    const real = new URL('../../../src/engine/search/embedded-worker.ts', import.meta.url).href;
    const file = join(folder, `${name}.mjs`);
    writeFileSync(
      file,
      `import { existsSync, writeFileSync } from 'node:fs';
       import { parentPort } from 'node:worker_threads';
       if (!existsSync(${marker})) parentPort.on('message', ({ message }) => {
         if (message.kind !== 'search') return;
         writeFileSync(${marker}, '');
         process.exit(7);
       });
       await import(${JSON.stringify(real)});`,
    );
    return pathToFileURL(file);
  };

  test('fails a search whose worker dies, and starts another that finds everything', async () => {
    const collection = newCollection();
    const feature = newFeature(collection, 'COSINE');
    const workerUrl = fragileWorker('search');
    const backend = new EmbeddedBackend({ sql: database.sql, clock: systemClock, workerUrl });
    await backend.prepare(collection, [feature]);
    await backend.put(collection, randomDocuments([feature], 50, 'fragile'));
    const one = request({ collection, feature }, QUERY);
    const [died] = await backend.search([one], 20_000);
    expect(died).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
    const [again] = await backend.search([one], 20_000);
    expect(again?.status === 'ok' ? again.hits : again).toHaveLength(10);
    await backend.drop(collection);
    await backend.close();
  });

  test('stores nothing of a batch whose vectors cannot be written', async () => {
    const failing: Sql = {
      query: (text, params) => database.sql.query(text, params),
      transaction: (work) =>
        database.sql.transaction((within) =>
          work({
            transaction: (inner) => within.transaction(inner),
            query: (text, params) =>
              text.includes('insert into document_vector')
                ? Promise.reject(new Error('disk full'))
                : within.query(text, params),
          }),
        ),
    };
    const collection = newCollection();
    const feature = newFeature(collection, 'COSINE');
    const backend = new EmbeddedBackend({ sql: failing, clock: systemClock });
    await backend.prepare(collection, [feature]);
    await expect(backend.put(collection, randomDocuments([feature], 50, 'half'))).rejects.toThrow(
      'disk full',
    );
    expect((await backend.count(collection)).documents).toBe(0);
    const [outcome] = await backend.search([request({ collection, feature }, QUERY)], 20_000);
    expect(outcome).toMatchObject({ status: 'ok', hits: [] });
    await backend.close();
  });

  test('answers within the deadline that a collection is still being loaded', async () => {
    const gate = Promise.withResolvers<never>();
    gate.promise.catch(() => undefined);
    const slow: Sql = { ...database.sql, query: () => gate.promise };
    const collection = newCollection();
    const feature = newFeature(collection, 'COSINE');
    const backend = new EmbeddedBackend({ sql: slow, clock: systemClock });
    const started = performance.now();
    const [outcome] = await backend.search([request({ collection, feature }, QUERY)], 50);
    expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_TIMEOUT' });
    expect(performance.now() - started).toBeLessThan(15_000);
    gate.reject(new Error('statement timeout'));
    await backend.close();
  });

  test('rejects a text that only Elasticsearch could embed, and answers the searches beside it', async () => {
    const collection = newCollection();
    const feature = newFeature(collection, 'COSINE');
    const backend = new EmbeddedBackend({ sql: database.sql, clock: systemClock });
    await backend.prepare(collection, [feature]);
    await backend.put(collection, randomDocuments([feature], 50, 'text'));
    const one = request({ collection, feature }, QUERY);
    const [text, vector] = await backend.search(
      [{ ...one, vector: { text: 'tea', model: 'my-e5' } }, one],
      20_000,
    );
    expect(text).toMatchObject({ failure: 'FEATURE_REJECTED', reason: expect.stringContaining(feature.uri) });
    expect(vector?.status === 'ok' ? vector.hits : vector).toHaveLength(10);
    await backend.drop(collection);
    await backend.close();
  });

  test('is not ready while what is older than it is read into memory; what fails or is new does not count', async () => {
    let gate = Promise.withResolvers<never>();
    const held: Sql = { ...database.sql, query: () => gate.promise };
    const backend = new EmbeddedBackend({ sql: held, clock: systemClock });
    const old = newCollection();
    await backend.prepare(old, [newFeature(old, 'COSINE')]);
    await expect(backend.check()).rejects.toThrow('loading vectors');
    gate.reject(new Error('statement timeout'));
    await backend.search([request({ collection: old, feature: newFeature(old, 'COSINE') }, QUERY)], 20_000);
    await backend.check();
    gate = Promise.withResolvers<never>();
    gate.promise.catch(() => undefined);
    const young = { ...newCollection(), createdAt: new Date(Date.now() + 60_000) };
    await backend.prepare(young, [newFeature(young, 'COSINE')]);
    await backend.check();
    gate.reject(new Error('statement timeout'));
    await backend.close();
  });

  test('fails searches after it was closed, and does not hang', async () => {
    const collection = newCollection();
    const feature = newFeature(collection, 'COSINE');
    const backend = new EmbeddedBackend({ sql: database.sql, clock: systemClock });
    await backend.close();
    const [outcome] = await backend.search([request({ collection, feature }, QUERY)], 20_000);
    expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
    await expect(backend.check()).rejects.toThrow('closed');
  });
});
