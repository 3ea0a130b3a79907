import { COLLECTION } from './load.ts';
import { fuse } from '../../src/engine/fusion/fuse.ts';
import { ndcg } from './measure.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ListedQuery } from './lists.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';

export interface Tried {
  /** One per feature, of sum 1. */
  readonly weights: readonly number[];
  /** Mean NDCG@10 of the queries they were tried on. */
  readonly ndcg: number;
}

type Judge = (weights: readonly number[]) => Promise<number>;

/** Shares tried for one feature: first all of them, then those near the best one so far. */
const COARSE = Array.from({ length: 21 }, (_, step) => step * 0.05);
const FINE = [-0.04, -0.03, -0.02, -0.01, 0.01, 0.02, 0.03, 0.04];
/** A gain below this is none. */
const NO_GAIN = 1e-9;

/**
 * Static weights by coordinate search from equal ones, with the engine's own fusion: one feature after the other is
 * given every share of the whole, the others keep their proportions; the best is taken, until no feature gains.
 */
export async function bestStatic(
  queries: readonly ListedQuery[],
  rules: readonly NormalizationRule[],
  progress: (tried: number) => void,
): Promise<Tried> {
  let count = 0;
  // Between two trials the connections get their turn: one that the server has closed meanwhile must be noticed.
  const judge: Judge = async (weights) => {
    await nextTurn();
    progress((count += 1));
    return qualityOf(queries, rules, weights);
  };
  const equal = rules.map(() => 1 / rules.length);
  const coarse = await climb(judge, { weights: equal, ndcg: await judge(equal) }, () => COARSE);
  return climb(judge, coarse, (share) => FINE.map((step) => share + step));
}

async function climb(
  judge: Judge,
  from: Tried,
  sharesNear: (share: number) => readonly number[],
): Promise<Tried> {
  let best = from;
  for (;;) {
    const before = best.ndcg;
    for (const feature of from.weights.keys())
      for (const share of sharesNear(best.weights[feature]!)) {
        const weights = withShare(best.weights, feature, share);
        if (weights === null) continue;
        const tried = { weights, ndcg: await judge(weights) };
        if (tried.ndcg > best.ndcg) best = tried;
      }
    if (best.ndcg <= before + NO_GAIN) return best;
  }
}

/** The weights with one feature's share set; null where it is none, or the others have nothing to share. */
function withShare(weights: readonly number[], feature: number, share: number): readonly number[] | null {
  const others = 1 - weights[feature]!;
  if (share < 0 || share > 1 || others < NO_GAIN) return null;
  return weights.map((weight, index) => (index === feature ? share : (weight * (1 - share)) / others));
}

/** Mean NDCG@10 under these weights. */
export function qualityOf(
  queries: readonly ListedQuery[],
  rules: readonly NormalizationRule[],
  weights: readonly number[],
): number {
  const served = Float64Array.from(weights);
  const sum = queries.reduce((total, { lists, grades }) => {
    const { table } = fuse({
      strategy: 'WEIGHTED',
      rrfK: 60,
      lists,
      rules,
      weights: served,
      limit: 10,
      depth: 0,
      collections: [COLLECTION],
    });
    return total + ndcg(table.ids, grades);
  }, 0);
  return sum / queries.length;
}
