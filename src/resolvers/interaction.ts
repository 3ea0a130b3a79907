import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import {
  DeleteInteractionInput,
  DeleteInteractionPayload,
  InteractionConnection,
  InteractionsArgs,
  InteractionType,
  RecordInteractionInput,
  RecordInteractionPayload,
  RecordInteractionsInput,
  RecordInteractionsPayload,
} from '../schema/interaction.ts';
import { attempt } from './user-errors.ts';
import { deleteInteraction, recordInteraction, recordInteractions } from '../engine/interaction/record.ts';
import { encodeGlobalId } from '../engine/ids.ts';
import { listInteractions } from '../engine/interaction/list-interactions.ts';
import { readPage, toConnection } from './page.ts';
import { requireId } from './global-id.ts';
import { toInteraction, toRecordResult } from './map-interaction.ts';
import type { Connection } from '../schema/page.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

@Resolver()
export class InteractionResolver {
  @Query(() => InteractionType, { nullable: true, description: 'An interaction; null where there is none.' })
  async interaction(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<InteractionType | null> {
    const { id: uuid } = requireId(id, ['Interaction'], ['id']);
    const found = await context.ports.interactions.find(context.viewer.namespace, uuid);
    return found === null ? null : toInteraction(context, found);
  }

  @Query(() => InteractionConnection, { description: 'The log of interactions.' })
  async interactions(
    @Args(() => InteractionsArgs) args: InteractionsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<InteractionType>> {
    const scope = `interactions ${args.order}`;
    const request = readPage(args, scope, info);
    const page = await listInteractions(context.ports, {
      namespace: context.viewer.namespace,
      order: args.order,
      retriever: args.retriever ?? null,
      execution: args.execution == null ? null : requireId(args.execution, ['Execution'], ['execution']).id,
      documentId: args.documentId ?? null,
      kinds: args.kinds ?? null,
      user: args.user ?? null,
      session: args.session ?? null,
      state: args.state ?? null,
      since: args.since ?? null,
      until: args.until ?? null,
      page: request,
    });
    return toConnection(page, { ...request, scope }, (row) => toInteraction(context, row));
  }

  @Mutation(() => RecordInteractionPayload, {
    description: 'Records what a user did. Answered when it is durable and in the counters.',
  })
  async recordInteraction(
    @Arg('input', () => RecordInteractionInput, { description: 'What the user did.' })
    input: RecordInteractionInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordInteractionPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      recordInteraction(context.ports, { namespace, interaction: input }),
    );
    return {
      interaction: value === null ? null : toInteraction(context, value.interaction),
      repeated: value?.status === 'repeated',
      userErrors,
    };
  }

  @Mutation(() => RecordInteractionsPayload, {
    description: 'Records what users did, each interaction for itself. Answered when they are durable.',
  })
  async recordInteractions(
    @Arg('input', () => RecordInteractionsInput, { description: 'What users did.' })
    input: RecordInteractionsInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordInteractionsPayload> {
    const { namespace } = context.viewer;
    const recorded = await recordInteractions(context.ports, { namespace, ...input });
    const results = recorded.map((result, index) => toRecordResult(context, result, index));
    const refused = results.filter(({ status }) => status === 'REFUSED').length;
    return { results, recorded: results.length - refused, refused, userErrors: [] };
  }

  @Mutation(() => DeleteInteractionPayload, {
    description: 'Deletes an interaction and takes its reward back out of the counters.',
  })
  async deleteInteraction(
    @Arg('input', () => DeleteInteractionInput, { description: 'What to delete.' })
    input: DeleteInteractionInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteInteractionPayload> {
    const { id } = requireId(input.interaction, ['Interaction'], ['interaction']);
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() => deleteInteraction(context.ports, { namespace, id }));
    return {
      deleted: value === null ? null : encodeGlobalId({ type: 'Interaction', id: value.id }),
      userErrors,
    };
  }
}
