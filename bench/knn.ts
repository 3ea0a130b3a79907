/**
 * Exact kNN of the embedded backend against usearch alone, side by side in one run.
 *   node bench/knn.ts [DOCUMENTS] [DIMS] [TOP_K]      100000 384 100 unless given
 * Prints loading speed, memory, and the median times with their ratio, with filters too (no bare counterpart).
 */
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedBackend } from '../src/engine/search/embedded-backend.ts';
import { seededRandom } from '../src/engine/random.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { helpOnRequest } from './support/help.ts';
import { openEmbeddedDatabase } from '../src/store/embedded-database.ts';
import { uuidV7 } from '../src/engine/ids.ts';
import type { Collection, Document, Feature, FieldValue } from '../src/engine/collection/collection.ts';
import type { Filter, KnnRequest } from '../src/engine/search/search-backend.ts';

helpOnRequest(import.meta.filename);
const { exactSearch } = createRequire(import.meta.url)('usearch') as {
  readonly exactSearch: (
    rows: Float32Array,
    query: Float32Array,
    dims: number,
    count: number,
    metric: string,
    threads: number,
  ) => unknown;
};
const [count = 100_000, dims = 384, topK = 100] = process.argv.slice(2).map(Number);
const ROUNDS = 40;
const BATCH = 1_000;
const random = seededRandom('bench');

const collection: Collection = {
  id: uuidV7(new Date()),
  namespace: 'bench',
  name: 'bench',
  fields: [
    { name: 'place', type: 'NUMBER', many: false },
    { name: 'genres', type: 'KEYWORD', many: true },
  ],
  createdAt: new Date(),
};
const feature: Feature = {
  id: uuidV7(new Date()),
  collectionId: collection.id,
  uri: 'bench://random@1/out',
  field: 'vector',
  dims,
  similarity: 'COSINE',
  sourceFields: [],
  embedder: 'NONE',
  model: null,
  background: null,
  createdAt: new Date(),
};

const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
const database = await openEmbeddedDatabase(folder, {
  poolSize: 4,
  statementTimeoutMs: 60_000,
  connectTimeoutMs: 10_000,
});
const open = (): EmbeddedBackend => new EmbeddedBackend({ sql: database.sql, clock: systemClock });
const bare = new Float32Array(count * dims);
const randomVector = (): Float32Array => Float32Array.from({ length: dims }, () => random.next() - 0.5);

function batchFrom(first: number): readonly Document[] {
  return Array.from({ length: Math.min(BATCH, count - first) }, (_, offset) => {
    const place = first + offset;
    const vector = randomVector();
    bare.set(vector, place * dims);
    return {
      id: `document ${place}`,
      fields: new Map<string, FieldValue>([
        ['place', place],
        ['genres', ['all', `genre ${place % 10}`]],
      ]),
      vectors: new Map([[feature.id, vector]]),
    } satisfies Document;
  });
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;

async function backendTime(backend: EmbeddedBackend, filter: Filter | null): Promise<number> {
  const request: KnnRequest = {
    collection,
    feature,
    vector: randomVector(),
    topK,
    numCandidates: null,
    oversample: null,
    filter,
    minScore: null,
  };
  const started = performance.now();
  const [outcome] = await backend.search([request], 60_000);
  if (outcome?.status !== 'ok') throw new Error(outcome?.reason ?? 'no outcome');
  return performance.now() - started;
}

function bareTime(): number {
  const query = randomVector();
  const started = performance.now();
  exactSearch(bare, query, dims, topK, 'cos', 1);
  return performance.now() - started;
}

const loading = performance.now();
const first = open();
await first.prepare(collection, [feature]);
for (let place = 0; place < count; place += BATCH) await first.put(collection, batchFrom(place));
console.log(`stored ${count} x ${dims}: ${seconds(loading)} s`);
await first.close();
const before = process.memoryUsage().rss;
const reading = performance.now();
const backend = open();
await backendTime(backend, null);
console.log(`first search after a restart (reads all vectors): ${seconds(reading)} s`);
const grown = (process.memoryUsage().rss - before) / 2 ** 20;
const vectors = (count * dims * 4) / 2 ** 20;
console.log(`memory grew by ${grown.toFixed(0)} MB for ${vectors.toFixed(0)} MB of vectors`);

const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  theirs.push(bareTime());
  ours.push(await backendTime(backend, null));
}
const ratio = median(ours) / median(theirs);
console.log(`usearch alone p50 ${median(theirs).toFixed(2)} ms, best ${Math.min(...theirs).toFixed(2)}`);
console.log(`embedded backend p50 ${median(ours).toFixed(2)} ms, best ${Math.min(...ours).toFixed(2)}`);
console.log(`ratio of p50 ${ratio.toFixed(2)} (aim 1.2 or less)`);

for (const share of [0.001, 0.01, 0.05, 0.1, 0.5]) {
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1)
    times.push(await backendTime(backend, { kind: 'lt', field: 'place', value: count * share + round }));
  console.log(`filter that ${share * 100} % pass: p50 ${median(times).toFixed(2)} ms`);
}
await backend.close();
await database.close();
rmSync(folder, { recursive: true, force: true });
