import { servedWeights } from '../fusion/weights.ts';
import type { Assignment, WeightChoice } from '../execution/record.ts';
import type { FusionStrategy } from '../retriever/retriever.ts';

export interface WeightQuestion {
  readonly strategy: FusionStrategy;
  /** Weights or factors of the searches as the retriever gives them; null: not given. */
  readonly given: readonly (number | null)[];
  readonly generation: string;
}

export interface ChosenWeights {
  readonly assignment: Assignment;
  /** Sum 1 for weighted and learned; factors for rrf, dbsf and max. One per search. */
  readonly weights: Float64Array;
  readonly choice: WeightChoice;
}

const NO_EPOCHS = { global: 0, segment: 0, user: 0 } as const;

/**
 * Which weights an execution is served with, and why. Without evidence a learned retriever serves exactly its
 * prior: the searches' weights if all have one, else equal.
 */
export function chooseWeights(question: WeightQuestion): ChosenWeights {
  const learned = question.strategy === 'LEARNED';
  const strategy = question.strategy === 'LEARNED' ? 'WEIGHTED' : question.strategy;
  return {
    assignment: learned ? 'LEARNED' : 'STATIC',
    weights: servedWeights(strategy, question.given),
    choice: {
      level: 'PRIOR',
      reason: learned
        ? 'no rewarded impression yet: the prior is served as it is'
        : `the strategy ${question.strategy} serves the weights of the retriever`,
      generation: question.generation,
      epochs: NO_EPOCHS,
      draw: null,
    },
  };
}
