import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import {
  CollectionConnection,
  CollectionType,
  CreateCollectionInput,
  CreateCollectionPayload,
  DeleteCollectionInput,
  DeleteCollectionPayload,
  ReindexCollectionPayload,
} from '../schema/collection.ts';
import { AttachCollectionInput, AttachCollectionPayload } from '../schema/attach-collection.ts';
import { attachCollection } from '../engine/collection/attach-collection.ts';
import { PageArgs, type Connection } from '../schema/page.ts';
import { attempt } from './user-errors.ts';
import { createCollection } from '../engine/collection/create-collection.ts';
import { deleteCollection } from '../engine/collection/delete-collection.ts';
import { ReindexCollectionInput } from '../schema/reindexing.ts';
import { readPage, toConnection } from './page.ts';
import { reindexCollection } from '../engine/collection/reindex-collection.ts';
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

  @Mutation(() => AttachCollectionPayload, {
    description:
      'Makes a collection of an index that is in Elasticsearch already, with its features. The index is compared with all that is declared; it is searched and read, never written.',
  })
  async attachCollection(
    @Arg('input', () => AttachCollectionInput, { description: 'What to attach.' })
    input: AttachCollectionInput,
    @Ctx() context: RequestContext,
  ): Promise<AttachCollectionPayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      attachCollection(context.ports, { namespace, ...input }),
    );
    return { collection: value === null ? null : toCollection(context, value), userErrors };
  }

  @Mutation(() => DeleteCollectionPayload, {
    description:
      'Deletes a collection with its features and documents; refused while a retriever uses it. An attached index stays as it is.',
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

  @Mutation(() => ReindexCollectionPayload, {
    description:
      'Begins to store all documents of a collection anew, in the background: with the present settings of the index and the registered features, embedding what is missing. Searches and writes go on. See Collection.reindexing.',
  })
  async reindexCollection(
    @Arg('input', () => ReindexCollectionInput, { description: 'What to store anew.' })
    input: ReindexCollectionInput,
    @Ctx() context: RequestContext,
  ): Promise<ReindexCollectionPayload> {
    const { namespace } = context.viewer;
    const { collection, embed = null, refusedTexts } = input;
    const command = { namespace, collection, embed, refusedTexts };
    const { value, userErrors } = await attempt(() => reindexCollection(context.ports, command));
    return { collection: value === null ? null : toCollection(context, value), userErrors };
  }
}
