/**
 * The Elasticsearch backend against the bare server, side by side in one run.
 *   ELASTICSEARCH_URL=… node bench/knn-elasticsearch.ts [DOCUMENTS] [OPTIONS]   20000 flat,hnsw,int8_hnsw,bbq_hnsw
 * Three features of 384 numbers around 200 centres. Prints, per index option: loading against the client's bulk
 * helper, one execution of three features against the same multi-search sent bare, CPU of this process, recall.
 */
import { Client } from '@elastic/elasticsearch';
import { base64Vector, documentJson } from '../src/engine/search/elasticsearch-document.ts';
import { indexBody, INDEX_OPTIONS, type IndexOption } from '../src/engine/search/elasticsearch-mapping.ts';
import { multiSearchBody } from '../src/engine/search/knn-request.ts';
import { openElasticsearch } from '../src/engine/search/elasticsearch-open.ts';
import { seededRandom } from '../src/engine/random.ts';
import { systemClock } from '../src/engine/system-clock.ts';
import { uuidV7 } from '../src/engine/ids.ts';
import type { Collection, Document, Feature } from '../src/engine/collection/collection.ts';
import type { KnnRequest, SearchBackend } from '../src/engine/search/search-backend.ts';

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200';
const count = Number(process.argv[2] ?? 20_000);
const options = (process.argv[3]?.split(',') ?? [...INDEX_OPTIONS]) as readonly IndexOption[];
const DIMS = 384;
const TOP_K = 100;
const BATCH = 500;
const WRITERS = 4;
const ROUNDS = 200;
const PREFIX = `bench-${process.pid}-`;
const random = seededRandom('bench');
const vector = (): Float32Array => Float32Array.from({ length: DIMS }, () => random.next() - 0.5);
const centres = Array.from({ length: 200 }, vector);
const near = (): Float32Array => {
  const centre = centres[Math.floor(random.next() * centres.length)]!;
  return centre.map((number) => number + 0.5 * (random.next() - 0.5));
};

function world(): { readonly collection: Collection; readonly features: readonly Feature[] } {
  const collection: Collection = {
    id: uuidV7(new Date()),
    namespace: 'bench',
    name: 'bench',
    fields: [{ name: 'place', type: 'NUMBER', many: false }],
    createdAt: new Date(),
  };
  const features = ['a', 'b', 'c'].map((field): Feature => ({
    id: uuidV7(new Date()),
    collectionId: collection.id,
    uri: `bench://random@1/${field}`,
    field,
    dims: DIMS,
    similarity: 'COSINE',
    sourceFields: [],
    embedder: 'NONE',
    model: null,
    background: null,
    createdAt: new Date(),
  }));
  return { collection, features };
}

const base = world();
const vectorsOf = Array.from({ length: count }, () => base.features.map(near));
const documentsOf = (features: readonly Feature[]): readonly Document[] =>
  vectorsOf.map((vectors, place) => ({
    id: `document ${place}`,
    fields: new Map([['place', place]]),
    vectors: new Map(features.map(({ id }, index) => [id, vectors[index]!])),
  }));
const queries = Array.from({ length: 50 }, () => base.features.map(near));
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;
const ninetyNinth = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!;

async function load(
  backend: SearchBackend,
  collection: Collection,
  documents: readonly Document[],
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < documents.length) {
      const batch = documents.slice(next, next + BATCH);
      next += BATCH;
      await backend.put(collection, batch);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return documents.length / ((performance.now() - started) / 1000);
}

/** The same documents through the client's helper, into an index of the same mapping. */
async function loadBare(client: Client, indexOption: IndexOption): Promise<number> {
  const { collection, features } = world();
  const index = `${PREFIX}bare`;
  const settings = { indexOption, shards: 1, replicas: null, refreshInterval: '1s' } as const;
  await client.indices.create({ index, ...indexBody(collection, features, settings) });
  const how = { features: new Map(features.map((one) => [one.id, one])), form: base64Vector };
  const documents = documentsOf(features);
  const started = performance.now();
  await client.helpers.bulk<Document>({
    datasource: [...documents],
    concurrency: WRITERS,
    flushBytes: 5_000_000,
    refreshOnCompletion: true,
    onDocument: (document) => [
      { index: { _index: index, _id: document.id } },
      documentJson(collection, document, how),
    ],
  });
  const perSecond = documents.length / ((performance.now() - started) / 1000);
  await client.indices.delete({ index });
  return perSecond;
}

const requestsOf = (
  collection: Collection,
  features: readonly Feature[],
  query: number,
): readonly KnnRequest[] =>
  features.map((feature, index) => ({
    collection,
    feature,
    vector: queries[query % queries.length]![index]!,
    topK: TOP_K,
    numCandidates: null,
    oversample: null,
    filter: null,
    minScore: null,
  }));

const exact: (readonly ReadonlySet<string>[])[] = [];
async function bench(client: Client, indexOption: IndexOption): Promise<void> {
  const { collection, features } = world();
  const backend = await openElasticsearch({ url, indexPrefix: PREFIX, indexOption }, systemClock);
  await backend.prepare(collection, features);
  const bareLoading = await loadBare(client, indexOption);
  const loading = await load(backend, collection, documentsOf(features));
  const bare: number[] = [];
  const ours: number[] = [];
  const found: (readonly ReadonlySet<string>[])[] = [];
  let cpu = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const requests = requestsOf(collection, features, round);
    const lines = multiSearchBody(requests, {
      indexOption,
      form: base64Vector,
      timeout: 10_000,
      indexOf: () => `${PREFIX}${collection.id}`,
    });
    let started = performance.now();
    await client.transport.request({ method: 'POST', path: '/_msearch', bulkBody: lines });
    bare.push(performance.now() - started);
    const before = process.cpuUsage();
    started = performance.now();
    const outcomes = await backend.search(requests, 10_000);
    ours.push(performance.now() - started);
    const used = process.cpuUsage(before);
    cpu += (used.user + used.system) / 1000;
    if (round < queries.length)
      found.push(outcomes.map((one) => new Set(one.status === 'ok' ? one.hits.map(({ id }) => id) : [])));
  }
  if (indexOption === 'flat') exact.push(...found);
  const shares = exact.flatMap((lists, query) =>
    lists.map((list, index) => [...list].filter((id) => found[query]![index]!.has(id)).length / TOP_K),
  );
  const recall =
    shares.length === 0 ? '(flat was not run)' : (shares.reduce((a, b) => a + b) / shares.length).toFixed(4);
  console.log(
    [
      `${indexOption}: loading ${loading.toFixed(0)}/s against ${bareLoading.toFixed(0)}/s bare, ratio ${(loading / bareLoading).toFixed(2)}`,
      `  search p50 ${median(ours).toFixed(1)} ms against ${median(bare).toFixed(1)} bare, ratio ${(median(ours) / median(bare)).toFixed(2)}; p99 ${ninetyNinth(ours).toFixed(1)} against ${ninetyNinth(bare).toFixed(1)}`,
      `  CPU here ${(cpu / ROUNDS).toFixed(2)} ms per execution; recall@${TOP_K} ${recall}`,
    ].join('\n'),
  );
  await backend.drop(collection);
  await backend.close();
}

const client = new Client({ node: url });
console.log(`${count} documents, 3 features of ${DIMS}`);
for (const indexOption of options) await bench(client, indexOption);
await client.close();
