import type { CollectionRow, FeatureRow, RetrieverRow, RetrieverVersionRow } from '../../entities/tables.ts';
import type { Background, Collection, Feature } from './collection.ts';
import type { InferEntity } from '@mikro-orm/core';
import type { Retriever, RetrieverVersion } from '../retriever/retriever.ts';
import type { Uuid } from '../ids.ts';

type CollectionEntity = InferEntity<typeof CollectionRow>;
type FeatureEntity = InferEntity<typeof FeatureRow>;
type RetrieverEntity = InferEntity<typeof RetrieverRow>;
type VersionEntity = InferEntity<typeof RetrieverVersionRow>;

export function toCollection(row: CollectionEntity | null): Collection | null {
  if (row === null) return null;
  const { namespace, name, fields, attached, createdAt } = row;
  return {
    id: row.id as Uuid,
    namespace,
    name,
    fields,
    ...(attached == null ? {} : { attached }),
    createdAt,
  };
}

export function storedCollection({ attached, ...collection }: Collection): CollectionEntity {
  return { ...collection, attached: attached ?? null };
}

export function toFeature(row: FeatureEntity): Feature {
  const { uri, field, dims, similarity, sourceFields, embedder, model, background, createdAt } = row;
  return {
    id: row.id as Uuid,
    collectionId: row.collectionId as Uuid,
    uri,
    field,
    dims,
    similarity,
    sourceFields,
    embedder,
    model: model ?? null,
    background: background == null ? null : { ...background, measuredAt: new Date(background.measuredAt) },
    createdAt,
  };
}

export function storedFeature(feature: Feature): Omit<FeatureEntity, 'position'> {
  const { background } = feature;
  return { ...feature, background: background === null ? null : storedBackground(background) };
}

export function storedBackground(background: Background): NonNullable<FeatureEntity['background']> {
  return { ...background, measuredAt: background.measuredAt.toISOString() };
}

export function toRetriever(row: RetrieverEntity | null): Retriever | null {
  if (row === null) return null;
  const { namespace, name, latestVersion, clonedFromId, clonedFromVersion, createdAt } = row;
  const clonedFrom =
    clonedFromId == null || clonedFromVersion == null
      ? null
      : { retrieverId: clonedFromId as Uuid, version: clonedFromVersion };
  return { id: row.id as Uuid, namespace, name, latestVersion, clonedFrom, createdAt };
}

export function toVersion(row: VersionEntity): RetrieverVersion {
  return {
    retrieverId: row.retrieverId as Uuid,
    version: row.version,
    spec: row.spec,
    createdAt: row.createdAt,
  };
}

/** PostgreSQL refuses texts with NUL, so nothing has such a name. */
export function isStorable(name: string): boolean {
  return !name.includes('\0');
}
