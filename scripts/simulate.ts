/**
 * Plays simulated users against a running server with the demo catalogue, over GraphQL, and shows what it has learned.
 *   npm run simulate -- [--url http://127.0.0.1:4000] [--pages 800] [--seed 1]
 * Each audience likes other books for the same words. Users look from the top, open what fits, sometimes buy it, and
 * say so when it was bad. Half of the queries are played, the other half are judged, before and after, beside the best
 * static weights that a grid finds for those very queries.
 * Ends with status 1 where the server cannot be reached, has no demo or refuses something.
 */
import { parseArgs } from 'node:util';
import { bestWeights, candidatesOf, weighedNdcg, type JudgedCandidates } from './simulate/best-weights.ts';
import { helpOnRequest } from '../bench/support/help.ts';
import { connect, type Client } from './simulate/client.ts';
import { playPages } from './simulate/users.ts';
import { readQueries, type JudgedQuery } from './simulate/queries.ts';
import { ndcg } from './simulate/ndcg.ts';

interface Options {
  readonly url: string;
  readonly pages: number;
  readonly seed: string;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: process.env['REWEIGH_URL'] ?? 'http://127.0.0.1:4000' },
      pages: { type: 'string', default: '800' },
      seed: { type: 'string', default: '1' },
    },
  });
  const pages = Number(values.pages);
  if (!Number.isInteger(pages) || pages < 1)
    throw new Error(`--pages: expected 1 or more, got ${values.pages}`);
  return { url: values.url.replace(/\/+(graphql)?$/, ''), pages, seed: values.seed };
}

/** Pages between two lines of progress where nobody watches a terminal. */
const PROGRESS_PAGES = 100;

/** NDCG@10 per segment with the weights the server believes in now; nothing is recorded. */
async function judge(
  client: Client,
  segments: readonly string[],
  queries: readonly JudgedQuery[],
): Promise<ReadonlyMap<string, number>> {
  const scores = new Map<string, number>();
  for (const segment of segments) {
    const own = queries.filter((query) => query.segment === segment);
    const results = await Promise.all(
      own.map(async (query) => ndcg(await client.ranking(query), query.judgments)),
    );
    scores.set(segment, results.reduce((sum, value) => sum + value, 0) / own.length);
  }
  return scores;
}

/** Plays the users, with progress for people; says what was played. */
async function play(
  client: Client,
  queries: readonly JudgedQuery[],
  { pages, seed }: Options,
): Promise<string> {
  const { stderr } = process;
  const start = performance.now();
  const reported = await playPages(client, { queries, pages, seed }, (done) => {
    if (stderr.isTTY) stderr.write(`\r${done} of ${pages} pages`);
    else if (done % PROGRESS_PAGES === 0) stderr.write(`${done} of ${pages} pages\n`);
  });
  if (stderr.isTTY) stderr.write('\r');
  const seconds = (performance.now() - start) / 1_000;
  return `${pages} pages and ${reported} interactions in ${seconds.toFixed(1)} s`;
}

async function main(): Promise<void> {
  const options = readOptions();
  const client = await connect(options.url);
  const { segments, played, judged } = readQueries();
  console.log(`${options.url}: ${played.length} queries to play, ${judged.length} others to judge by`);
  const before = await judge(client, segments, judged);
  console.log(await play(client, played, options));
  const after = await judge(client, segments, judged);
  const candidates = new Map<string, readonly JudgedCandidates[]>();
  for (const segment of segments) {
    const own = judged.filter((query) => query.segment === segment);
    candidates.set(segment, await candidatesOf(client, own));
  }
  const everybody = bestWeights([...candidates.values()].flat());
  const rows = segments.map((segment) => {
    const own = candidates.get(segment)!;
    const row = {
      before: before.get(segment)!,
      after: after.get(segment)!,
      'best static, one for all': weighedNdcg(own, everybody),
      'best static of its own': weighedNdcg(own, bestWeights(own)),
    };
    const rounded = Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(3))] as const);
    return [segment, Object.fromEntries(rounded)] as const;
  });
  console.log('\nNDCG@10 on the queries that were not played');
  console.table(Object.fromEntries(rows));
  for (const segment of segments) console.log(`${segment.padEnd(7)} ${await client.weights(segment)}`);
}

helpOnRequest(import.meta.filename);
await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
