import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { ExplainArgs } from '../schema/execution-args.ts';
import { ExplanationType, type ExplainedSearchType } from '../schema/explanation.ts';
import { allOf, toBoundFilterJson } from './map-filter.ts';
import {
  explainRetriever,
  type ExplainedSearch,
  type Explanation,
} from '../engine/retriever/explain-retriever.ts';
import { readInputs } from './given-inputs.ts';
import { toRetriever, toVersion } from './map-retriever.ts';
import type { InputValue } from '../engine/retriever/retriever.ts';
import type { RequestContext } from '../context.ts';

@Resolver()
export class ExplainResolver {
  @Query(() => ExplanationType, {
    description:
      'What a retriever would do: defaults, searches, filters, weights and normalization. Nothing is run.',
  })
  async explainRetriever(
    @Args(() => ExplainArgs) args: ExplainArgs,
    @Ctx() context: RequestContext,
  ): Promise<ExplanationType> {
    const explanation = await explainRetriever(context.ports, {
      namespace: context.viewer.namespace,
      retriever: args.retriever,
      version: args.version ?? null,
      inputs: args.inputs == null ? null : readInputs(args.inputs),
    });
    return toExplanation(context, explanation, args.inputs != null);
  }
}

function toExplanation(
  context: RequestContext,
  { plan, searches, ...explanation }: Explanation,
  isBound: boolean,
): ExplanationType {
  const { spec } = plan.version;
  return {
    ...explanation,
    retriever: toRetriever(context, plan.retriever),
    version: toVersion(plan.version),
    fusion: spec.fusion,
    finalTopK: spec.finalTopK,
    searches: searches.map((search) => ({
      ...toSearch(search),
      filter: isBound
        ? toBoundFilterJson(search.filter, search.collection.fields)
        : allOf([spec.filter, search.search.filter]),
    })),
  };
}

function toSearch(explained: ExplainedSearch): Omit<ExplainedSearchType, 'filter'> {
  const { search, collection, feature, rule } = explained;
  const isBackground = rule.kind === 'BACKGROUND' || rule.kind === 'BACKGROUNDS';
  const { mean = null, deviation = null } = (isBackground ? feature.background : null) ?? {};
  return {
    feature: feature.uri,
    collection: collection.name,
    input: search.input,
    value: shown(explained.value),
    embedder: explained.embedder,
    dims: feature.dims,
    similarity: feature.similarity,
    topK: search.topK,
    numCandidates: search.numCandidates,
    oversample: search.oversample,
    minScore: search.minScore,
    onEmpty: search.onEmpty,
    weight: explained.weight,
    normalization: { rule: rule.kind === 'BACKGROUNDS' ? 'BACKGROUND' : rule.kind, mean, deviation },
    documents: explained.documents,
    method: explained.method,
    cost: explained.cost,
  };
}

function shown(value: InputValue | null): unknown {
  return value instanceof Float32Array ? `a vector of ${value.length} numbers` : value;
}
