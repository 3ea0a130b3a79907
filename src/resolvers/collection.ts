import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import {
  CollectionConnection,
  CollectionType,
  CreateCollectionInput,
  CreateCollectionPayload,
  DeleteCollectionInput,
  DeleteCollectionPayload,
} from '../schema/collection.ts';
import { PageArgs, type Connection } from '../schema/page.ts';
import { attempt } from './user-errors.ts';
import { createCollection } from '../engine/collection/create-collection.ts';
import { deleteCollection } from '../engine/collection/delete-collection.ts';
import { readPage, toConnection } from './page.ts';
import { toCollection } from './map-collection.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

@Resolver()
export class CollectionResolver {
  @Query(() => CollectionType, {
    nullable: true,
    description: 'A collection by name; null where there is none.',
  })
  async collection(
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Ctx() context: RequestContext,
  ): Promise<CollectionType | null> {
    const collection = await context.ports.catalog.collectionByName(context.viewer.namespace, name);
    return collection === null ? null : toCollection(context, collection);
  }

  @Query(() => CollectionConnection, { description: 'All collections, by name.' })
  async collections(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<CollectionType>> {
    const request = readPage(args, 'collections', info);
    const page = await context.ports.catalog.collections(context.viewer.namespace, request);
    return toConnection(page, { ...request, scope: 'collections' }, (row) => toCollection(context, row));
  }

  @Mutation(() => CreateCollectionPayload, {
    description: 'Creates a collection, empty and without features.',
  })
  async createCollection(
    @Arg('input', () => CreateCollectionInput, { description: 'What to create.' })
    input: CreateCollectionInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateCollectionPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      createCollection(context.ports, { namespace, ...input }),
    );
    return { collection: value === null ? null : toCollection(context, value), userErrors };
  }

  @Mutation(() => DeleteCollectionPayload, {
    description: 'Deletes a collection with its features and documents; refused while a retriever uses it.',
  })
  async deleteCollection(
    @Arg('input', () => DeleteCollectionInput, { description: 'What to delete.' })
    input: DeleteCollectionInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteCollectionPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      deleteCollection(context.ports, { namespace, ...input }),
    );
    return { deleted: value?.name ?? null, userErrors };
  }
}
