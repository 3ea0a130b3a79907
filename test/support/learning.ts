import { DEFAULT_REWARD_MAP } from '../../src/engine/learning/reward.ts';
import type { Learning } from '../../src/engine/retriever/learning-spec.ts';

/** The learning section of a retriever that says nothing about learning. */
export const DEFAULT_LEARNING: Learning = {
  posterior: 'LINEAR',
  credit: 'LIFT',
  exploration: { start: 0.25, floor: 0, halfLife: null },
  halfLife: null,
  pooling: 'SHRINKAGE',
  minInteractions: 5,
  rewardMap: DEFAULT_REWARD_MAP,
  weightFloor: 0,
  weightCeiling: null,
  sessionLevel: false,
  priorPages: 20,
};
