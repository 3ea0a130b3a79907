import { bestStatic, qualityOf } from './best-static.ts';
import { createTrial, type Recipe } from './retrievers.ts';
import { fetchLists } from './lists.ts';
import { measure } from './measure.ts';
import type { GraphqlClient } from '../support/graphql.ts';
import type { Halves } from './halves.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { Pack } from './pack.ts';

/** NDCG@10 on the judging half. */
export interface Baselines {
  readonly equal: number;
  readonly rrf: number;
  readonly best: number;
}

/** Weights in words. */
export const shares = (pack: Pack, weights: readonly number[]): string =>
  pack.features.map((feature, index) => `${feature} ${weights[index]!.toFixed(3)}`).join(', ');

/** A retriever of all features. */
export function recipeOf(pack: Pack, recipe: Omit<Recipe, 'searched'>): Recipe {
  return { ...recipe, searched: [...pack.features.keys()] };
}

/** Searches the best static weights, and has the server confirm what they reach on the queries they were found on. */
export async function findBest(
  client: GraphqlClient,
  { learning }: Halves,
  { rules, say }: { readonly rules: readonly NormalizationRule[]; readonly say: (text: string) => void },
): Promise<Recipe> {
  const queries = await fetchLists(client, learning);
  say(`fetched ${queries.length * rules.length} ranked lists`);
  const found = await bestStatic(queries, rules, (tried) => {
    if (tried % 50 === 0) say(`tried ${tried} weights`);
  });
  const fusion = { strategy: 'WEIGHTED', normalization: 'BACKGROUND' };
  const recipe = recipeOf(learning, { name: 'best static', fusion, weights: found.weights });
  await createTrial(client, learning, recipe);
  const served = (await measure(client, learning, recipe)).ndcg;
  console.log(`best static weights: ${shares(learning, found.weights)}`);
  const equal = rules.map(() => 1 / rules.length);
  console.log(
    `on the learning half: equal ${qualityOf(queries, rules, equal).toFixed(4)}, ` +
      `best static ${found.ndcg.toFixed(4)}, the same as the server serves it ${served.toFixed(4)}`,
  );
  if (Math.abs(served - found.ndcg) > 1e-9)
    throw new Error('the server ranks otherwise than its own arithmetic');
  return recipe;
}

/** What static weights reach on the queries that nothing is learned from. */
export async function measureBaselines(
  client: GraphqlClient,
  halves: Halves,
  best: Recipe,
): Promise<Baselines> {
  const { judging } = halves;
  const equal = recipeOf(judging, {
    name: 'equal',
    fusion: { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
  });
  const rrf = recipeOf(judging, { name: 'equal rrf', fusion: { strategy: 'RRF' } });
  for (const recipe of [equal, rrf]) await createTrial(client, judging, recipe);
  return {
    equal: (await measure(client, judging, equal)).ndcg,
    rrf: (await measure(client, judging, rrf)).ndcg,
    best: (await measure(client, judging, best)).ndcg,
  };
}
