import { fallbackNotices, ruleFor } from '../fusion/fuse-lists.ts';
import { generationOf } from '../learning/read-evidence.ts';
import { loadPlan, type Plan, type PlannedSearch, type PlanQuestion } from './plan.ts';
import { parseTemplate, renderTemplate } from './template.ts';
import { readRequest, type ExecutionRequest } from '../execution/read-request.ts';
import { servedWeights } from '../fusion/weights.ts';
import type { Filter, IndexCounts } from '../search/search-backend.ts';
import type { GivenInput } from './inputs.ts';
import type { InputValue } from './retriever.ts';
import type { NormalizationRule } from '../fusion/normalize.ts';
import type { Notice } from '../execution/record.ts';
import type { Ports } from '../ports.ts';

export interface ExplainCommand extends PlanQuestion {
  /** Null: templates are left as they are. */
  readonly inputs: readonly GivenInput[] | null;
}

/** What one search would do. */
export interface ExplainedSearch extends PlannedSearch {
  /** Weight or factor it is served with while there is no evidence. */
  readonly weight: number;
  readonly rule: NormalizationRule;
  /** The input with the values put in; null where none were given, or nothing is left. */
  readonly value: InputValue | null;
  /** The retriever's and the search's filter with the values put in; null without values, or where none is left. */
  readonly filter: Filter | null;
  /** Documents that have the feature. */
  readonly documents: number;
}

/** What an execution would do, without doing it. */
export interface Explanation {
  readonly plan: Plan;
  readonly generation: string;
  readonly searches: readonly ExplainedSearch[];
  readonly notices: readonly Notice[];
  /** Most distinct candidates that fusion can meet: the sum of topK. */
  readonly mostCandidates: number;
  /** Similarities an exact search computes without a filter: the documents of all searches. */
  readonly similarities: number;
}

/**
 * The plan of a retriever version: every default resolved, and with inputs the templates and filters too. Nothing is
 * embedded, searched or recorded. NOT_FOUND; bad inputs with all their faults.
 */
export async function explainRetriever(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  command: ExplainCommand,
): Promise<Explanation> {
  const plan = await loadPlan(ports, command);
  const request = command.inputs === null ? null : readRequest(plan, asExecution(command, command.inputs));
  const counts = new Map<string, IndexCounts>();
  for (const collection of plan.collections) counts.set(collection.id, await ports.backend.count(collection));
  const searches = explainSearches(plan, request, counts);
  const { fusion } = plan.version.spec;
  const features = plan.searches.map(({ feature }) => feature);
  return {
    plan,
    generation: generationOf(plan),
    searches,
    notices: fallbackNotices(fusion.normalization, features),
    mostCandidates: searches.reduce(
      (sum, { search, documents }) => sum + Math.min(search.topK, documents),
      0,
    ),
    similarities: searches.reduce((sum, { documents }) => sum + documents, 0),
  };
}

function asExecution(
  command: ExplainCommand,
  inputs: readonly GivenInput[],
): Parameters<typeof readRequest>[1] {
  const { namespace, retriever, version } = command;
  const nobody = { user: null, session: null, executionKey: null };
  return { namespace, retriever, version, inputs, ...nobody, first: 1, learn: false };
}

function explainSearches(
  plan: Plan,
  request: ExecutionRequest | null,
  counts: ReadonlyMap<string, IndexCounts>,
): readonly ExplainedSearch[] {
  const { fusion, inputs } = plan.version.spec;
  const strategy = fusion.strategy === 'LEARNED' ? 'WEIGHTED' : fusion.strategy;
  const weights = servedWeights(
    strategy,
    plan.searches.map(({ search }) => search.weight),
  );
  return plan.searches.map((planned, index) => {
    const template = parseTemplate(planned.search.input, inputs, []);
    const value =
      request === null || !template.ok ? undefined : renderTemplate(template.value, request.values);
    return {
      ...planned,
      weight: weights[index] ?? 0,
      rule: ruleFor(fusion, planned.feature),
      value: value ?? null,
      filter: request?.filters[index] ?? null,
      documents: counts.get(planned.collection.id)?.features.get(planned.feature.id) ?? 0,
    };
  });
}
