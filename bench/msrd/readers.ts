import { inputsOf } from './measure.ts';
import { retrieverName, type Recipe } from './retrievers.ts';
import { seededRandom, type Random } from '../../src/engine/random.ts';
import type { GraphqlClient } from '../support/graphql.ts';
import type { Pack, Query } from './pack.ts';

/** Chance that a reader looks at a position, from the first. */
const EXAMINES = [1, 0.57, 0.34, 0.25, 0.23, 0.17, 0.13, 0.15, 0.08, 0.07];
/** Chance that a film that was looked at is clicked, by its grade. */
const CLICKS = [0.05, 0.6];

const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!]!) {
  execute(retriever: $retriever, inputs: $inputs, first: 10) {
    assignment strategy
    degradations { message }
    notices { code }
    hits { nodes { id documentId } } } }`;
const REPORT = `mutation ($interactions: [RecordInteractionInput!]!) {
  recordInteractions(input: { interactions: $interactions }) {
    refused results { faults { message } } userErrors { code message } } }`;

interface Page {
  readonly assignment: string;
  readonly strategy: string;
  readonly degradations: readonly { readonly message: string }[];
  readonly notices: readonly { readonly code: string }[];
  readonly hits: { readonly nodes: readonly { readonly id: string; readonly documentId: string }[] };
}

interface Reported {
  readonly refused: number;
  readonly results: readonly { readonly faults: readonly { readonly message: string }[] }[];
}

export interface Readers {
  readonly client: GraphqlClient;
  /** With the queries that they ask. */
  readonly pack: Pack;
  /** A learned retriever. */
  readonly recipe: Recipe;
  readonly seed: string;
}

export interface Session {
  readonly clicks: number;
  /** Codes of the notices on its page. */
  readonly notices: readonly string[];
}

/**
 * One session: a query at random, its page, and clicks, which are durable when this is done.
 * What readers ask and how attentive they are depends on the seed and the number of the session only.
 */
export async function playSession(readers: Readers, session: number): Promise<Session> {
  const { client, pack, recipe, seed } = readers;
  const random = seededRandom(`reader ${session} of ${seed}`);
  const query = pack.queries[Math.floor(random.next() * pack.queries.length)]!;
  const variables = { retriever: retrieverName(recipe), inputs: inputsOf(pack, recipe, query) };
  const { execute } = await client.ask<{ readonly execute: Page }>(EXECUTE, variables);
  refuseOther(execute);
  const clicked = clicksOn(execute, query, random);
  if (clicked.length > 0) await reportClicks(client, clicked);
  return { clicks: clicked.length, notices: execute.notices.map(({ code }) => code) };
}

async function reportClicks(client: GraphqlClient, hits: readonly string[]): Promise<void> {
  const interactions = hits.map((hit) => ({ hit, kinds: ['CLICK'] }));
  const { recordInteractions } = await client.ask<{ readonly recordInteractions: Reported }>(REPORT, {
    interactions,
  });
  if (recordInteractions.refused === 0) return;
  throw new Error(recordInteractions.results.flatMap(({ faults }) => faults)[0]!.message);
}

/** A page that was not served with learned weights, or will not teach, would spoil what is measured. */
function refuseOther({ assignment, strategy, degradations }: Page): void {
  if (assignment !== 'LEARNED' || strategy !== 'LEARNED')
    throw new Error(`a page was served ${assignment}, ${strategy}`);
  if (degradations.length > 0) throw new Error(degradations[0]!.message);
}

/** Ids of the hits that are clicked: looked at, each position by itself, and liked. */
function clicksOn({ hits }: Page, { grades }: Query, random: Random): readonly string[] {
  return hits.nodes.flatMap(({ id, documentId }, index) => {
    const looks = random.next() < EXAMINES[index]!;
    const likes = random.next() < CLICKS[grades.get(documentId) ?? 0]!;
    return looks && likes ? [id] : [];
  });
}
