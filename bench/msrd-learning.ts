/**
 * Learning from simulated readers on real judged searches, through a server's GraphQL API.
 *   node bench/msrd-learning.ts --data <folder> [--sessions 10000] [--seed 1] [--url http://127.0.0.1:4000/graphql]
 * Half of the queries are asked by readers, who click judged films more often than others and rarely look far down.
 * The other half judge what was learned, leaving no trace, beside equal weights, equal rrf and the static weights that
 * a search over the first half found best. Each session waits until its clicks are durable.
 * Without --url a server of its own is started in an empty folder. The seed decides what readers ask and how attentive
 * they are; the weights a page is drawn with are new in every run. Ends with status 1 where a figure does not hold.
 */
import { parseArgs } from 'node:util';
import { createTrial, retrieverName, type Recipe } from './msrd/retrievers.ts';
import { findBest, measureBaselines, recipeOf, shares, type Baselines } from './msrd/baselines.ts';
import { graphqlClient, type GraphqlClient } from './support/graphql.ts';
import { halvesOf, type Halves } from './msrd/halves.ts';
import { helpOnRequest } from './support/help.ts';
import { loadFilms, measureBackgrounds, uriOf } from './msrd/load.ts';
import { measure } from './msrd/measure.ts';
import { playSession } from './msrd/readers.ts';
import { readPack, type Pack } from './msrd/pack.ts';
import { startOwnServer } from './support/own-server.ts';
import type { NormalizationRule } from '../src/engine/fusion/normalize.ts';

helpOnRequest(import.meta.filename);

const MARKS = [100, 300, 1_000, 3_000, 10_000];
/** How far below the best static weights the learned ones may be, by sessions. */
const MAY_LACK: ReadonlyMap<number, number> = new Map([
  [1_000, 0.006],
  [10_000, 0.003],
]);

const startedAt = performance.now();
const say = (text: string): void => {
  process.stderr.write(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${text}\n`);
};
const figure = (value: number): string => value.toFixed(4).padStart(9);
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);

async function load(client: GraphqlClient, pack: Pack): Promise<readonly NormalizationRule[]> {
  const began = performance.now();
  await loadFilms(client, pack);
  const backgrounds = await measureBackgrounds(client);
  say(`loaded ${pack.films.length} films, measured backgrounds: ${seconds(began)} s`);
  return pack.features.map((feature) => {
    const { mean, deviation } = backgrounds.find(({ uri }) => uri === uriOf(feature))!;
    return { kind: 'BACKGROUND', mean, deviation };
  });
}

async function weightsOf(client: GraphqlClient, recipe: Recipe): Promise<readonly number[]> {
  const { retriever } = await client.ask<{
    readonly retriever: { readonly weights: { readonly weights: readonly { readonly weight: number }[] } };
  }>(`query ($name: String!) { retriever(name: $name) { weights { weights { weight } } } }`, {
    name: retrieverName(recipe),
  });
  return retriever.weights.weights.map(({ weight }) => weight);
}

/** Prints the line of a mark; whether it holds. */
function report(mark: number, learned: number, { best, equal }: Baselines): boolean {
  const lack = MAY_LACK.get(mark);
  const least = Math.max(equal, lack === undefined ? -Infinity : best - lack);
  const holds = learned >= least;
  const cells = [learned, learned - best, learned - equal, least].map(figure).join(' ');
  console.log(`${String(mark).padStart(8)} ${cells}   ${holds ? 'yes' : 'NO'}`);
  return holds;
}

interface Asked {
  readonly sessions: number;
  readonly seed: string;
}

async function learn(
  client: GraphqlClient,
  halves: Halves,
  { sessions, seed, baselines }: Asked & { readonly baselines: Baselines },
): Promise<boolean> {
  const recipe = recipeOf(halves.learning, {
    name: 'learned',
    fusion: { strategy: 'LEARNED', normalization: 'BACKGROUND' },
  });
  await createTrial(client, halves.learning, recipe);
  const readers = { client, pack: halves.learning, recipe, seed };
  const began = performance.now();
  const notices = new Map<string, number>();
  let clicks = 0;
  let holds = true;
  console.log('\nsessions   learned    - best   - equal     least   holds');
  for (let session = 1; session <= sessions; session += 1) {
    const played = await playSession(readers, session);
    clicks += played.clicks;
    for (const code of played.notices) notices.set(code, (notices.get(code) ?? 0) + 1);
    if (session % 500 === 0) say(`${session} sessions, ${clicks} clicks: ${seconds(began)} s`);
    if (!MARKS.includes(session)) continue;
    holds = report(session, (await measure(client, halves.judging, recipe)).ndcg, baselines) && holds;
    say(`  ${shares(halves.learning, await weightsOf(client, recipe))}`);
  }
  console.log(`\nlearned weights: ${shares(halves.learning, await weightsOf(client, recipe))}`);
  console.log(`${sessions} sessions with ${clicks} clicks in ${seconds(began)} s, judging included`);
  if (notices.size > 0)
    console.log(`notices: ${[...notices].map(([code, count]) => `${count} × ${code}`).join(', ')}`);
  return holds;
}

async function run(client: GraphqlClient, pack: Pack, asked: Asked): Promise<boolean> {
  const halves = halvesOf(pack);
  const { learning, judging } = halves;
  console.log(`${learning.queries.length} queries to learn from, ${judging.queries.length} to judge by`);
  const rules = await load(client, pack);
  const best = await findBest(client, halves, { rules, say });
  const baselines = await measureBaselines(client, halves, best);
  console.log(
    `on the judging half, NDCG@10: best static ${baselines.best.toFixed(4)}, ` +
      `equal ${baselines.equal.toFixed(4)}, equal rrf ${baselines.rrf.toFixed(4)}`,
  );
  return learn(client, halves, { ...asked, baselines });
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    url: { type: 'string' },
    sessions: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.data === undefined) throw new Error('say where the pack is: --data <folder>');
const sessions = Number(values.sessions);
if (!Number.isInteger(sessions) || sessions < MARKS[0]!)
  throw new Error(`--sessions: expected a whole number from ${MARKS[0]}, got ${values.sessions}`);
const pack = readPack(values.data);
const server = values.url === undefined ? await startOwnServer({ DEMO: 'false' }) : null;
try {
  const holds = await run(graphqlClient(values.url ?? server!.url), pack, { sessions, seed: values.seed });
  process.exitCode = holds ? 0 : 1;
} finally {
  await server?.stop();
}
