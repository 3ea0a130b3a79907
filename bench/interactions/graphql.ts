import { demoQuestions } from '../support/questions.ts';
import { graphqlClient, type GraphqlClient } from '../support/graphql.ts';
import { ms } from './store.ts';
import { startOwnServer } from '../support/own-server.ts';

const BATCH = 100;
const AT_ONCE = 8;
/** Ranks of a page that are reported. */
const RANKS = 10;

const EXECUTE = `query ($text: String!, $user: String!) { execute(retriever: "demo", user: $user, first: ${RANKS},
  inputs: [{ name: "query", text: $text }]) { hits { nodes { id } } } }`;
const RECORD = `mutation ($interactions: [RecordInteractionInput!]!) {
  recordInteractions(input: { interactions: $interactions }) { recorded refused results { status } } }`;

/** Measures `recordInteractions` in batches of 100 on a server of its own, and prints. */
export async function measureGraphql(
  name: string,
  environment: Readonly<Record<string, string>>,
  count: number,
): Promise<void> {
  const server = await startOwnServer(environment);
  try {
    const client = graphqlClient(server.url);
    const batches = await makeBatches(client, count);
    const times: number[] = [];
    const start = performance.now();
    await inTurns(batches, AT_ONCE, async (interactions) => {
      const began = performance.now();
      await report(client, interactions);
      times.push(performance.now() - began);
    });
    const rate = (1_000 * BATCH * batches.length) / (performance.now() - start);
    console.log(
      `${name}, recordInteractions in batches of ${BATCH}, ${AT_ONCE} at once: ${Math.round(rate)} interactions/s; ` +
        `answered in p50 ${ms(times, 0.5)}, p99 ${ms(times, 0.99)}`,
    );
  } finally {
    await server.stop();
  }
}

type Batch = readonly { readonly hit: string; readonly kinds: readonly string[] }[];

/** Pages of many users, and a click on each of their hits, hits of one page in different batches. */
async function makeBatches(client: GraphqlClient, count: number): Promise<readonly Batch[]> {
  const questions = demoQuestions();
  const pages = Array.from({ length: Math.ceil(count / RANKS) }, (_, index) => index);
  const hits: string[][] = [];
  await inTurns(pages, AT_ONCE, async (index) => {
    const { execute } = await client.ask<{
      readonly execute: { readonly hits: { readonly nodes: readonly { readonly id: string }[] } };
    }>(EXECUTE, { text: questions[index % questions.length]!, user: `user ${index % 1_000}` });
    execute.hits.nodes.forEach(({ id }, rank) => (hits[rank] ??= []).push(id));
  });
  const clicks = hits.flat().map((hit) => ({ hit, kinds: ['CLICK'] }));
  return Array.from({ length: Math.floor(clicks.length / BATCH) }, (_, batch) =>
    clicks.slice(batch * BATCH, (batch + 1) * BATCH),
  );
}

async function report(client: GraphqlClient, interactions: Batch): Promise<void> {
  const { recordInteractions } = await client.ask<{
    readonly recordInteractions: { readonly recorded: number };
  }>(RECORD, { interactions });
  if (recordInteractions.recorded !== interactions.length) throw new Error('an interaction was refused');
}

/** Does the work of all items in order, some at a time. */
async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
