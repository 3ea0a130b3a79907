import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  CloneRetrieverInput,
  CloneRetrieverPayload,
  CreateRetrieverInput,
  CreateRetrieverPayload,
  DeleteRetrieverInput,
  DeleteRetrieverPayload,
  UpdateRetrieverInput,
  UpdateRetrieverPayload,
} from '../schema/retriever-input.ts';
import { PageArgs, type Connection } from '../schema/page.ts';
import {
  RetrieverConnection,
  RetrieverType,
  RetrieverVersionConnection,
  RetrieverVersionType,
} from '../schema/retriever.ts';
import { attempt, type Attempt } from './user-errors.ts';
import { cloneRetriever } from '../engine/retriever/clone-retriever.ts';
import { createRetriever, type VersionedRetriever } from '../engine/retriever/create-retriever.ts';
import { deleteRetriever } from '../engine/retriever/delete-retriever.ts';
import { kindsWithoutReward } from '../engine/learning/reward.ts';
import { readPage, toConnection } from './page.ts';
import { toRetriever, toVersion } from './map-retriever.ts';
import { updateRetriever } from '../engine/retriever/update-retriever.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

@Resolver(() => RetrieverType)
export class RetrieverResolver {
  @Query(() => RetrieverType, {
    nullable: true,
    description: 'A retriever by name; null where there is none.',
  })
  async retriever(
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Ctx() context: RequestContext,
  ): Promise<RetrieverType | null> {
    const retriever = await context.ports.catalog.retrieverByName(context.viewer.namespace, name);
    return retriever === null ? null : toRetriever(context, retriever);
  }

  @Query(() => RetrieverConnection, { description: 'All retrievers, by name.' })
  async retrievers(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<RetrieverType>> {
    const request = readPage(args, 'retrievers', info);
    const page = await context.ports.catalog.retrievers(context.viewer.namespace, request);
    return toConnection(page, { ...request, scope: 'retrievers' }, (row) => toRetriever(context, row));
  }

  @FieldResolver(() => RetrieverVersionType, {
    nullable: true,
    description: 'One of its versions; null where there is none with this number.',
  })
  async version(
    @Root() retriever: RetrieverType,
    @Arg('number', () => Int, { description: 'Number of the version, from 1.' }) number: number,
    @Ctx() context: RequestContext,
  ): Promise<RetrieverVersionType | null> {
    const version = await context.ports.catalog.version(retriever.uuid, number);
    return version === null ? null : toVersion(version);
  }

  @FieldResolver(() => RetrieverVersionConnection, { description: 'Its versions, newest first.' })
  async versions(
    @Root() retriever: RetrieverType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<RetrieverVersionType>> {
    const request = readPage(args, 'versions', info);
    const page = await context.ports.catalog.versions(retriever.uuid, request);
    return toConnection(page, { ...request, scope: 'versions' }, toVersion);
  }

  @Mutation(() => CreateRetrieverPayload, { description: 'Creates a retriever with its version 1.' })
  async createRetriever(
    @Arg('input', () => CreateRetrieverInput, { description: 'What to create.' }) input: CreateRetrieverInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateRetrieverPayload> {
    const { namespace } = context.viewer;
    return toPayload(context, await attempt(() => createRetriever(context.ports, { namespace, ...input })));
  }

  @Mutation(() => UpdateRetrieverPayload, {
    description: 'Appends a version, which is served from now on; the versions before it stay as they are.',
  })
  async updateRetriever(
    @Arg('input', () => UpdateRetrieverInput, { description: 'What to change.' }) input: UpdateRetrieverInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateRetrieverPayload> {
    const { namespace } = context.viewer;
    return toPayload(context, await attempt(() => updateRetriever(context.ports, { namespace, ...input })));
  }

  @Mutation(() => CloneRetrieverPayload, {
    description: 'Makes a new retriever from a version of another; what that one has learned stays with it.',
  })
  async cloneRetriever(
    @Arg('input', () => CloneRetrieverInput, { description: 'What to copy.' }) input: CloneRetrieverInput,
    @Ctx() context: RequestContext,
  ): Promise<CloneRetrieverPayload> {
    const command = { namespace: context.viewer.namespace, ...input, version: input.version ?? null };
    return toPayload(context, await attempt(() => cloneRetriever(context.ports, command)));
  }

  @Mutation(() => DeleteRetrieverPayload, {
    description: 'Deletes a retriever with all its versions; its executions stay in the log.',
  })
  async deleteRetriever(
    @Arg('input', () => DeleteRetrieverInput, { description: 'What to delete.' }) input: DeleteRetrieverInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteRetrieverPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      deleteRetriever(context.ports, { namespace, ...input }),
    );
    return { deleted: value?.name ?? null, userErrors };
  }
}

function toPayload(
  context: RequestContext,
  { value, userErrors }: Attempt<VersionedRetriever>,
): CreateRetrieverPayload {
  if (value === null) return { retriever: null, kindsWithoutReward: [], userErrors };
  return {
    retriever: toRetriever(context, value.retriever, value.version),
    kindsWithoutReward: kindsWithoutReward(value.version.spec.learning.rewardMap),
    userErrors,
  };
}
