import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import {
  ContextInput,
  ContextPosteriorType,
  ContextWeightsType,
  RebuildCountersInput,
  RebuildCountersPayload,
  RebuildType,
  WeightHistoryArgs,
  WeightSnapshotType,
} from '../schema/weights.ts';
import { attempt } from './user-errors.ts';
import { contextBelief, explainContext, type ContextQuestion } from '../engine/learning/context-weights.ts';
import { readWeightHistory } from '../engine/learning/read-weight-history.ts';
import { rebuildCounters } from '../engine/learning/rebuild.ts';
import { requireId } from './global-id.ts';
import { RetrieverType } from '../schema/retriever.ts';
import { toContextWeights, toPosterior, toRebuild, toSnapshot } from './map-weights.ts';
import type { RequestContext } from '../context.ts';

const CONTEXT = { nullable: true, description: 'Whose; null: everybody’s.' } as const;

@Resolver(() => RetrieverType)
export class WeightsResolver {
  @FieldResolver(() => ContextWeightsType, {
    description: 'Weights of a context as its evidence has them now, whatever the retriever serves.',
  })
  async weights(
    @Root() retriever: RetrieverType,
    @Arg('context', () => ContextInput, CONTEXT) context: ContextInput | null,
    @Ctx() request: RequestContext,
  ): Promise<ContextWeightsType> {
    return toContextWeights(await contextBelief(request.ports, questionOf(request, retriever, context)));
  }

  @FieldResolver(() => ContextPosteriorType, {
    description: 'What is believed about each feature in a context, how surely, and where from.',
  })
  async posterior(
    @Root() retriever: RetrieverType,
    @Arg('context', () => ContextInput, CONTEXT) context: ContextInput | null,
    @Ctx() request: RequestContext,
  ): Promise<ContextPosteriorType> {
    return toPosterior(await explainContext(request.ports, questionOf(request, retriever, context)));
  }

  @FieldResolver(() => [WeightSnapshotType], {
    description: 'How the weights of everybody, or of a segment, have moved, in order of time.',
  })
  async weightHistory(
    @Root() retriever: RetrieverType,
    @Args(() => WeightHistoryArgs) args: WeightHistoryArgs,
    @Ctx() { ports }: RequestContext,
  ): Promise<readonly WeightSnapshotType[]> {
    const snapshots = await readWeightHistory(ports, {
      retriever: retriever.uuid,
      segment: args.segment ?? null,
      since: args.since ?? null,
      until: args.until ?? null,
      last: args.last,
    });
    return snapshots.map(toSnapshot);
  }

  @FieldResolver(() => RebuildType, {
    nullable: true,
    description: 'The rebuild of its counters that runs or ran last; null where there was none.',
  })
  async rebuild(
    @Root() retriever: RetrieverType,
    @Ctx() { ports }: RequestContext,
  ): Promise<RebuildType | null> {
    const progress = await ports.counters.rebuildProgress(retriever.uuid);
    return progress === null ? null : toRebuild(progress);
  }

  @Mutation(() => RebuildCountersPayload, {
    description:
      'Sums a retriever’s counters again from the records, while it serves. Answered at once: Retriever.rebuild tells how far it has come.',
  })
  async rebuildCounters(
    @Arg('input', () => RebuildCountersInput, { description: 'Whose counters.' })
    input: RebuildCountersInput,
    @Ctx() { ports, viewer }: RequestContext,
  ): Promise<RebuildCountersPayload> {
    const { id } = requireId(input.retriever, ['Retriever'], ['retriever']);
    const { value, userErrors } = await attempt(() =>
      rebuildCounters(ports, {
        namespace: viewer.namespace,
        retriever: id,
        creditVersion: input.creditVersion ?? null,
      }),
    );
    return { rebuild: value === null ? null : toRebuild(value), userErrors };
  }
}

function questionOf(
  { viewer }: RequestContext,
  retriever: RetrieverType,
  context: ContextInput | null,
): ContextQuestion {
  return {
    namespace: viewer.namespace,
    retriever: retriever.name,
    version: null,
    audience: {
      segment: context?.segment ?? null,
      user: context?.user ?? null,
      session: context?.session ?? null,
    },
  };
}
