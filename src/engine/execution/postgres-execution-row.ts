import { packCandidates, packDraw, unpackCandidates, unpackDraw } from './postgres-execution-candidates.ts';
import type { ExecutionRecord } from './record.ts';
import type { Uuid } from '../ids.ts';

/** A column of `execution`: its type, and its value for a record, as a text or number that the type reads. */
export interface Column {
  readonly name: string;
  readonly type: string;
  value(record: ExecutionRecord, userId: Uuid | null): string | number | boolean | null;
}

const json = (value: unknown): string => JSON.stringify(value);
const numbers = (values: Iterable<number>): string => `{${Array.from(values, numberText).join()}}`;
/** JavaScript drops the sign of zero in text. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
const texts = (values: readonly string[]): string =>
  `{${values.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join()}}`;

export const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'uuid', value: ({ id }) => id },
  { name: 'namespace', type: 'text', value: ({ namespace }) => namespace },
  { name: 'retriever_id', type: 'uuid', value: ({ retrieverId }) => retrieverId },
  { name: 'retriever_name', type: 'text', value: ({ retrieverName }) => retrieverName },
  { name: 'version', type: 'int', value: ({ version }) => version },
  { name: 'served_at', type: 'timestamptz', value: ({ servedAt }) => servedAt.toISOString() },
  { name: 'execution_key', type: 'text', value: ({ executionKey }) => executionKey },
  { name: 'inputs', type: 'json', value: ({ inputs }) => json(inputs) },
  { name: 'user_id', type: 'uuid', value: (_, userId) => userId },
  { name: 'session', type: 'text', value: ({ session }) => session },
  { name: 'segment', type: 'json', value: ({ segment }) => (segment === null ? null : json(segment)) },
  { name: 'assignment', type: 'text', value: ({ assignment }) => assignment },
  { name: 'strategy', type: 'text', value: ({ strategy }) => strategy },
  { name: 'normalization', type: 'text', value: ({ normalization }) => normalization },
  { name: 'final_top_k', type: 'int', value: ({ finalTopK }) => finalTopK },
  { name: 'features', type: 'text[]', value: ({ features }) => texts(features) },
  { name: 'weights', type: 'float8[]', value: ({ weights }) => numbers(weights) },
  { name: 'level', type: 'text', value: ({ choice }) => choice.level },
  { name: 'reason', type: 'text', value: ({ choice }) => choice.reason },
  { name: 'generation', type: 'text', value: ({ choice }) => choice.generation },
  {
    name: 'epochs',
    type: 'int[]',
    value: ({ choice: { epochs } }) => numbers([epochs.global, epochs.segment, epochs.user]),
  },
  { name: 'draw_seed', type: 'text', value: ({ choice }) => choice.draw?.seed ?? null },
  { name: 'collections', type: 'uuid[]', value: ({ collections }) => texts(collections) },
  { name: 'hit_count', type: 'int', value: ({ hitCount }) => hitCount },
  { name: 'candidate_count', type: 'int', value: ({ candidateCount }) => candidateCount },
  {
    name: 'hit_ids',
    type: 'text[]',
    value: ({ candidates, hitCount }) => texts(candidates.ids.slice(0, hitCount)),
  },
  { name: 'timings', type: 'json', value: ({ timings }) => json(timings) },
  { name: 'degradations', type: 'json', value: ({ degradations }) => json(degradations) },
  { name: 'notices', type: 'json', value: ({ notices }) => json(notices) },
  { name: 'teaches', type: 'boolean', value: ({ teaches }) => teaches },
];

/** Columns of bytes, in the order of `bytesOf`. */
export const BYTE_COLUMNS = ['hit_x', 'hit_ranks', 'candidates', 'draw'] as const;

export function bytesOf(record: ExecutionRecord): readonly (Buffer | null)[] {
  const shape = { hits: record.hitCount, features: record.features.length };
  const packed = packCandidates(record.candidates, shape);
  return [packed.hitX, packed.hitRanks, packed.rest, packDraw(record.choice.draw)];
}

/** A row as `SELECTED` reads it. */
export interface ExecutionRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly retriever_id: Uuid;
  readonly retriever_name: string;
  readonly version: number;
  readonly served_ms: number;
  readonly execution_key: string | null;
  readonly inputs: ExecutionRecord['inputs'];
  readonly external_user: string | null;
  readonly session: string | null;
  readonly segment: readonly string[] | null;
  readonly assignment: ExecutionRecord['assignment'];
  readonly strategy: ExecutionRecord['strategy'];
  readonly normalization: ExecutionRecord['normalization'];
  readonly final_top_k: number;
  readonly features: readonly string[];
  readonly weights: readonly number[];
  readonly level: ExecutionRecord['choice']['level'];
  readonly reason: string;
  readonly generation: string;
  readonly epochs: readonly [number, number, number];
  readonly draw_seed: string | null;
  readonly collections: readonly Uuid[];
  readonly hit_count: number;
  readonly candidate_count: number;
  readonly hit_ids: readonly string[];
  readonly timings: ExecutionRecord['timings'];
  readonly degradations: ExecutionRecord['degradations'];
  readonly notices: ExecutionRecord['notices'];
  readonly teaches: boolean;
  readonly hit_x: Buffer;
  readonly hit_ranks: Buffer;
  readonly candidates: Buffer;
  readonly draw: Buffer | null;
}

/** `select … from …` of whole records; `e` is the execution. */
export const SELECTED = `select e.*, (extract(epoch from e.served_at) * 1000)::float8 as served_ms,
  u.external_id as external_user from execution e left join user_identity u on u.id = e.user_id`;

export function toRecord(row: ExecutionRow): ExecutionRecord {
  const features = row.features.length;
  const [global, segment, user] = row.epochs;
  const packed = { hitIds: row.hit_ids, hitX: row.hit_x, hitRanks: row.hit_ranks, rest: row.candidates };
  return {
    id: row.id,
    namespace: row.namespace,
    retrieverId: row.retriever_id,
    retrieverName: row.retriever_name,
    version: row.version,
    servedAt: new Date(row.served_ms),
    executionKey: row.execution_key,
    inputs: row.inputs,
    user: row.external_user,
    session: row.session,
    segment: row.segment,
    assignment: row.assignment,
    strategy: row.strategy,
    normalization: row.normalization,
    finalTopK: row.final_top_k,
    features: row.features,
    weights: Float64Array.from(row.weights),
    choice: {
      level: row.level,
      reason: row.reason,
      generation: row.generation,
      epochs: { global, segment, user },
      draw: unpackDraw(row.draw, row.draw_seed, features),
    },
    collections: row.collections,
    hitCount: row.hit_count,
    candidates: unpackCandidates(packed, features),
    candidateCount: row.candidate_count,
    timings: row.timings,
    degradations: row.degradations,
    notices: row.notices,
    teaches: row.teaches,
  };
}
