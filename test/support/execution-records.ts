import { seededRandom } from '../../src/engine/random.ts';
import { uuidV7, type Uuid } from '../../src/engine/ids.ts';
import type { CandidateTable, ExecutionRecord } from '../../src/engine/execution/record.ts';

export interface RecordShape {
  readonly features: number;
  readonly hits: number;
  /** Candidates beyond the hits. */
  readonly depth: number;
}

const SHAPE: RecordShape = { features: 3, hits: 4, depth: 3 };

/** A record as an execution makes it: some documents are absent from some lists, raw scores then are NaN. */
export function madeRecord(
  overrides: Partial<ExecutionRecord> = {},
  shape: RecordShape = SHAPE,
): ExecutionRecord {
  const servedAt = overrides.servedAt ?? new Date(1_790_000_000_123);
  const id = overrides.id ?? uuidV7(servedAt);
  const { features, hits, depth } = shape;
  return {
    id,
    namespace: 'default',
    retrieverId: '01900000-0000-7000-8000-000000000001' as Uuid,
    retrieverName: 'films',
    version: 3,
    servedAt,
    executionKey: null,
    inputs: [
      { name: 'query', type: 'TEXT', value: 'war "and" peace' },
      { name: 'year', type: 'NUMBER', value: 1e-320 },
      { name: 'old', type: 'BOOLEAN', value: false },
      { name: 'tags', type: 'TEXTS', value: ['a', ''] },
      { name: 'sizes', type: 'NUMBERS', value: [1, 0.1] },
      { name: 'picture', type: 'VECTOR', dims: 384, sha256: 'f'.repeat(64) },
    ],
    user: 'user',
    session: 'session',
    segment: ['north', '5'],
    assignment: 'LEARNED',
    strategy: 'LEARNED',
    normalization: 'BACKGROUND',
    finalTopK: 25,
    features: Array.from({ length: features }, (_, feature) => `embed://hashing@1/f${feature}`),
    weights: Float64Array.from({ length: features }, (_, feature) => (feature + 1) / 7),
    choice: {
      level: 'USER',
      reason: 'enough evidence of this user',
      generation: 'g'.repeat(32),
      epochs: { global: 1, segment: 2, user: 3 },
      draw: {
        mean: Float64Array.from({ length: features }, (_, feature) => -feature / 3),
        factor: Float64Array.from({ length: features * features }, (_, cell) => Math.sqrt(cell)),
        normals: Float64Array.from({ length: features }, (_, feature) => Math.PI * feature),
        seed: 'seed',
      },
    },
    collections: ['01900000-0000-7000-8000-00000000000a' as Uuid],
    hitCount: hits,
    candidates: madeCandidates(id, features, hits + depth),
    candidateCount: hits + depth + 5,
    timings: [{ stage: 'plan', milliseconds: 0.123456789 }],
    degradations: [{ code: 'FEATURE_PARTIAL', feature: 'embed://hashing@1/f0', message: '1 of 5 shards' }],
    notices: [{ code: 'EMPTY_SEARCH', feature: null, message: 'nothing to search with' }],
    teaches: false,
    ...overrides,
  };
}

function madeCandidates(seed: string, features: number, count: number): CandidateTable {
  const random = seededRandom(seed);
  const cells = count * features;
  const absent = Array.from({ length: cells }, () => random.next() < 0.3);
  const numbers = (whenAbsent: number): Float64Array =>
    Float64Array.from(absent, (missing) => (missing ? whenAbsent : random.next() * 2 - 1));
  return {
    collection: new Uint16Array(count),
    ids: Array.from({ length: count }, (_, index) => `document ${index} of ${seed.slice(-4)}`),
    fused: Float64Array.from({ length: count }, () => random.next()).sort((a, b) => b - a),
    ranks: Uint32Array.from(absent, (missing, cell) => (missing ? 0 : cell + 1)),
    raw: numbers(NaN),
    normalized: numbers(0),
    contributions: numbers(0),
  };
}
