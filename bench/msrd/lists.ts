import { createTrial, retrieverName, type Recipe } from './retrievers.ts';
import { forEachQuery, inputsOf } from './measure.ts';
import type { GraphqlClient } from '../support/graphql.ts';
import type { Pack, Query } from './pack.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';

/** A query with what every feature finds for it, so that any weights can be tried without asking again. */
export interface ListedQuery {
  readonly grades: Query['grades'];
  /** One per feature. */
  readonly lists: readonly RankedList[];
}

/** The most hits a list has. */
const TOP_K = 100;
const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!]!) {
  execute(retriever: $retriever, inputs: $inputs, first: ${TOP_K}, learn: false) {
    degradations { message }
    hits { nodes { documentId contributions { rank rawScore } } } } }`;

interface Executed {
  readonly execute: {
    readonly degradations: readonly { readonly message: string }[];
    readonly hits: {
      readonly nodes: readonly {
        readonly documentId: string;
        readonly contributions: readonly [{ readonly rank: number; readonly rawScore: number }];
      }[];
    };
  };
}

/** Asks for the ranked list of every feature and query, each by a retriever of that feature alone. */
export async function fetchLists(client: GraphqlClient, pack: Pack): Promise<readonly ListedQuery[]> {
  const byFeature: (readonly RankedList[])[] = [];
  for (const [index, feature] of pack.features.entries()) {
    const recipe: Recipe = {
      name: `list of ${feature}`,
      searched: [index],
      fusion: { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
      finalTopK: TOP_K,
    };
    await createTrial(client, pack, recipe);
    byFeature.push(await forEachQuery(pack, (query) => listOf(client, { pack, recipe, query })));
  }
  return pack.queries.map(({ grades }, place) => ({
    grades,
    lists: byFeature.map((lists) => lists[place]!),
  }));
}

async function listOf(
  client: GraphqlClient,
  { pack, recipe, query }: { readonly pack: Pack; readonly recipe: Recipe; readonly query: Query },
): Promise<RankedList> {
  const variables = { retriever: retrieverName(recipe), inputs: inputsOf(pack, recipe, query) };
  const { execute } = await client.ask<Executed>(EXECUTE, variables);
  if (execute.degradations.length > 0) throw new Error(execute.degradations[0]!.message);
  return execute.hits.nodes
    .toSorted((a, b) => a.contributions[0].rank - b.contributions[0].rank)
    .map(({ documentId, contributions }) => ({
      collection: 0,
      id: documentId,
      score: contributions[0].rawScore,
    }));
}
