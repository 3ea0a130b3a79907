/** The body of a multi-search: one kNN per request. Pure. */
import { sha256 } from '../ids.ts';
import { filterQuery, type Query } from './elasticsearch-filter.ts';
import { layoutOf, type IndexLayout } from './elasticsearch-layout.ts';
import { normOf } from './similarity.ts';
import type { Collection } from '../collection/collection.ts';
import type { KnnRequest } from './search-backend.ts';
import type { VectorForm } from './elasticsearch-document.ts';

export interface KnnSettings {
  readonly form: VectorForm;
  /** Milliseconds after which the server may stop looking. */
  readonly timeout: number;
  readonly targetOf: (collection: Collection) => KnnTarget;
}

/** Which index a request goes to, and which of its shards; null: all. */
export interface KnnTarget {
  readonly alias: string;
  readonly routing: string | null;
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
  const write = vectorWriter(settings.form);
  return requests
    .map((request) => {
      const layout = layoutOf(request.collection);
      const sought = write(request, layout);
      const preference = `vector-${sha256(sought).slice(0, 16)}`;
      const { alias: index, routing } = settings.targetOf(request.collection);
      const header = JSON.stringify({ index, preference, ...(routing === null ? {} : { routing }) });
      return `${header}\n${knnBody(request, layout, { sought, timeout: settings.timeout })}\n`;
    })
    .join('');
}

/** What `soughtIn` says of a request, with its vector at length 1 where the index asks for that; each is written once. */
function vectorWriter(form: VectorForm): (request: KnnRequest, layout: IndexLayout) => string {
  const written = new Map<KnnRequest['vector'], string>();
  const units = new Map<KnnRequest['vector'], string>();
  return ({ feature, vector }, layout) => {
    const isUnit = layout.needsUnitVector(feature);
    const known = isUnit ? units : written;
    const sought = known.get(vector) ?? soughtIn(isUnit ? unitOf(vector) : vector, form);
    known.set(vector, sought);
    return sought;
  };
}

/** A text stays as it is: what the server makes of it is the server's. */
function unitOf(vector: KnnRequest['vector']): KnnRequest['vector'] {
  if (!(vector instanceof Float32Array)) return vector;
  const norm = normOf(vector);
  return vector.map((number) => number / norm);
}

/** The member of a kNN that says what is searched for: a vector, or a text that the server makes one of. */
function soughtIn(vector: KnnRequest['vector'], form: VectorForm): string {
  if (vector instanceof Float32Array) return `"query_vector":${form(vector)}`;
  const { model, text } = vector;
  const builder = { text_embedding: { model_id: model, model_text: text } };
  return `"query_vector_builder":${JSON.stringify(builder)}`;
}

/**
 * JSON of one kNN; `sought` is already JSON. Scores below minScore are left to the reader. Elasticsearch heeds
 * `rescore_vector` on the shards whose vectors are quantized, whatever their index option, and nowhere else.
 */
function knnBody(
  request: KnnRequest,
  layout: IndexLayout,
  { sought, timeout }: { readonly sought: string; readonly timeout: number },
): string {
  const { feature, topK, oversample } = request;
  const knn = {
    field: layout.vectorPath(feature),
    k: topK,
    num_candidates: candidatesOf(request),
    filter: filtersOf(request, layout),
    ...(oversample === null ? {} : { rescore_vector: { oversample } }),
  };
  const rest = JSON.stringify({
    size: topK,
    timeout: `${Math.max(1, Math.ceil(timeout))}ms`,
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

function filtersOf({ filter }: KnnRequest, layout: IndexLayout): readonly Query[] {
  return filter === null
    ? layout.constraint
    : [...layout.constraint, filterQuery(filter, (condition) => layout.conditionQuery(condition))];
}
