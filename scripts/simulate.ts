/**
 * Plays simulated users against a running server with the demo catalogue, over GraphQL, and shows what it has learned.
 *   npm run simulate -- [--url http://127.0.0.1:4000] [--pages 800] [--seed 1]
 * Each audience likes other books for the same words. Users look from the top, open what fits, sometimes buy it, and
 * say so when it was bad. Half of the queries are played, the other half are judged, before and after.
 */
import { parseArgs } from 'node:util';
import { bestWeights, candidatesOf, weighedNdcg, type JudgedCandidates } from './simulate/best-weights.ts';
import { connect, type Client } from './simulate/client.ts';
import { playPages } from './simulate/users.ts';
import { readQueries, type JudgedQuery } from './simulate/queries.ts';
import { ndcg } from './simulate/ndcg.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env['REWEIGH_URL'] ?? 'http://127.0.0.1:4000' },
    pages: { type: 'string', default: '800' },
    seed: { type: 'string', default: '1' },
  },
});

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

async function main(): Promise<void> {
  const client = await connect(values.url);
  const { segments, played, judged } = readQueries();
  console.log(`${values.url}: ${played.length} queries to play, ${judged.length} others to judge by`);
  const before = await judge(client, segments, judged);
  const pages = Number(values.pages);
  const start = performance.now();
  const reported = await playPages(client, { queries: played, pages, seed: values.seed }, (done) => {
    process.stdout.write(`\r${done} of ${pages} pages`);
  });
  const seconds = (performance.now() - start) / 1_000;
  console.log(`\r${pages} pages and ${reported} interactions in ${seconds.toFixed(1)} s`);
  const after = await judge(client, segments, judged);
  const candidates = new Map<string, readonly JudgedCandidates[]>();
  for (const segment of segments)
    candidates.set(
      segment,
      await candidatesOf(
        client,
        judged.filter((query) => query.segment === segment),
      ),
    );
  const everybody = bestWeights([...candidates.values()].flat());
  const rows = segments.map((segment) => {
    const own = candidates.get(segment)!;
    return {
      audience: segment,
      before: before.get(segment)!,
      after: after.get(segment)!,
      'best static, one for all': weighedNdcg(own, everybody),
      'best static of its own': weighedNdcg(own, bestWeights(own)),
    };
  });
  console.log('\nNDCG@10 on the queries that were not played');
  console.table(
    Object.fromEntries(
      rows.map(({ audience, ...row }) => [
        audience,
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(3))])),
      ]),
    ),
  );
  for (const segment of segments) console.log(`${segment.padEnd(7)} ${await client.weights(segment)}`);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
