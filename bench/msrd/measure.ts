import { inputName, retrieverName, type Recipe } from './retrievers.ts';
import type { GraphqlClient } from '../support/graphql.ts';
import type { Pack, Query } from './pack.ts';

export interface Measured {
  /** Mean NDCG@10 over all queries. */
  readonly ndcg: number;
  readonly bySegment: ReadonlyMap<string, number>;
  /** For all queries together. */
  readonly seconds: number;
}

const AT_ONCE = 8;
const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!]!) {
  execute(retriever: $retriever, inputs: $inputs, first: 10, learn: false) {
    degradations { message }
    hits { nodes { documentId } } } }`;

interface Executed {
  readonly execute: {
    readonly degradations: readonly { readonly message: string }[];
    readonly hits: { readonly nodes: readonly { readonly documentId: string }[] };
  };
}

/** Does something for every query of the pack, a few at a time; the results in order of the queries. */
export async function forEachQuery<T>(pack: Pack, ask: (query: Query) => Promise<T>): Promise<readonly T[]> {
  const results = new Array<T>(pack.queries.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < pack.queries.length; index = next++)
      results[index] = await ask(pack.queries[index]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** Runs every query once, a few at a time. */
export async function measure(client: GraphqlClient, pack: Pack, recipe: Recipe): Promise<Measured> {
  const began = performance.now();
  const quality = await forEachQuery(pack, (query) => qualityOf(client, { pack, recipe, query }));
  const seconds = (performance.now() - began) / 1_000;
  const segments = Map.groupBy(pack.queries.keys(), (index) => pack.queries[index]!.segment);
  const mean = (indexes: readonly number[]): number =>
    indexes.reduce((sum, index) => sum + quality[index]!, 0) / indexes.length;
  const bySegment = new Map([...segments].map(([segment, indexes]) => [segment, mean(indexes)]));
  return { ndcg: mean([...pack.queries.keys()]), bySegment, seconds };
}

async function qualityOf(
  client: GraphqlClient,
  { pack, recipe, query }: { readonly pack: Pack; readonly recipe: Recipe; readonly query: Query },
): Promise<number> {
  const variables = { retriever: retrieverName(recipe), inputs: inputsOf(pack, recipe, query) };
  const { execute } = await client.ask<Executed>(EXECUTE, variables);
  if (execute.degradations.length > 0) throw new Error(execute.degradations[0]!.message);
  return ndcg(
    execute.hits.nodes.map(({ documentId }) => documentId),
    query.grades,
  );
}

/** What a retriever is given for a query: the vectors that the query has. */
export function inputsOf(pack: Pack, { searched }: Recipe, query: Query): readonly object[] {
  return searched.flatMap((index) => {
    const vector = query.vectors[index];
    return vector == null ? [] : [{ name: inputName(pack.features[index]!), vector }];
  });
}

/** NDCG@10: gain = grade, discount 1/log2(rank + 1), ideal = all judged grades sorted; 0 where the ideal is 0. */
export function ndcg(ranking: readonly string[], grades: Query['grades']): number {
  const dcg = (gains: readonly number[]): number =>
    gains.slice(0, 10).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
  const ideal = dcg([...grades.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : dcg(ranking.map((id) => grades.get(id) ?? 0)) / ideal;
}
