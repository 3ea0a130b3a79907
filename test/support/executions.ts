import { TASTE, TITLE, addLibrary, addRetriever, tasteSpec } from './library.ts';
import { decodeGlobalId } from '../../src/engine/ids.ts';
import { openApi, type Api, type Refusal, type RequestOptions } from './api.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { KnnOutcome, SearchBackend } from '../../src/engine/search/search-backend.ts';

const EXECUTE = `query ($retriever: String!, $inputs: [GivenInput!], $first: Int, $key: String, $learn: Boolean,
    $user: String, $session: String) {
  execute(retriever: $retriever, inputs: $inputs, first: $first, executionKey: $key, learn: $learn,
    user: $user, session: $session) {
    id retrieverName version logged candidateCount strategy normalization assignment level reason generation
    user session segment executionKey servedAt
    weights { feature weight } inputs { name type value dims sha256 } timings { stage milliseconds }
    degradations { code feature message } notices { code feature }
    hits {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { rank } }
      nodes { id rank score documentId document { documentId fields(names: ["title"]) }
        contributions { feature rank rawScore normalizedScore weight contribution share } }
    }
  }
}`;
export const PAGE = `query ($execution: ID!, $after: String, $first: Int) {
  executionPage(execution: $execution, after: $after, first: $first) {
    id hits { nodes { id rank documentId } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
export const READ = `query ($id: ID!, $after: String, $first: Int) { execution(id: $id, after: $after, first: $first) {
  id logged retriever { name } hits { totalCount nodes { id documentId score contributions { contribution } } } } }`;

export interface Hit {
  readonly id: string;
  readonly rank: number;
  readonly score: number;
  readonly documentId: string;
  readonly document: object | null;
  readonly contributions: readonly Readonly<Record<string, unknown>>[];
}
export interface Execution {
  readonly id: string;
  readonly logged: boolean;
  readonly hits: {
    readonly nodes: readonly Hit[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
  readonly [field: string]: unknown;
}
export type Variables = Readonly<Record<string, unknown>>;
export const TO_THE_SEA = [{ name: 'taste', vector: [1, 0] }];

/** An API with the library, a retriever `taste` over one feature and a retriever `both` over two. */
export interface SearchApi extends Api {
  execute(variables?: Variables, options?: RequestOptions): Promise<Execution>;
  executeRefused(variables: Variables, options?: RequestOptions): Promise<Refusal>;
}

export async function openSearchApi(): Promise<SearchApi> {
  const api = await openApi();
  await addLibrary(api, 'books');
  await addRetriever(api, 'taste', tasteSpec('books'));
  await addRetriever(api, 'both', {
    collections: ['books'],
    inputs: [
      { name: 'query', type: 'TEXT' },
      { name: 'taste', type: 'VECTOR' },
      { name: 'user', type: 'TEXT', role: 'USER' },
      { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
      { name: 'tag', type: 'TEXT' },
    ],
    searches: [
      { feature: TITLE, input: '{{INPUT.query}}', onEmpty: 'SKIP' },
      { feature: TASTE, input: '{{INPUT.taste}}' },
    ],
    fusion: { strategy: 'RRF' },
    filter: { field: 'tags', contains: '{{INPUT.tag}}' },
  });
  const defaults = { retriever: 'taste', inputs: TO_THE_SEA };
  return {
    ...api,
    execute: async (variables = {}, options = {}) =>
      (await api.ask<{ readonly execute: Execution }>(EXECUTE, { ...defaults, ...variables }, options))
        .execute,
    executeRefused: (variables, options = {}) => api.refused(EXECUTE, { ...defaults, ...variables }, options),
  };
}

export const idsOf = ({ hits }: Pick<Execution, 'hits'>): readonly string[] =>
  hits.nodes.map(({ documentId }) => documentId);
export const uuidOf = (id: string): ExecutionRecord['id'] => decodeGlobalId(id)!.id;

export const FAILED: KnnOutcome = {
  status: 'failed',
  failure: 'FEATURE_FAILED',
  reason: 'a broken disk',
  milliseconds: 1,
};

/** The embedded backend with some of its methods replaced. */
export function withBackend(api: Api, replaced: Partial<SearchBackend>): SearchBackend {
  return new Proxy(api.ports.backend, {
    get: (target, name) => {
      const own: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}
