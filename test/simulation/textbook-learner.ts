import { betaVariate } from '../../src/engine/learning/beta-variate.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { Learner } from './learner.ts';

/**
 * The textbook rule without attribution: α = 1 + clicks, β = 1 + impressions − clicks, the same for every feature,
 * because every feature is said to have served every hit. A known-bad twin: it cannot learn.
 */
export function textbookLearner(features: number, seed: string): Learner {
  let alpha = 1;
  let beta = 1;
  return {
    weights(_who, session, mode) {
      const random = seededRandom(`${seed} ${session}`);
      const values = Float64Array.from({ length: features }, () =>
        mode === 'POINT' ? alpha / (alpha + beta) : betaVariate(random, alpha, beta),
      );
      const sum = values.reduce((total, value) => total + value, 0);
      return values.map((value) => value / sum);
    },
    learn(page) {
      for (const { kinds } of page.hits) {
        if (kinds === 0) beta += 1;
        else alpha += 1;
      }
    },
  };
}
