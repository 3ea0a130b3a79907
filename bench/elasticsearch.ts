/**
 * The product on a real Elasticsearch and PostgreSQL, against the bare server, in one run.
 *   node bench/elasticsearch.ts [--documents 100000] [--options hnsw,int8_hnsw,bbq_hnsw,flat]
 *     [--loading hnsw] [--portion 100000] [--speed hnsw] [--rounds 40] [--requests 25] [--questions 100] [--merged]
 * Documents with one vector of 384 numbers for each of three features, in clusters, from a fixed seed. PostgreSQL 18 comes
 * from npm; Elasticsearch is the one that ELASTICSEARCH_URL names, else one of the bench's own with a heap of 3 GB.
 * For every index option, in an index of one shard:
 *   loading    the backend's `put`, 500 documents a request, 4 at once, with the refresh at the end. For the options
 *              of --loading the first --portion documents also by the client's bulk helper and by `indexDocuments`
 *              through the API, in turns. Aim: the loader at .9 of the helper or more
 *   index      bytes on disk and segments when all merges have ended; nothing is merged by force before --merged
 *   quality    recall@100 of the lists of features, NDCG@10 of lists and of fused pages, beside an exact search in
 *              this process; grade 11 − r for its hit at rank r of 1..10
 *   speed      for the options of --speed: `execute` with learning and logging for one of 1,000 users, without
 *              document fields, in this process and through a server over HTTP, against the bare multi-search of the
 *              same bodies; in turns, rounds x requests of each, one at a time, after 80 rounds to warm up. Aim:
 *              p50 in this process at 1.2 of the bare one or less
 *   --merged   at last the index is merged into one segment by force, and its quality measured again
 * Processor time is that of the process that does the work, with the writing of records, and beside it that of all
 * processes of Elasticsearch and PostgreSQL on the machine, which should have no others.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { bareWay, httpWay, measureSpeed, useCaseWay } from './elasticsearch/speed.ts';
import {
  bulkHelper,
  loader,
  loadInTurns,
  loadRest,
  throughApi,
  type Loading,
} from './elasticsearch/loading.ts';
import { ensureBuilt } from './support/built.ts';
import { exactLists } from './elasticsearch/exact.ts';
import { helpOnRequest } from './support/help.ts';
import { INDEX_OPTIONS, type IndexOption } from '../src/engine/search/elasticsearch-mapping.ts';
import { keepAlive } from './support/keep-alive.ts';
import { makeRetriever, openSite, type Site } from './elasticsearch/site.ts';
import { makeWorld } from './elasticsearch/vectors.ts';
import { measureQuality } from './elasticsearch/quality.ts';
import { printIndex, printLoading, printQuality, printRest, printSpeed } from './elasticsearch/print.ts';
import { mergeByForce, settledIndex } from './elasticsearch/index-state.ts';
import { startServers } from './elasticsearch/servers.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '100000' },
    options: { type: 'string', default: 'hnsw,int8_hnsw,bbq_hnsw,flat' },
    loading: { type: 'string', default: 'hnsw' },
    portion: { type: 'string' },
    speed: { type: 'string', default: 'hnsw' },
    rounds: { type: 'string', default: '40' },
    requests: { type: 'string', default: '25' },
    questions: { type: 'string', default: '100' },
    merged: { type: 'boolean', default: false },
  },
});
/** Code that has run a few hundred times is still being compiled: that would be most of the processor time. */
const WARM_UP_ROUNDS = 80;
const SHELF = 'documents';

const optionsIn = (text: string): readonly IndexOption[] =>
  text.split(',').map((name) => {
    const option = INDEX_OPTIONS.find((known) => known === name);
    if (option === undefined)
      throw new Error(`there is no index option ${name}: ${INDEX_OPTIONS.join(', ')}`);
    return option;
  });

/** Loads all documents; the index of the product's loader. */
async function load(site: Site): Promise<string> {
  const shelf = await site.shelf(SHELF);
  const ours = loader(site, world, shelf);
  let loaded = 0;
  if (compared.includes(site.option)) {
    const others: readonly Loading[] = [
      await bulkHelper(site, world, shelf),
      throughApi(site, world, await site.shelf('through-the-api')),
    ];
    loaded = Math.min(world.documents, Number(values.portion ?? world.documents));
    printLoading(await loadInTurns(site, [ours, ...others], loaded));
    for (const { index } of others) await site.drop(index);
  }
  if (loaded < world.documents)
    printRest(await loadRest(site, ours, [loaded, world.documents]), world.documents - loaded);
  return ours.index;
}

async function speed(site: Site): Promise<void> {
  const connection = keepAlive(1);
  const ways = [await bareWay(site, world), useCaseWay(site, world), httpWay(site, world, connection)];
  printSpeed(
    await measureSpeed(ways, world.questions.length, {
      rounds: Number(values.rounds),
      warmUp: WARM_UP_ROUNDS,
      requests: Number(values.requests),
    }),
  );
  connection.close();
}

async function bench(site: Site): Promise<void> {
  const index = await load(site);
  printIndex(await settledIndex(site.elasticsearch, index), 'AS LOADED');
  await makeRetriever(site.client, SHELF);
  printQuality(await measureQuality(site, world, exact));
  if (timed.includes(site.option)) await speed(site);
  if (!values.merged) return;
  await mergeByForce(site.elasticsearch, index);
  printIndex(await settledIndex(site.elasticsearch, index), 'BY FORCE');
  printQuality(await measureQuality(site, world, exact));
}

ensureBuilt();
const options = optionsIn(values.options);
const compared = optionsIn(values.loading);
const timed = optionsIn(values.speed);
const began = performance.now();
const now = (): string =>
  `minute ${((performance.now() - began) / 60_000).toFixed(1)}, load ${loadavg()[0]!.toFixed(1)}`;
const world = makeWorld(Number(values.documents), Number(values.questions));
const exact = exactLists(world);
console.log(`${world.documents} documents and exact lists of ${world.questions.length} questions made`);
const servers = await startServers();
try {
  for (const option of options) {
    console.log(`\n== ${option} == ${now()}`);
    const site = await openSite(servers, option);
    try {
      await bench(site);
      console.log(`done: ${now()}`);
    } finally {
      await site.close();
    }
  }
} finally {
  await servers.stop();
}
