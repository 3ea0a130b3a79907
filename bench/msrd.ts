/**
 * Real judged searches through a server's GraphQL API: every figure of the pack measured again.
 *   node bench/msrd.ts --data <folder> [--url http://127.0.0.1:4000/graphql]
 *   node bench/msrd.ts --data <folder> --elasticsearch http://127.0.0.1:9200 [--options flat,hnsw,int8_hnsw,bbq_hnsw]
 * Without --url a server of its own is started in an empty folder; with --elasticsearch, or ELASTICSEARCH_URL, one after
 * the other for every index option, on indexes of its own that are removed again, and a table tells what each costs.
 * --candidates 500: so many candidates in each search, instead of the server's own choice.
 * Ends with status 1 where a figure is off: by more than half of its third decimal (.002 for background) on the
 * embedded search, by more than .003 on float indexes of Elasticsearch. What int8 and bbq cost is only told.
 */
import { parseArgs } from 'node:util';
import { createTrial, trialsOf, type Trial } from './msrd/retrievers.ts';
import { graphqlClient, type GraphqlClient } from './support/graphql.ts';
import { HEAD, line, printCosts, reportSegments, type Outcome } from './msrd/report.ts';
import { helpOnRequest } from './support/help.ts';
import { loadFilms, measureBackgrounds, uriOf } from './msrd/load.ts';
import { measure } from './msrd/measure.ts';
import { readPack, type Pack } from './msrd/pack.ts';
import { removeIndexes } from './support/indexes.ts';
import { startOwnServer } from './support/own-server.ts';

helpOnRequest(import.meta.filename);

/** In this, figures by segment must agree on the embedded search. */
const SEGMENTS_WITHIN = 0.0005;
/** How far any figure may be off on Elasticsearch. */
const ELASTICSEARCH_WITHIN = 0.003;
const FLOAT_OPTIONS = ['flat', 'hnsw'];

const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);

async function load(client: GraphqlClient, pack: Pack): Promise<void> {
  const began = performance.now();
  await loadFilms(client, pack);
  console.log(`loaded ${pack.films.length} films × ${pack.features.length} vectors in ${seconds(began)} s`);
  const measuring = performance.now();
  const backgrounds = await measureBackgrounds(client);
  console.log(`measured ${backgrounds.length} backgrounds in ${seconds(measuring)} s`);
  for (const feature of pack.features) {
    const { mean, deviation } = backgrounds.find(({ uri }) => uri === uriOf(feature))!;
    const [theirMean, theirDeviation] = pack.expected.background[feature]!;
    console.log(
      `  ${feature.padEnd(12)} mean ${mean.toFixed(4)} (${theirMean}), deviation ${deviation.toFixed(4)} (${theirDeviation})`,
    );
  }
}

/** Measures every figure. `within`: how far each may be off; null: as far as its trial says. */
async function run(client: GraphqlClient, pack: Pack, within: number | null): Promise<Outcome> {
  await load(client, pack);
  const began = performance.now();
  const trials = trialsOf(pack).map((trial) => ({ ...trial, ...candidates }));
  const figures = new Map<string, number>();
  let holds = true;
  let spent = 0;
  console.log(`\nNDCG@10 of ${pack.queries.length} queries\n${HEAD}`);
  for (const trial of trials) {
    await createTrial(client, pack, trial);
    const measured = await measure(client, pack, trial);
    spent += measured.seconds;
    figures.set(trial.name, measured.ndcg);
    holds = report(trial, measured.ndcg, within) && holds;
    if (trial.name === 'rrf equal')
      holds = reportSegments(pack, measured, within ?? SEGMENTS_WITHIN) && holds;
  }
  const count = trials.length * pack.queries.length;
  console.log(`\n${count} executions in ${seconds(began)} s: ${(count / spent).toFixed(0)}/s, 8 at a time`);
  return { figures, holds };
}

function report({ name, expected, tolerance }: Trial, measured: number, within: number | null): boolean {
  const { text, holds } = line(name, measured, { expected, within: within ?? tolerance });
  console.log(text);
  return holds;
}

async function onOwnServer(
  pack: Pack,
  environment: Readonly<Record<string, string>>,
  within: number | null,
): Promise<Outcome> {
  const server = await startOwnServer({ DEMO: 'false', ...environment });
  console.log(`server started in ${(server.startedIn / 1_000).toFixed(1)} s`);
  try {
    return await run(graphqlClient(server.url), pack, within);
  } finally {
    await server.stop();
  }
}

async function onElasticsearch(pack: Pack, url: string, options: readonly string[]): Promise<boolean> {
  const byOption = new Map<string, Outcome>();
  const prefix = `bench-films-${process.pid}-`;
  for (const option of options) {
    console.log(`\n== ${option} ==`);
    const environment = {
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_INDEX_OPTION: option,
      ELASTICSEARCH_INDEX_PREFIX: prefix,
      // What is compared must be whole, also in a slow moment.
      SEARCH_DEADLINE_MS: '30000',
    };
    try {
      byOption.set(option, await onOwnServer(pack, environment, ELASTICSEARCH_WITHIN));
    } finally {
      await removeIndexes(url, prefix);
    }
  }
  printCosts(trialsOf(pack), byOption);
  return [...byOption].every(([option, { holds }]) => holds || !FLOAT_OPTIONS.includes(option));
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    url: { type: 'string' },
    elasticsearch: { type: 'string' },
    options: { type: 'string', default: 'flat,hnsw,int8_hnsw,bbq_hnsw' },
    candidates: { type: 'string' },
  },
});
if (values.data === undefined) throw new Error('say where the pack is: --data <folder>');
const pack = readPack(values.data);
const candidates = values.candidates === undefined ? {} : { numCandidates: Number(values.candidates) };
const elasticsearch = values.elasticsearch ?? process.env['ELASTICSEARCH_URL'];
let holds: boolean;
if (values.url !== undefined) ({ holds } = await run(graphqlClient(values.url), pack, null));
else if (elasticsearch !== undefined)
  holds = await onElasticsearch(pack, elasticsearch, values.options.split(','));
else ({ holds } = await onOwnServer(pack, {}, null));
process.exitCode = holds ? 0 : 1;
