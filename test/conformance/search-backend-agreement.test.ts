import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedBackend } from '../../src/engine/search/embedded-backend.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { hitsOf } from './search-backend.ts';
import { newCollection, newFeature, request } from './search-backend-world.ts';
import type { Database } from '../../src/store/database.ts';
import type { Document } from '../../src/engine/collection/collection.ts';
import type { SearchBackend } from '../../src/engine/search/search-backend.ts';

const DIMS = 96;
const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`embedded and Elasticsearch agree (${reason})`, () => undefined);
else
  describe('embedded and Elasticsearch', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reweigh-agree-'));
    const collection = newCollection();
    const features = (['COSINE', 'DOT_PRODUCT', 'L2'] as const).map((one) => ({
      ...newFeature(collection, one),
      dims: DIMS,
    }));
    const random = seededRandom('agreement');
    const vector = (): Float32Array => Float32Array.from({ length: DIMS }, () => random.next() * 2 - 0.7);
    let server: TestElasticsearch;
    let database: Database;
    let backends: readonly SearchBackend[] = [];
    beforeAll(async () => {
      server = await elasticsearchForTests();
      const settings = { poolSize: 2, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 };
      database = await openEmbeddedDatabase(join(folder, 'data'), settings);
      const options = { url: server.url, indexPrefix: `agree-${process.pid}-`, indexOption: 'flat' } as const;
      backends = [
        new EmbeddedBackend({ sql: database.sql, clock: systemClock }),
        await openElasticsearch(options, systemClock),
      ];
      const documents = Array.from({ length: 1_000 }, (_, index): Document => ({
        id: `d${index}`,
        fields: new Map([['number', index]]),
        vectors: new Map(features.map(({ id }) => [id, vector()])),
      }));
      for (const backend of backends) {
        await backend.prepare(collection, features);
        await backend.put(collection, documents);
      }
    }, 300_000);
    afterAll(async () => {
      for (const backend of backends) {
        await backend.drop(collection);
        await backend.close();
      }
      await database.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(features)('give the same $similarity scores to 1e-5, with filters too', async (feature) => {
      const filters = [null, { kind: 'lt', field: 'number', value: 300 } as const];
      for (let round = 0; round < 10; round += 1)
        for (const filter of filters) {
          const one = request({ collection, feature }, vector(), { topK: 50, filter });
          const [ours, theirs] = await Promise.all(backends.map((backend) => hitsOf(backend, one)));
          expect(theirs).toHaveLength(50);
          theirs!.forEach(({ score }, rank) => {
            const scale = Math.max(1, Math.abs(score));
            expect(Math.abs(score - ours![rank]!.score) / scale).toBeLessThanOrEqual(1e-5);
          });
          // Only documents whose scores differ by less than that may change places.
          const scores = new Map(ours!.map(({ id, score }) => [id, score]));
          const strangers = theirs!.filter(
            ({ id, score }) => !scores.has(id) && score > ours!.at(-1)!.score + 1e-5,
          );
          expect(strangers).toEqual([]);
        }
    });

    test('sample the same vectors in the same order, so that backgrounds are the same', async () => {
      for (const limit of [60, 5_000]) {
        const [ours, theirs] = await Promise.all(
          backends.map((backend) => backend.sample(collection, features[0]!, limit, 'a seed')),
        );
        expect(ours).toHaveLength(Math.min(limit, 1_000));
        expect(theirs).toEqual(ours);
      }
    });
  });
