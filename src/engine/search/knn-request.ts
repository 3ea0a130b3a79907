/** The body of a multi-search: one kNN per request. Pure. */
import { sha256 } from '../ids.ts';
import { filterQuery, type Query } from './elasticsearch-filter.ts';
import { FIELDS, type IndexOption } from './elasticsearch-mapping.ts';
import type { KnnRequest } from './search-backend.ts';
import type { VectorForm } from './elasticsearch-document.ts';

export interface KnnSettings {
  readonly indexOption: IndexOption;
  readonly form: VectorForm;
  /** Milliseconds after which the server may stop looking. */
  readonly timeout: number;
  readonly indexOf: (request: KnnRequest) => string;
}

const LEAST_CANDIDATES = 100;
const MOST_CANDIDATES = 10_000;
/** Candidates per hit where the request names none: enough for a recall of .99 on float graphs. */
const CANDIDATES_PER_HIT = 2;

/**
 * Newline-delimited JSON for `_msearch`. A vector that several requests share is written once. The same vector or text
 * is searched on the same copies of the shards: copies differ in the last bits of scores and in cuts inside ties.
 */
export function multiSearchBody(requests: readonly KnnRequest[], settings: KnnSettings): string {
  const written = new Map<KnnRequest['vector'], string>();
  return requests
    .map((request) => {
      const { vector } = request;
      const sought = written.get(vector) ?? soughtIn(vector, settings.form);
      written.set(vector, sought);
      const preference = `vector-${sha256(sought).slice(0, 16)}`;
      const header = JSON.stringify({ index: settings.indexOf(request), preference });
      return `${header}\n${knnBody(request, settings, sought)}\n`;
    })
    .join('');
}

/** The member of a kNN that says what is searched for: a vector, or a text that the server makes one of. */
function soughtIn(vector: KnnRequest['vector'], form: VectorForm): string {
  if (vector instanceof Float32Array) return `"query_vector":${form(vector)}`;
  const { model, text } = vector;
  const builder = { text_embedding: { model_id: model, model_text: text } };
  return `"query_vector_builder":${JSON.stringify(builder)}`;
}

/** JSON of one kNN; `sought` is already JSON. Scores below minScore are left to the reader. */
function knnBody(request: KnnRequest, settings: KnnSettings, sought: string): string {
  const { feature, topK, oversample } = request;
  const knn = {
    field: FIELDS.vector(feature),
    k: topK,
    num_candidates: candidatesOf(request),
    filter: filtersOf(request),
    ...(oversample !== null && isQuantized(settings.indexOption) ? { rescore_vector: { oversample } } : {}),
  };
  const rest = JSON.stringify({
    size: topK,
    timeout: `${Math.max(1, Math.ceil(settings.timeout))}ms`,
    _source: false,
    track_total_hits: false,
  });
  return `{"knn":{${sought},${JSON.stringify(knn).slice(1)},${rest.slice(1)}`;
}

/** Elasticsearch wants k ≤ num_candidates ≤ 10,000. */
export function candidatesOf({ topK, numCandidates }: Pick<KnnRequest, 'topK' | 'numCandidates'>): number {
  const wanted = numCandidates ?? Math.max(LEAST_CANDIDATES, topK * CANDIDATES_PER_HIT);
  return Math.min(MOST_CANDIDATES, Math.max(topK, wanted));
}

function filtersOf({ collection, filter }: KnnRequest): readonly Query[] {
  const namespace = { term: { [FIELDS.namespace]: { value: collection.namespace } } };
  return filter === null ? [namespace] : [namespace, filterQuery(filter, collection.fields)];
}

function isQuantized(option: IndexOption): boolean {
  return option === 'int8_hnsw' || option === 'bbq_hnsw';
}
