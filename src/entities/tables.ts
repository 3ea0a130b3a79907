import { defineEntity, p } from '@mikro-orm/core';
import type {
  AttachedIndex,
  Background,
  EmbedderKind,
  FieldDeclaration,
  Similarity,
} from '../engine/collection/collection.ts';
import type { RetrieverSpec } from '../engine/retriever/retriever.ts';

/** The definitions, one entity per table. Logs and vectors have no entity: they are written in batches of SQL. */
export const CollectionRow = defineEntity({
  name: 'CollectionRow',
  tableName: 'collection',
  properties: {
    id: p.uuid().primary(),
    namespace: p.text(),
    name: p.text(),
    fields: p.json<readonly FieldDeclaration[]>(),
    attached: p.json<AttachedIndex>().nullable(),
    createdAt: p.datetime().columnType('timestamptz(3)'),
  },
});

export const FeatureRow = defineEntity({
  name: 'FeatureRow',
  tableName: 'feature',
  properties: {
    id: p.uuid().primary(),
    collectionId: p.uuid(),
    uri: p.text(),
    field: p.text(),
    dims: p.integer(),
    similarity: p.text().$type<Similarity>(),
    sourceFields: p.json<readonly string[]>(),
    embedder: p.text().$type<EmbedderKind>(),
    model: p.text().nullable(),
    background: p.json<Omit<Background, 'measuredAt'> & { readonly measuredAt: string }>().nullable(),
    createdAt: p.datetime().columnType('timestamptz(3)'),
    position: p.bigint('number').autoincrement(),
  },
});

export const RetrieverRow = defineEntity({
  name: 'RetrieverRow',
  tableName: 'retriever',
  properties: {
    id: p.uuid().primary(),
    namespace: p.text(),
    name: p.text(),
    latestVersion: p.integer(),
    clonedFromId: p.uuid().nullable(),
    clonedFromVersion: p.integer().nullable(),
    createdAt: p.datetime().columnType('timestamptz(3)'),
  },
});

export const RetrieverVersionRow = defineEntity({
  name: 'RetrieverVersionRow',
  tableName: 'retriever_version',
  properties: {
    retrieverId: p.uuid().primary(),
    version: p.integer().primary(),
    spec: p.json<RetrieverSpec>(),
    createdAt: p.datetime().columnType('timestamptz(3)'),
  },
});
