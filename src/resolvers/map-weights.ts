import type { ContextBelief } from '../engine/learning/context-weights.ts';
import type {
  ContextPosteriorType,
  ContextWeightsType,
  RebuildType,
  WeightSnapshotType,
} from '../schema/weights.ts';
import type { RebuildProgress } from '../engine/learning/counter-store.ts';
import type { ServedWeightType } from '../schema/execution.ts';
import type { WeightExplanation } from '../engine/learning/explain-weights.ts';
import type { WeightSnapshot } from '../engine/learning/weight-history.ts';

export function toContextWeights({ plan, generation, belief, weights }: ContextBelief): ContextWeightsType {
  const features = plan.searches.map(({ feature }) => feature.uri);
  const { level, reason, evidence } = belief;
  return { weights: named(features, weights), level, reason, generation, evidence };
}

const named = (features: readonly string[], weights: Float64Array): readonly ServedWeightType[] =>
  features.map((feature, index) => ({ feature, weight: weights[index] ?? 0 }));

export function toPosterior(
  context: ContextBelief & { readonly explanation: WeightExplanation },
): ContextPosteriorType {
  const { plan, generation, counters, explanation } = context;
  const { level, reason, entropy, evidence } = explanation;
  return {
    features: explanation.features.map(({ interval, ...feature }, index) => ({
      feature: plan.searches[index]!.feature.uri,
      ...feature,
      ...interval,
    })),
    level,
    reason,
    generation,
    epoch: counters[0]?.epoch ?? 0,
    entropy,
    evidence,
  };
}

export function toSnapshot(snapshot: WeightSnapshot): WeightSnapshotType {
  const { at, version, generation, features, weights, pages, rewardedImpressions } = snapshot;
  return { at, version, generation, weights: named(features, weights), pages, rewardedImpressions };
}

export function toRebuild({
  state,
  done,
  total,
  creditVersion,
  startedAt,
  finishedAt,
}: RebuildProgress): RebuildType {
  const version = creditVersion === 0 ? null : creditVersion;
  return { state, done, total, creditVersion: version, startedAt, finishedAt };
}
