/**
 * Reading documents of an attached index: by searches with the `fields` option. It reads multi-fields, aliases and
 * runtime fields, several indexes behind one name, and vectors, which Elasticsearch leaves out of `_source` from 9.2.
 */
import {
  documentFromFields,
  fieldsToRead,
  vectorFrom,
  type FoundFields,
} from './elasticsearch-attached-document.ts';
import { hashOrder } from './hash-order.ts';
import { refusal } from '../errors.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type { DocumentReader } from './elasticsearch-reader.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import type { IndexCounts } from './search-backend.ts';
import type { Uuid } from '../ids.ts';

interface Found {
  readonly hits: {
    readonly total?: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly fields?: FoundFields }[];
  };
  readonly aggregations?: {
    readonly has?: { readonly buckets: Readonly<Record<string, { readonly doc_count: number }>> };
  };
}

/** Seeds are 32-bit integers. */
const SEEDS = 2 ** 31;

export function attachedReader(target: ElasticsearchTarget, collection: Collection): DocumentReader {
  return {
    fetch: (ids, { vectors }) => fetchDocuments(target, collection, { ids, vectors }),
    list: (after, limit) => listDocuments(target, collection, { after, limit }),
    count: (features) => countDocuments(target, features),
    sample: (feature, limit, seed) => sampleVectors(target, feature, { limit, seed }),
  };
}

/** Documents by id, as searches see them. Those on a lost shard are absent; SEARCH_UNAVAILABLE where all are. */
async function fetchDocuments(
  target: ElasticsearchTarget,
  collection: Collection,
  { ids, vectors }: { readonly ids: readonly string[]; readonly vectors: readonly Feature[] },
): Promise<ReadonlyMap<string, Document>> {
  if (ids.length === 0) return new Map();
  const wanted = [...new Set(ids)];
  const { hits } = await search(
    target,
    {
      size: wanted.length,
      query: { ids: { values: wanted } },
      fields: [...fieldsToRead(collection), ...vectors.map(({ field }) => ({ field }))],
    },
    PARTLY,
  );
  return new Map(
    hits.hits.map(({ _id, fields = {} }) => [_id, documentFromFields(collection, _id, { fields, vectors })]),
  );
}

/** A page in order of the field that repeats the id. NOT_SUPPORTED where the collection names none. */
async function listDocuments(
  target: ElasticsearchTarget,
  collection: Collection,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Document[]> {
  const idField = collection.attached?.idField ?? null;
  if (idField === null)
    throw refusal(
      'NOT_SUPPORTED',
      `the documents of ${collection.name} cannot be listed: it was attached without an idField to sort by`,
      ['collection'],
    );
  const { hits } = await search(target, {
    size: page.limit,
    query: { exists: { field: idField } },
    sort: [{ [idField]: 'asc' }],
    fields: fieldsToRead(collection),
    ...(page.after === null ? {} : { search_after: [page.after] }),
  });
  return hits.hits.map(({ _id, fields = {} }) =>
    documentFromFields(collection, _id, { fields, vectors: [] }),
  );
}

async function countDocuments(
  target: ElasticsearchTarget,
  features: readonly Feature[],
): Promise<IndexCounts> {
  const having = Object.fromEntries(features.map(({ id, field }) => [id, { exists: { field } }]));
  const { hits, aggregations } = await search(target, {
    size: 0,
    track_total_hits: true,
    ...(features.length === 0 ? {} : { aggs: { has: { filters: { filters: having } } } }),
  });
  return {
    documents: hits.total?.value ?? 0,
    features: new Map(
      Object.entries(aggregations?.has?.buckets ?? {}).map(([id, { doc_count }]) => [id as Uuid, doc_count]),
    ),
  };
}

/** Documents in a random order that seed and place in the index decide; copies of a shard may break ties otherwise. */
async function sampleVectors(
  target: ElasticsearchTarget,
  feature: Feature,
  { limit, seed }: { readonly limit: number; readonly seed: string },
): Promise<readonly Float32Array[]> {
  const order = { seed: hashOrder(seed) % SEEDS, field: '_seq_no' };
  const { hits } = await search(target, {
    size: limit,
    query: {
      function_score: {
        query: { bool: { filter: [{ exists: { field: feature.field } }] } },
        random_score: order,
        boost_mode: 'replace',
      },
    },
    fields: [{ field: feature.field }],
  });
  return hits.hits.flatMap(({ fields = {} }) => vectorFrom(fields, feature) ?? []);
}

async function search(
  { calls, alias, routing, deadlines }: ElasticsearchTarget,
  body: Readonly<Record<string, unknown>>,
  allowance = WHOLLY,
): Promise<Found> {
  const found = await calls.call<Found>(
    {
      method: 'POST',
      path: `/${encodeURIComponent(alias)}/_search`,
      query: { ...allowance, preference: PREFERENCE, ...(routing === null ? {} : { routing }) },
      body: { _source: false, track_total_hits: false, ...body },
    },
    deadlines.read,
  );
  if (found === null) throw refusal('SEARCH_UNAVAILABLE', `the index ${alias} is not there`);
  return found;
}

/** Without it a lost shard would make a list shorter and a count less, and nobody would hear of it. */
const WHOLLY = { allow_partial_search_results: false };
const PARTLY = { allow_partial_search_results: true };

/** Any text; always the same, so that one sample is drawn from the same copies of the shards as the next. */
const PREFERENCE = 'documents';
