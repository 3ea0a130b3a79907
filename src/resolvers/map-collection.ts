import { encodeGlobalId } from '../engine/ids.ts';
import type { Collection, Feature } from '../engine/collection/collection.ts';
import type { CollectionType } from '../schema/collection.ts';
import type { FeatureType } from '../schema/feature.ts';
import type { IndexCounts } from '../engine/search/search-backend.ts';
import type { Reindexing } from '../engine/collection/reindexing.ts';
import type { ReindexingType } from '../schema/reindexing.ts';
import type { RequestContext } from '../context.ts';

type Counts = () => Promise<IndexCounts>;

export function toCollection(context: RequestContext, collection: Collection): CollectionType {
  const { id, name, fields, attached, createdAt } = collection;
  const counts = countsOf(context, collection);
  return {
    id: encodeGlobalId({ type: 'Collection', id }),
    name,
    fields: fields.map((field) => ({
      ...field,
      path: attached === undefined ? null : (field.path ?? field.name),
    })),
    attached: attached ?? null,
    createdAt,
    features: async () =>
      (await context.ports.catalog.featuresOf(id)).map((feature) => mapFeature(feature, counts)),
    documentCount: async () => (await counts()).documents,
    reindexing: async () => toReindexing(await context.ports.reindexings.find(id)),
  };
}

function toReindexing(reindexing: Reindexing | null): ReindexingType | null {
  if (reindexing === null) return null;
  const refusedDocuments = reindexing.refusedDocuments.map(({ id, reason }) => ({ documentId: id, reason }));
  return { ...reindexing, refusedDocuments };
}

/** Features of one collection; their counts are asked for together. */
export function toFeatures(
  context: RequestContext,
  collection: Collection,
  features: readonly Feature[],
): readonly FeatureType[] {
  const counts = countsOf(context, collection);
  return features.map((feature) => mapFeature(feature, counts));
}

/** Counts of a collection, asked for once and only when a field needs them. */
function countsOf({ ports }: RequestContext, collection: Collection): Counts {
  let counts: Promise<IndexCounts> | undefined;
  const count = async (): Promise<IndexCounts> =>
    ports.backend.count(collection, await ports.catalog.featuresOf(collection.id));
  return () => (counts ??= count());
}

function mapFeature(feature: Feature, counts: Counts): FeatureType {
  const { uri, field, dims, similarity, sourceFields, embedder, model, background, createdAt } = feature;
  return {
    id: encodeGlobalId({ type: 'Feature', id: feature.id }),
    uri,
    field,
    dims,
    similarity,
    sourceFields,
    embedder,
    model,
    background,
    createdAt,
    documentCount: async () => (await counts()).features.get(feature.id) ?? 0,
    measuringAdvised: async () =>
      background !== null && (await counts()).documents >= 10 * background.population,
  };
}
