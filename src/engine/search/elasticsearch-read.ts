/** Reading documents back from Elasticsearch. */
import { ReweighError } from '../errors.ts';
import { documentFrom, fromBigEndian, type StoredSource } from './elasticsearch-document.ts';
import { FIELDS } from './elasticsearch-mapping.ts';
import { hashOrder } from './hash-order.ts';
import { refusedAccess } from './elasticsearch-refused-access.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type { DocumentReader } from './elasticsearch-reader.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import type { IndexCounts } from './search-backend.ts';
import type { Uuid } from '../ids.ts';

interface Found {
  readonly hits: {
    readonly total?: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly _source?: StoredSource }[];
  };
  readonly aggregations?: {
    readonly has?: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] };
  };
}

const MOST_FEATURES = 1_000;
const ONLY_FIELDS = [`${FIELDS.source}.fields`];
const sourceVector = ({ id }: Feature): string => `${FIELDS.source}.vectors.${id}`;

export function managedReader(target: ElasticsearchTarget, collection: Collection): DocumentReader {
  return {
    fetch: (ids, { vectors }) => fetchDocuments(target, collection, { ids, vectors }),
    list: (after, limit) => listDocuments(target, collection, { after, limit }),
    count: () => countDocuments(target),
    sample: (feature, limit, seed) => sampleVectors(target, feature, { limit, seed }),
  };
}

/**
 * Documents by id, as they were written last, whether or not searches see it yet. Those on a lost shard are absent;
 * SEARCH_UNAVAILABLE where all are.
 */
async function fetchDocuments(
  { calls, alias, deadlines }: ElasticsearchTarget,
  collection: Collection,
  what: { readonly ids: readonly string[]; readonly vectors: readonly Feature[] },
): Promise<ReadonlyMap<string, Document>> {
  if (what.ids.length === 0) return new Map();
  const answer = await calls.call<{
    readonly docs: readonly {
      readonly _id: string;
      readonly found?: boolean;
      readonly _source?: StoredSource;
      readonly error?: { readonly type?: string; readonly reason?: string };
    }[];
  }>(
    {
      method: 'POST',
      path: `/${alias}/_mget`,
      query: { _source_includes: [...ONLY_FIELDS, ...what.vectors.map(sourceVector)].join(',') },
      body: { ids: [...new Set(what.ids)] },
    },
    deadlines.read,
  );
  const docs = answer?.docs ?? [];
  const refused = docs.map(({ error }) => refusedAccess(error ?? {})).find((one) => one !== null);
  if (refused !== undefined)
    throw new ReweighError('SEARCH_FORBIDDEN', `Elasticsearch answered 403: ${refused}`);
  const lost = docs.filter(({ error }) => error !== undefined && error.type !== 'index_not_found_exception');
  if (lost.length > 0 && lost.length === docs.length)
    throw new ReweighError(
      'SEARCH_UNAVAILABLE',
      `the index ${alias} cannot be read: ${lost[0]!.error?.reason}`,
    );
  return new Map(
    docs.flatMap(({ _id, found, _source }) =>
      found === true ? [[_id, documentFrom(collection, _id, _source ?? {})] as const] : [],
    ),
  );
}

/** A page in UTF-8 order of ids, without vectors. */
async function listDocuments(
  target: ElasticsearchTarget,
  collection: Collection,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Document[]> {
  const { hits } = await search(target, {
    size: page.limit,
    sort: [{ [FIELDS.id]: 'asc' }],
    _source: ONLY_FIELDS,
    track_total_hits: false,
    ...(page.after === null ? {} : { search_after: [page.after] }),
  });
  return hits.hits.map(({ _id, _source }) => documentFrom(collection, _id, _source ?? {}));
}

async function countDocuments(target: ElasticsearchTarget): Promise<IndexCounts> {
  const { hits, aggregations } = await search(target, {
    size: 0,
    track_total_hits: true,
    aggs: { has: { terms: { field: FIELDS.has, size: MOST_FEATURES } } },
  });
  return {
    documents: hits.total?.value ?? 0,
    features: new Map(
      (aggregations?.has?.buckets ?? []).map(({ key, doc_count }) => [key as Uuid, doc_count]),
    ),
  };
}

/**
 * Vectors of the documents that follow the seed's place in the order of hashes, which begins again at its end:
 * even, because hashes have nothing to do with the data.
 */
async function sampleVectors(
  target: ElasticsearchTarget,
  feature: Feature,
  how: { readonly limit: number; readonly seed: string },
): Promise<readonly Float32Array[]> {
  const start = hashOrder(how.seed);
  const part = async (
    range: Readonly<Record<string, number>>,
    size: number,
  ): Promise<readonly Float32Array[]> => {
    if (size === 0) return [];
    const { hits } = await search(target, {
      size,
      sort: [{ [FIELDS.order]: 'asc' }, { [FIELDS.id]: 'asc' }],
      _source: [sourceVector(feature)],
      track_total_hits: false,
      query: {
        bool: {
          filter: [{ term: { [FIELDS.has]: { value: feature.id } } }, { range: { [FIELDS.order]: range } }],
        },
      },
    });
    return hits.hits.flatMap(({ _source }) => {
      const text = _source?.source?.vectors?.[feature.id];
      return text === undefined ? [] : [fromBigEndian(text)];
    });
  };
  const after = await part({ gte: start }, how.limit);
  return [...after, ...(await part({ lt: start }, how.limit - after.length))];
}

async function search(
  { calls, alias, deadlines }: ElasticsearchTarget,
  body: Readonly<Record<string, unknown>>,
): Promise<Found> {
  // Without it a lost shard would make a list shorter and a count less, and nobody would hear of it.
  const query = { allow_partial_search_results: false };
  const path = `/${alias}/_search`;
  const found = await calls.call<Found>({ method: 'POST', path, query, body }, deadlines.read);
  return found ?? { hits: { hits: [] } };
}
