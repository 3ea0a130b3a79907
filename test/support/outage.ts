import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo } from './http-api.ts';
import { executeFreshly, executeOn, RECORD, untilWritten, type Served } from './production.ts';
import { scrape, valueOf } from './metrics.ts';
import type { GraphqlAnswer } from './server.ts';

/** Short limits, so that an outage need not be long. */
export const OUTAGE_LIMITS = {
  DATABASE_STATEMENT_TIMEOUT_MS: '2000',
  DATABASE_CONNECT_TIMEOUT_MS: '1000',
};
/** One wait for definitions and one for counters, half a second each; the rest is the load of the machine. */
export const ANSWER_MILLISECONDS = 10_000;
/** The patience of the writer, and one more transaction with its waits; the rest is the load of the machine. */
const REFUSAL_MILLISECONDS = 25_000;
const RECOVERY_MILLISECONDS = 90_000;
const DURING = 12;

/** What was asked of a server while its database was out of reach. */
export interface Outage {
  readonly served: readonly Served[];
  readonly slowest: number;
  readonly refused: GraphqlAnswer;
  /** To be sent again when it is over. */
  readonly interaction: object;
}

export const report = (url: string, interaction: object): Promise<GraphqlAnswer> =>
  answerTo(url, RECORD, { input: { interactions: [interaction] } });

/** A page from before the outage. */
export async function servedAndLogged(url: string): Promise<Served> {
  const served = await executeOn(url);
  await untilWritten(url);
  return served;
}

/**
 * Searches and reports while the database is out of reach, and holds what is promised for it: pages come in time,
 * from definitions and counters that are remembered, and say so; interactions are refused, to be sent again; readiness
 * tells.
 */
export async function endure(url: string, known: Served): Promise<Outage> {
  // Until what is remembered is older than is promised.
  await sleep(1_200);
  const interaction = { hit: known.hits.nodes[0]!.id, kinds: ['CLICK'], idempotencyKey: `again ${known.id}` };
  const began = performance.now();
  const reported = report(url, interaction).then((answer) => ({ answer, took: performance.now() - began }));
  const served: Served[] = [];
  let slowest = 0;
  for (let search = 0; search < DURING; search += 1) {
    const start = performance.now();
    served.push(await executeOn(url));
    slowest = Math.max(slowest, performance.now() - start);
  }
  expect(slowest).toBeLessThan(ANSWER_MILLISECONDS);
  for (const { version, hits, notices } of served) {
    expect(version).toBe(known.version);
    expect(hits.nodes.length).toBe(known.hits.nodes.length);
    expect(notices.map(({ code }) => code)).toEqual(['STALE_DEFINITIONS', 'STALE_WEIGHTS']);
  }
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  const text = await scrape(url);
  expect(valueOf(text, 'reweigh_writer_pending{log="executions"}')).toBe(DURING);
  expect(valueOf(text, 'reweigh_writer_oldest_seconds{log="executions"}')).toBeGreaterThan(0);
  const { answer, took } = await reported;
  expect(took).toBeLessThan(REFUSAL_MILLISECONDS);
  expect(codesOfResults(answer)).toEqual(['STORE_UNAVAILABLE']);
  return { served, slowest, refused: answer, interaction };
}

/**
 * After it, without a restart: readiness comes back, every page that was served is in the log once, the refused
 * interaction can be sent again and counts once, and nothing is stale any more.
 */
export async function recover(
  url: string,
  outage: Outage,
  count: (statement: string) => Promise<number>,
): Promise<void> {
  const end = performance.now() + RECOVERY_MILLISECONDS;
  const isBack = async (): Promise<boolean> => {
    if ((await fetch(`${url}/health/ready`)).status !== 200) return false;
    return valueOf(await scrape(url), 'reweigh_writer_pending{log="executions"}') === 0;
  };
  while (!(await isBack())) {
    if (performance.now() > end) throw new Error('it did not recover');
    await sleep(100);
  }
  const executions = await count('select count(*)::int from execution');
  const impressions = await count('select count(*)::int from impression');
  const { body } = await answerTo(
    url,
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Execution { logged } } }',
    {
      ids: outage.served.map(({ id }) => id),
    },
  );
  expect(body).toEqual({ data: { nodes: outage.served.map(() => ({ logged: true })) } });
  // Those, and the one from before.
  expect(executions).toBe(outage.served.length + 1);
  expect(impressions).toBe(executions);
  for (let time = 0; time < 2; time += 1)
    expect(codesOfResults(await report(url, outage.interaction))).toEqual([]);
  expect(await count(`select count(*)::int from interaction where idempotency_key is not null`)).toBe(1);
  await sleep(1_000);
  expect((await executeFreshly(url)).level).toBe('GLOBAL');
}

interface Results {
  readonly recordInteractions: {
    readonly results: readonly { readonly faults: readonly { code: string }[] }[];
  };
}

function codesOfResults({ body }: GraphqlAnswer): readonly string[] {
  const { recordInteractions } = body.data as unknown as Results;
  return recordInteractions.results.flatMap(({ faults }) => faults.map(({ code }) => code));
}
