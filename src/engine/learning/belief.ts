import { betaView, priorCounts, type BetaView } from './beta.ts';
import { linearPosterior, NO_EVIDENCE } from './posterior.ts';
import { servedWeights } from '../fusion/weights.ts';
import { findLevel, type LevelEvidence, type NamedLevel } from './level.ts';
import type { ContextLevel } from './context.ts';
import type { Credit, Learning } from '../retriever/learning-spec.ts';

/** What of a retriever's learning section decides about weights. */
export type LearningOptions = Pick<
  Learning,
  | 'posterior'
  | 'credit'
  | 'exploration'
  | 'pooling'
  | 'minInteractions'
  | 'weightFloor'
  | 'weightCeiling'
  | 'priorPages'
>;

/** m0 and κ of posterior.ts. Not options: measured to be good from dense to rare rewards. */
const PRIOR_RATE = 0.5;
const POOLED_PAGES = 20;

/** One level's counters as they are read: features in order of the searches, fading already applied. */
export interface LevelCounters {
  readonly level: ContextLevel;
  /** Null: this context has no counters yet. */
  readonly sums: Float64Array | null;
}

export interface BeliefQuestion {
  /** Weights of the searches; the prior where all have one, else the prior is equal weights. */
  readonly given: readonly (number | null)[];
  /** From global to the most personal. */
  readonly levels: readonly LevelCounters[];
  readonly learning: LearningOptions;
}

/** What is believed about the features, in order of the searches. */
export type Values =
  | { readonly kind: 'PRIOR' }
  | {
      readonly kind: 'LINEAR';
      readonly mean: Float64Array;
      readonly covariance: Float64Array;
      /** Lower Cholesky factor of the covariance. */
      readonly factor: Float64Array;
    }
  | {
      readonly kind: 'BETA';
      readonly credit: Credit;
      readonly alpha: Float64Array;
      readonly beta: Float64Array;
    };

/** Everything that follows from the counters of a chain of contexts; the same until one of them changes. */
export interface Belief extends NamedLevel {
  readonly learning: LearningOptions;
  /** Weights of sum 1 that are served without evidence. */
  readonly prior: Float64Array;
  /** Per level that was asked for, from global. */
  readonly evidence: readonly LevelEvidence[];
  readonly values: Values;
  /** Rewarded impressions of the deepest level that carries evidence. */
  readonly rewardedImpressions: number;
  /** Share of each feature's precision by source, sum 1 per feature; F numbers each. */
  readonly precision: readonly { readonly source: 'PRIOR' | ContextLevel; readonly shares: Float64Array }[];
}

/** The belief of a chain of contexts. Pure and worth caching: a draw from it takes microseconds. */
export function beliefOf(question: BeliefQuestion): Belief {
  const { learning, levels: chain } = question;
  const evidence = chain.map(({ level, sums }) => ({
    level,
    pages: sums?.[0] ?? 0,
    rewardedImpressions: sums?.[1] ?? 0,
  }));
  const prior = servedWeights('WEIGHTED', question.given);
  const used = usedLevels(chain, learning);
  const { values, precision } = valuesOf(used, prior, learning);
  const levels = used.map(({ level }) => level);
  return {
    learning,
    prior,
    evidence,
    values,
    precision,
    rewardedImpressions: values.kind === 'PRIOR' ? 0 : (used.at(-1)?.sums[1] ?? 0),
    ...findLevel({ evidence, used: values.kind === 'PRIOR' ? [] : levels, learning }),
  };
}

interface Used {
  readonly level: ContextLevel;
  readonly sums: Float64Array;
}

/**
 * The levels that weights rest on, from global. Shrinkage: all with a rewarded impression. Fallback and the Beta
 * posterior: only the deepest with `minInteractions` of them; global needs that many only for the Beta posterior.
 */
function usedLevels(
  chain: readonly LevelCounters[],
  { posterior, pooling, minInteractions }: LearningOptions,
): readonly Used[] {
  const rewarded = chain.flatMap(({ level, sums }) =>
    sums !== null && sums[1]! > NO_EVIDENCE && sums[2]! > 0 ? [{ level, sums }] : [],
  );
  if (rewarded[0]?.level !== 'GLOBAL') return [];
  const enough = rewarded.filter(({ sums }) => sums[1]! >= minInteractions).slice(-1);
  if (posterior === 'BETA') return enough;
  if (pooling === 'SHRINKAGE') return rewarded;
  return enough.length > 0 ? enough : rewarded.slice(0, 1);
}

function valuesOf(
  used: readonly Used[],
  prior: Float64Array,
  learning: LearningOptions,
): Pick<Belief, 'values' | 'precision'> {
  const deepest = used.at(-1);
  const nothing = [{ source: 'PRIOR' as const, shares: prior.map(() => 1) }];
  if (deepest === undefined) return { values: { kind: 'PRIOR' }, precision: nothing };
  if (learning.posterior === 'BETA') {
    const view = betaView(deepest.sums, learning.credit);
    return {
      values: { kind: 'BETA', credit: learning.credit, ...view },
      precision: betaShares(deepest.level, view, learning.credit),
    };
  }
  const posterior = linearPosterior(
    used.map(({ sums }) => sums),
    prior,
    { priorPages: learning.priorPages, priorRate: PRIOR_RATE, pooledPages: POOLED_PAGES },
  );
  if (posterior === null) return { values: { kind: 'PRIOR' }, precision: nothing };
  const { mean, covariance, factor } = posterior;
  const sources = ['PRIOR' as const, ...used.map(({ level }) => level)];
  return {
    values: { kind: 'LINEAR', mean, covariance, factor },
    precision: sharesOf(posterior.precision).map((shares, index) => ({ source: sources[index]!, shares })),
  };
}

/** Rounding can leave a part a hair below 0: such a part is none. */
function sharesOf(parts: readonly Float64Array[]): readonly Float64Array[] {
  const kept = parts.map((part) => part.map((value) => Math.max(value, 0)));
  return kept.map((part) => part.map((value, f) => value / kept.reduce((sum, other) => sum + other[f]!, 0)));
}

/** Of the pseudo-counts α + β, those that the view starts with are the prior's. */
function betaShares(level: ContextLevel, view: BetaView, credit: Credit): Belief['precision'] {
  const prior = view.alpha.map((value, f) => priorCounts(credit) / (value + view.beta[f]!));
  return [
    { source: 'PRIOR', shares: prior },
    { source: level, shares: prior.map((share) => 1 - share) },
  ];
}
