import { addRetriever } from './library.ts';
import { openSearchApi, type Execution, type SearchApi } from './executions.ts';
import { TASTE, TITLE } from './library.ts';
import type { Refusal, RequestOptions } from './api.ts';

export const RECORD = `mutation ($input: RecordInteractionInput!) { recordInteraction(input: $input) {
  repeated userErrors { __typename code message path }
  interaction { id hit position documentId document { documentId } kinds user session occurredAt receivedAt metadata
    idempotencyKey state reason execution { id } } } }`;
export const RECORD_MANY = `mutation ($interactions: [RecordInteractionInput!]!) {
  recordInteractions(input: { interactions: $interactions }) { recorded refused
    results { index status faults { code path } interaction { id state } } } }`;
export const WEIGHTS = `query ($name: String!, $context: ContextInput) { retriever(name: $name) {
  weights(context: $context) { level reason generation weights { feature weight }
    evidence { level pages rewardedImpressions } } } }`;

export interface Reported {
  readonly repeated: boolean;
  readonly userErrors: readonly { readonly __typename: string; readonly code: string }[];
  readonly interaction: Readonly<Record<string, unknown>> & { readonly id: string };
}
export interface ManyReported {
  readonly recorded: number;
  readonly refused: number;
  readonly results: readonly {
    readonly index: number;
    readonly status: string;
    readonly faults: readonly { readonly code: string; readonly path: readonly string[] }[];
    readonly interaction: { readonly id: string; readonly state: string } | null;
  }[];
}
export interface Weights {
  readonly level: string;
  readonly generation: string;
  readonly weights: readonly { readonly feature: string; readonly weight: number }[];
  readonly evidence: readonly {
    readonly level: string;
    readonly pages: number;
    readonly rewardedImpressions: number;
  }[];
}
type Input = Readonly<Record<string, unknown>>;

/** An API with a retriever `learned` over both features of the library, with users and a segment feature. */
export interface ReportApi extends SearchApi {
  search(over?: Input, options?: RequestOptions): Promise<Execution>;
  record(input: Input, options?: RequestOptions): Promise<Reported>;
  recordRefused(input: Input): Promise<Refusal>;
  recordMany(interactions: readonly Input[]): Promise<ManyReported>;
  weights(context?: Input | null): Promise<Weights>;
}

export async function openReportApi(): Promise<ReportApi> {
  const api = await openSearchApi();
  await addRetriever(api, 'learned', {
    collections: ['books'],
    inputs: [
      { name: 'query', type: 'TEXT' },
      { name: 'taste', type: 'VECTOR' },
      { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
    ],
    searches: [
      { feature: TITLE, input: '{{INPUT.query}}', onEmpty: 'SKIP' },
      { feature: TASTE, input: '{{INPUT.taste}}' },
    ],
    fusion: { strategy: 'LEARNED', normalization: 'SIMILARITY' },
  });
  const inputs = [
    { name: 'query', text: 'a drum in the night' },
    { name: 'taste', vector: [1, 0] },
    { name: 'audience', text: 'new' },
  ];
  return {
    ...api,
    search: (over = {}, options = {}) => api.execute({ retriever: 'learned', inputs, ...over }, options),
    record: async (input, options = {}) =>
      (await api.ask<{ readonly recordInteraction: Reported }>(RECORD, { input }, options)).recordInteraction,
    recordRefused: (input) => api.refused(RECORD, { input }),
    recordMany: async (interactions) =>
      (await api.ask<{ readonly recordInteractions: ManyReported }>(RECORD_MANY, { interactions }))
        .recordInteractions,
    weights: async (context = null) =>
      (
        await api.ask<{ readonly retriever: { readonly weights: Weights } }>(WEIGHTS, {
          name: 'learned',
          context,
        })
      ).retriever.weights,
  };
}
