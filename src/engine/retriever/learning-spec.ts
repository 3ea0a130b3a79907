import type { RewardMap } from '../learning/reward.ts';

/** How evidence becomes weights: the linear posterior, or Beta distributions drawn feature by feature. */
export const POSTERIORS = ['LINEAR', 'BETA'] as const;
export type Posterior = (typeof POSTERIORS)[number];

/** What the Beta posterior counts as a feature's success: see learning/beta.ts. */
export const CREDITS = ['LIFT', 'SHARE', 'OWN_TOP_K'] as const;
export type Credit = (typeof CREDITS)[number];

/** How levels meet: each shrinks towards the one above it, or the deepest level with enough evidence stands alone. */
export const POOLINGS = ['SHRINKAGE', 'FALLBACK'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** How far a draw strays from the mean, as a share of the posterior's own spread. */
export interface Exploration {
  /** 0 (always the mean) to 2. */
  readonly start: number;
  /** Never below this, 0 to `start`. */
  readonly floor: number;
  /** Rewarded impressions after which the part above the floor has halved; null: it stays. */
  readonly halfLife: number | null;
}

/** How a retriever learns. Every retriever keeps counters; only LEARNED serves from them. */
export interface Learning {
  readonly posterior: Posterior;
  readonly credit: Credit;
  readonly exploration: Exploration;
  /** Seconds after which evidence counts half; null: for ever. Part of the learning generation. */
  readonly halfLife: number | null;
  readonly pooling: Pooling;
  /** Rewarded impressions a level needs of its own to be named as the level of the weights. */
  readonly minInteractions: number;
  /** What each kind of interaction earns, and the limit of a reward. */
  readonly rewardMap: RewardMap;
  /** Least weight of a feature, 0 to 1/F. */
  readonly weightFloor: number;
  /** Greatest weight of a feature, 1/F to 1; null: none. */
  readonly weightCeiling: number | null;
  /** Whether sessions have counters of their own. */
  readonly sessionLevel: boolean;
  /** How many rewarded pages the prior is worth. */
  readonly priorPages: number;
}
