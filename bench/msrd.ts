/**
 * Real judged searches through a server's GraphQL API: every figure of the pack measured again.
 *   node bench/msrd.ts --data <folder> [--url http://127.0.0.1:4000/graphql]
 * Without --url a server of its own is started in an empty folder. Ends with status 1 where a figure is off.
 */
import { parseArgs } from 'node:util';
import { createTrial, trialsOf, type Trial } from './msrd/retrievers.ts';
import { graphqlClient, type GraphqlClient } from './support/graphql.ts';
import { helpOnRequest } from './support/help.ts';
import { loadFilms, measureBackgrounds, uriOf } from './msrd/load.ts';
import { measure, type Measured } from './msrd/measure.ts';
import { readPack, type Pack } from './msrd/pack.ts';
import { startOwnServer } from './support/own-server.ts';

helpOnRequest(import.meta.filename);

const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);

/** Prints one line of the table; whether the figure holds. */
function report(name: string, measured: number, wanted: Pick<Trial, 'expected' | 'tolerance'>): boolean {
  const holds = Math.abs(measured - wanted.expected) <= wanted.tolerance;
  const figures = `${measured.toFixed(4).padStart(8)} ${wanted.expected.toFixed(4).padStart(9)}`;
  console.log(`${name.padEnd(22)} ${figures}   ${holds ? 'yes' : 'NO'}`);
  return holds;
}

function reportSegments(pack: Pack, { bySegment }: Measured): boolean {
  const lines = Object.entries(pack.expected.bySegmentRrf).map(([segment, expected]) =>
    report(`  rrf, ${segment}`, bySegment.get(segment) ?? NaN, { expected, tolerance: 0.0005 }),
  );
  return lines.every(Boolean);
}

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

async function run(client: GraphqlClient, pack: Pack): Promise<boolean> {
  await load(client, pack);
  const began = performance.now();
  const trials = trialsOf(pack);
  let holds = true;
  let spent = 0;
  console.log(`\nNDCG@10 of ${pack.queries.length} queries`);
  console.log(`${'retriever'.padEnd(22)} measured  expected   holds`);
  for (const trial of trials) {
    await createTrial(client, pack, trial);
    const measured = await measure(client, pack, trial);
    spent += measured.seconds;
    holds = report(trial.name, measured.ndcg, trial) && holds;
    if (trial.name === 'rrf equal') holds = reportSegments(pack, measured) && holds;
  }
  const count = trials.length * pack.queries.length;
  console.log(`\n${count} executions in ${seconds(began)} s: ${(count / spent).toFixed(0)}/s, 8 at a time`);
  return holds;
}

const { values } = parseArgs({ options: { data: { type: 'string' }, url: { type: 'string' } } });
if (values.data === undefined) throw new Error('say where the pack is: --data <folder>');
const pack = readPack(values.data);
const server = values.url === undefined ? await startOwnServer({ DEMO: 'false' }) : null;
if (server !== null) console.log(`server started in ${(server.startedIn / 1_000).toFixed(1)} s`);
try {
  const holds = await run(graphqlClient(values.url ?? server!.url), pack);
  process.exitCode = holds ? 0 : 1;
} finally {
  await server?.stop();
}
