import type { JudgedQuery } from './queries.ts';

export interface PageHit {
  readonly id: string;
  readonly documentId: string;
  readonly contributions: readonly { readonly normalizedScore: number }[];
}
export interface Report {
  readonly hit: string;
  readonly kinds: readonly string[];
}

/** The few operations that the simulation needs. */
export interface Client {
  /** Documents in the order the audience would be served, leaving no trace. */
  ranking(query: JudgedQuery): Promise<readonly string[]>;
  /** The first hundred hits with their scores, leaving no trace. */
  candidates(query: JudgedQuery): Promise<readonly PageHit[]>;
  /** A page as a user sees it. */
  page(query: JudgedQuery, user: string): Promise<readonly PageHit[]>;
  report(interactions: readonly Report[]): Promise<void>;
  /** The weights of a segment, in words. */
  weights(segment: string): Promise<string>;
}

const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!]!, $user: String, $first: Int!, $learn: Boolean!) {
  execute(retriever: $retriever, inputs: $inputs, user: $user, first: $first, learn: $learn) {
    hits { nodes { id documentId contributions { normalizedScore } } } } }`;
const REPORT = `mutation ($interactions: [RecordInteractionInput!]!) {
  recordInteractions(input: { interactions: $interactions }) { refused results { faults { message } } } }`;
const WEIGHTS = `query ($segment: [String!]) { retriever(name: "demo") {
  weights(context: { segment: $segment }) { weights { feature weight } } } }`;
const POOL = `mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) { userErrors { code } } }`;
const DEMO = `{ retriever(name: "demo") { latest { searches { feature } } } }`;

/** The retriever whose first hundred hits best static weights are looked for in; made once. */
const POOL_NAME = 'demo-equal';

/** Refuses a server that cannot be reached or has no demo. */
export async function connect(url: string): Promise<Client> {
  const ask = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    }).catch(() => {
      throw new Error(`no server answers at ${url}: start one with npm start, or name it with --url`);
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
    return data!;
  };
  const { retriever } = await ask<{
    retriever: { latest: { searches: { feature: string }[] } } | null;
  }>(DEMO);
  if (retriever === null) throw new Error('the server has no retriever "demo": start it on an empty folder');
  const features = retriever.latest.searches.map(({ feature }) => feature);
  await ask(POOL, { input: { name: POOL_NAME, spec: poolSpec(features) } });
  const execute = async (variables: object): Promise<readonly PageHit[]> =>
    (await ask<{ execute: { hits: { nodes: PageHit[] } } }>(EXECUTE, variables)).execute.hits.nodes;
  const inputsOf = (query: JudgedQuery): object[] => [
    { name: 'query', text: query.text },
    { name: 'audience', text: query.segment },
  ];
  return {
    ranking: async (query) => {
      const hits = await execute({ retriever: 'demo', inputs: inputsOf(query), first: 10, learn: false });
      return hits.map(({ documentId }) => documentId);
    },
    candidates: (query) =>
      execute({ retriever: POOL_NAME, inputs: inputsOf(query).slice(0, 1), first: 100, learn: false }),
    page: (query, user) =>
      execute({ retriever: 'demo', inputs: inputsOf(query), user, first: 10, learn: true }),
    report: async (interactions) => {
      const { recordInteractions: answer } = await ask<{
        recordInteractions: { refused: number; results: { faults: { message: string }[] }[] };
      }>(REPORT, { interactions });
      const [fault] = answer.results.flatMap(({ faults }) => faults);
      if (fault !== undefined) throw new Error(`${answer.refused} interactions refused: ${fault.message}`);
    },
    weights: async (segment) => {
      const answer = await ask<{
        retriever: { weights: { weights: { feature: string; weight: number }[] } };
      }>(WEIGHTS, { segment: [segment] });
      const { weights } = answer.retriever.weights;
      return weights
        .map(({ feature, weight }) => `${feature.split('/').at(-1)} ${weight.toFixed(2)}`)
        .join('  ');
    },
  };
}

function poolSpec(features: readonly string[]): object {
  return {
    collections: ['demo'],
    description: 'The demo with equal weights and a long page, to look for the best static weights in.',
    inputs: [{ name: 'query', type: 'TEXT', required: true }],
    searches: features.map((feature) => ({ feature, input: '{{INPUT.query}}' })),
    fusion: { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
    finalTopK: 100,
  };
}
