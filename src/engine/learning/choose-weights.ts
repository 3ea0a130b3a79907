import { drawWeights, type DrawMode } from './draw.ts';
import { servedWeights } from '../fusion/weights.ts';
import type { Assignment, WeightChoice } from '../execution/record.ts';
import type { Belief } from './belief.ts';
import type { FusionStrategy } from '../retriever/retriever.ts';

export interface WeightQuestion {
  readonly strategy: FusionStrategy;
  /** Weights or factors of the searches as the retriever gives them; null: not given. */
  readonly given: readonly (number | null)[];
  readonly generation: string;
  /** Reset counts of the contexts the execution is served under; none have been reset unless given. */
  readonly epochs?: WeightChoice['epochs'];
  /** What a learned retriever serves from; left out or null: no evidence could be read. */
  readonly learned?: LearnedQuestion | null;
}

export interface LearnedQuestion {
  /** Of `beliefOf`; the caller may keep it while the counters stay the same. */
  readonly belief: Belief;
  readonly mode: DrawMode;
  /** Of `drawSeed`. */
  readonly seed: string;
}

export interface ChosenWeights {
  readonly assignment: Assignment;
  /** Sum 1 for weighted and learned; factors for rrf, dbsf and max. One per search. */
  readonly weights: Float64Array;
  readonly choice: WeightChoice;
}

const NO_EPOCHS = { global: 0, segment: 0, user: 0 } as const;

/**
 * Which weights an execution is served with, and why. A static strategy serves those of the retriever, a learned one
 * a draw from its belief; without evidence exactly its prior: the searches' weights if all have one, else equal.
 */
export function chooseWeights(question: WeightQuestion): ChosenWeights {
  const { strategy, given, generation, epochs = NO_EPOCHS, learned = null } = question;
  if (strategy !== 'LEARNED')
    return {
      assignment: 'STATIC',
      weights: servedWeights(strategy, given),
      choice: {
        level: 'PRIOR',
        reason: `the strategy ${strategy} serves the weights of the retriever`,
        generation,
        epochs,
        draw: null,
      },
    };
  if (learned === null)
    return {
      assignment: 'LEARNED',
      weights: servedWeights('WEIGHTED', given),
      choice: {
        level: 'PRIOR',
        reason: 'no evidence could be read: the prior is served as it is',
        generation,
        epochs,
        draw: null,
      },
    };
  const { weights, draw } = drawWeights(learned.belief, learned);
  const { level, reason } = learned.belief;
  return { assignment: 'LEARNED', weights, choice: { level, reason, generation, epochs, draw } };
}
