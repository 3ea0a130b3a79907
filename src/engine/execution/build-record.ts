import { recordInputs, type ExecuteCommand, type ExecutionRequest } from './read-request.ts';
import type { ChosenWeights } from '../learning/choose-weights.ts';
import type { ExecutionRecord, Timing } from './record.ts';
import type { FeatureLists } from '../search/search-features.ts';
import type { FusedLists } from '../fusion/fuse-lists.ts';
import type { Plan } from '../retriever/plan.ts';
import type { Uuid } from '../ids.ts';

/** Everything one execution came to. */
export interface Outcome {
  readonly id: Uuid;
  readonly command: ExecuteCommand;
  readonly plan: Plan;
  readonly request: ExecutionRequest;
  readonly found: FeatureLists;
  readonly chosen: ChosenWeights;
  readonly fused: FusedLists;
}

/** The record of an execution: immutable, and enough to read the page again, explain it and learn from it. */
export function buildRecord(
  outcome: Outcome,
  when: { readonly servedAt: Date; readonly timings: readonly Timing[] },
): ExecutionRecord {
  const { plan, request, found, chosen, fused } = outcome;
  const { spec } = plan.version;
  return {
    id: outcome.id,
    namespace: plan.retriever.namespace,
    retrieverId: plan.retriever.id,
    retrieverName: plan.retriever.name,
    version: plan.version.version,
    servedAt: when.servedAt,
    executionKey: outcome.command.executionKey,
    inputs: recordInputs(spec.inputs, request.values),
    user: request.user,
    session: request.session,
    segment: request.segment,
    assignment: chosen.assignment,
    strategy: spec.fusion.strategy,
    normalization: spec.fusion.normalization,
    finalTopK: spec.finalTopK,
    features: plan.searches.map(({ search }) => search.feature),
    weights: fused.weights,
    choice: chosen.choice,
    collections: plan.collections.map(({ id }) => id),
    hitCount: fused.hitCount,
    candidates: fused.table,
    candidateCount: fused.candidateCount,
    timings: when.timings,
    degradations: found.degradations,
    notices: [...found.notices, ...fused.notices],
    teaches: found.degradations.length === 0,
  };
}
