/**
 * The product on a real Elasticsearch and PostgreSQL, against the bare server, in one run.
 *   node bench/elasticsearch.ts [--documents 100000] [--options flat,hnsw,int8_hnsw,bbq_hnsw] [--loading hnsw]
 *     [--rounds 40] [--requests 25] [--questions 100]
 * Documents with one vector of 384 numbers for each of three features, in clusters, from a fixed seed. PostgreSQL 18 comes
 * from npm; Elasticsearch is the one that ELASTICSEARCH_URL names, else one of the bench's own with a heap of 3 GB.
 * For every index option, in an index of one shard:
 *   loading    the backend's `put`; for the options of --loading also the client's bulk helper with the same documents,
 *              and `indexDocuments` through the API, in turns. 500 documents a request, 4 at once; with the refresh
 *              at the end. Aim: the loader at .9 of the helper or more
 *   index      bytes on disk and segments when all merges have ended; nothing is merged by force
 *   quality    recall@100 of the lists of features, NDCG@10 of lists and of fused pages, beside an exact search in
 *              this process; grade 11 − r for its hit at rank r of 1..10
 *   speed      `execute` with learning and logging for one of 1,000 users, without document fields, in this process
 *              and through a server over HTTP, against the bare multi-search of the same bodies; in turns, rounds x
 *              requests of each, one at a time. Aim: p50 in this process at 1.2 of the bare one or less
 * Processor time is that of the process that does the work, with the writing of records; not of the databases.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { bareWay, httpWay, measureSpeed, openConnection, useCaseWay } from './elasticsearch/speed.ts';
import { bulkHelper, load, loader, throughApi, type Loading } from './elasticsearch/loading.ts';
import { ensureBuilt } from './support/built.ts';
import { exactLists } from './elasticsearch/exact.ts';
import { helpOnRequest } from './support/help.ts';
import { INDEX_OPTIONS, type IndexOption } from '../src/engine/search/elasticsearch-mapping.ts';
import { makeRetriever, openSite, type Site } from './elasticsearch/site.ts';
import { makeWorld } from './elasticsearch/vectors.ts';
import { measureQuality } from './elasticsearch/quality.ts';
import { printIndex, printLoading, printQuality, printSpeed } from './elasticsearch/print.ts';
import { settledIndex } from './elasticsearch/index-state.ts';
import { startServers } from './elasticsearch/servers.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '100000' },
    options: { type: 'string', default: INDEX_OPTIONS.join(',') },
    loading: { type: 'string', default: 'hnsw' },
    rounds: { type: 'string', default: '40' },
    requests: { type: 'string', default: '25' },
    questions: { type: 'string', default: '100' },
  },
});
const WARM_UP_ROUNDS = 4;
const SHELF = 'documents';

const optionsIn = (text: string): readonly IndexOption[] =>
  text.split(',').map((name) => {
    const option = INDEX_OPTIONS.find((known) => known === name);
    if (option === undefined)
      throw new Error(`there is no index option ${name}: ${INDEX_OPTIONS.join(', ')}`);
    return option;
  });

async function bench(site: Site): Promise<void> {
  const shelf = await site.shelf(SHELF);
  const ways: Loading[] = [loader(site, world, shelf)];
  if (compared.includes(site.option)) {
    ways.push(await bulkHelper(site, world, shelf));
    ways.push(throughApi(site, world, await site.shelf('through-the-api')));
  }
  printLoading(await load(site, world, ways));
  for (const { index } of ways.slice(1)) await site.drop(index);
  printIndex(await settledIndex(site.elasticsearch, ways[0]!.index));
  await makeRetriever(site.client, SHELF);
  printQuality(await measureQuality(site, world, exact));
  const connection = openConnection();
  const asked = [await bareWay(site, world), useCaseWay(site, world), httpWay(site, world, connection)];
  printSpeed(
    await measureSpeed(asked, world.questions.length, {
      rounds: Number(values.rounds),
      warmUp: WARM_UP_ROUNDS,
      requests: Number(values.requests),
    }),
  );
  connection.close();
}

ensureBuilt();
const options = optionsIn(values.options);
const compared = optionsIn(values.loading);
const began = performance.now();
const world = makeWorld(Number(values.documents), Number(values.questions));
const exact = exactLists(world);
console.log(`${world.documents} documents and exact lists of ${world.questions.length} questions made`);
const servers = await startServers();
try {
  for (const option of options) {
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    console.log(`\n== ${option} == (minute ${minutes}, load ${loadavg()[0]!.toFixed(1)})`);
    const site = await openSite(servers, option);
    try {
      await bench(site);
    } finally {
      await site.close();
    }
  }
} finally {
  await servers.stop();
}
