import { fallbackNotices, ruleFor } from '../fusion/rule-for.ts';
import { generationOf } from '../learning/read-evidence.ts';
import { featuresIn, loadPlan, type Plan, type PlanQuestion } from './plan.ts';
import { parseTemplate, renderTemplate } from './template.ts';
import { readRequest, type ExecutionRequest } from '../execution/read-request.ts';
import { servedWeights } from '../fusion/weights.ts';
import { addCosts, costOf, NO_COST, type EstimatedCost, type FeatureCounts } from '../search/search-cost.ts';
import type { Filter, SearchBackend, SearchMethod } from '../search/search-backend.ts';
import type { GivenInput } from './inputs.ts';
import type { Collection, EmbedderKind, Feature } from '../collection/collection.ts';
import type { InputValue, Search } from './retriever.ts';
import type { NormalizationRule } from '../fusion/normalize.ts';
import type { Notice } from '../execution/record.ts';
import type { Ports } from '../ports.ts';

export interface ExplainCommand extends PlanQuestion {
  /** Null: templates are left as they are. */
  readonly inputs: readonly GivenInput[] | null;
}

/** What one search would do in one of its collections. */
export interface ExplainedSearch {
  readonly search: Search;
  readonly collection: Collection;
  /** As it is registered there. */
  readonly feature: Feature;
  /** What its inputs are embedded by, wherever they are searched for. */
  readonly embedder: EmbedderKind;
  /** Weight or factor it is served with while there is no evidence. */
  readonly weight: number;
  readonly rule: NormalizationRule;
  /** The input with the values put in; null where none were given, or nothing is left. */
  readonly value: InputValue | null;
  /** The retriever's and the search's filter with the values put in; null without values, or where none is left. */
  readonly filter: Filter | null;
  /** Documents of the collection that have the feature. */
  readonly documents: number;
  readonly method: SearchMethod;
  /** None where values were given and nothing is left to search with. */
  readonly cost: EstimatedCost;
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
  /** Of all searches together. */
  readonly cost: EstimatedCost;
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
  const counted = await Promise.all(
    plan.collections.map((collection, place) => ports.backend.count(collection, featuresIn(plan, place))),
  );
  const counts = new Map(counted.flatMap(({ features }) => [...features]));
  const searches = explainSearches(plan, request, { counts, backend: ports.backend });
  const { fusion } = plan.version.spec;
  return {
    plan,
    generation: generationOf(plan),
    searches,
    notices: [...plan.notices, ...fallbackNotices(fusion.normalization, plan.searches)],
    mostCandidates: mostCandidates(plan, searches),
    similarities: searches.reduce((sum, { documents }) => sum + documents, 0),
    cost: addCosts(searches.map(({ cost }) => cost)),
  };
}

/** A list is no longer than its topK and no longer than the documents of all its collections. */
function mostCandidates(plan: Plan, rows: readonly ExplainedSearch[]): number {
  return plan.searches.reduce((total, { search }) => {
    const documents = rows.reduce((sum, row) => sum + (row.search === search ? row.documents : 0), 0);
    return total + Math.min(search.topK, documents);
  }, 0);
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
  { counts, backend }: { readonly counts: FeatureCounts; readonly backend: SearchBackend },
): readonly ExplainedSearch[] {
  const { fusion, inputs } = plan.version.spec;
  const strategy = fusion.strategy === 'LEARNED' ? 'WEIGHTED' : fusion.strategy;
  const weights = servedWeights(
    strategy,
    plan.searches.map(({ search }) => search.weight),
  );
  return plan.searches.flatMap(({ search, feature: common, targets }, index) => {
    const template = parseTemplate(search.input, inputs, []);
    const value =
      request === null || !template.ok ? undefined : renderTemplate(template.value, request.values);
    const isEmpty = request !== null && value === undefined;
    return targets.map((target, position) => ({
      search,
      collection: target.collection,
      feature: target.feature,
      embedder: common.embedder,
      weight: weights[index] ?? 0,
      rule: ruleFor(fusion, { search, feature: common, targets }),
      value: value ?? null,
      filter: request?.filters[index]?.[position] ?? null,
      documents: counts.get(target.feature.id) ?? 0,
      method: backend.method,
      cost: isEmpty ? NO_COST : costOf(backend, plan, { index, target, counts }),
    }));
  });
}
