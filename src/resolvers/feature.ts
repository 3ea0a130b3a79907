import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import {
  DeleteFeatureInput,
  DeleteFeaturePayload,
  FeatureConnection,
  FeatureType,
  MeasureBackgroundInput,
  MeasureBackgroundPayload,
  RegisterFeatureInput,
  RegisterFeaturePayload,
} from '../schema/feature.ts';
import { PageArgs, type Connection } from '../schema/page.ts';
import { attempt } from './user-errors.ts';
import { deleteFeature } from '../engine/collection/delete-feature.ts';
import { listFeatures } from '../engine/collection/read-collections.ts';
import { measureBackground } from '../engine/collection/measure-background.ts';
import { readPage, toConnection } from './page.ts';
import { registerFeature } from '../engine/collection/register-feature.ts';
import { toFeatures } from './map-collection.ts';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';

@Resolver()
export class FeatureResolver {
  @Query(() => FeatureType, {
    nullable: true,
    description: 'A feature of a collection; null where there is none.',
  })
  async feature(
    @Arg('collection', () => String, { description: 'Name of the collection.' }) collection: string,
    @Arg('uri', () => String, { description: 'Its feature URI.' }) uri: string,
    @Ctx() context: RequestContext,
  ): Promise<FeatureType | null> {
    const found = await listFeatures(context.ports, { namespace: context.viewer.namespace, collection });
    const feature = found.features.find((known) => known.uri === uri);
    return feature === undefined ? null : (toFeatures(context, found.collection, [feature])[0] ?? null);
  }

  @Query(() => FeatureConnection, { description: 'Features of a collection, in order of registration.' })
  async features(
    @Arg('collection', () => String, { description: 'Name of the collection.' }) collection: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FeatureType>> {
    const request = readPage(args, 'features', info);
    const found = await listFeatures(context.ports, { namespace: context.viewer.namespace, collection });
    const keys = found.features.map(({ id }) => String(id));
    const start = request.after === null ? 0 : keys.indexOf(request.after) + 1;
    const values = toFeatures(context, found.collection, found.features);
    const rows = values.map((value, index) => ({ key: keys[index] ?? '', value }));
    const page = {
      rows: rows.slice(start, start + request.first),
      hasNextPage: rows.length > start + request.first,
      total: rows.length,
    };
    return toConnection(page, { ...request, scope: 'features' }, (feature) => feature);
  }

  @Mutation(() => RegisterFeaturePayload, {
    description:
      'Adds a feature to a collection. Documents that are there already lack it until they are indexed again; an attached index must hold it.',
  })
  async registerFeature(
    @Arg('input', () => RegisterFeatureInput, { description: 'What to add.' }) input: RegisterFeatureInput,
    @Ctx() context: RequestContext,
  ): Promise<RegisterFeaturePayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() =>
      registerFeature(context.ports, { namespace, ...input }),
    );
    const feature = value === null ? undefined : toFeatures(context, value.collection, [value.feature])[0];
    return { feature: feature ?? null, userErrors };
  }

  @Mutation(() => MeasureBackgroundPayload, {
    description:
      'Measures the background of features anew, from 50 documents on. Retrievers that normalize by it begin a new learning generation.',
  })
  async measureBackground(
    @Arg('input', () => MeasureBackgroundInput, { description: 'What to measure.' })
    input: MeasureBackgroundInput,
    @Ctx() context: RequestContext,
  ): Promise<MeasureBackgroundPayload> {
    const command = { ...input, namespace: context.viewer.namespace, features: input.features ?? null };
    const { value, userErrors } = await attempt(() => measureBackground(context.ports, command));
    return {
      features: value === null ? [] : toFeatures(context, value.collection, value.features),
      userErrors,
    };
  }

  @Mutation(() => DeleteFeaturePayload, {
    description:
      'Deletes a feature; refused while a retriever searches it. Its vectors leave the index with the next reindexing.',
  })
  async deleteFeature(
    @Arg('input', () => DeleteFeatureInput, { description: 'What to delete.' }) input: DeleteFeatureInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteFeaturePayload> {
    const { namespace } = context.viewer;
    const { value, userErrors } = await attempt(() => deleteFeature(context.ports, { namespace, ...input }));
    return { deleted: value === null ? null : input.uri, userErrors };
  }
}
