import { createRequire } from 'node:module';
import { compareUtf8 } from '../ids.ts';
import { isExtreme, matrixData, type Matrix } from './embedded-matrix.ts';
import { normOf, rawScores, type RawScore } from './similarity.ts';
import type { Similarity } from '../collection/collection.ts';

/** The one function used of usearch; distances grow, keys are rows. */
type ExactSearch = (
  rows: Float32Array,
  query: Float32Array,
  dims: number,
  count: number,
  metric: 'cos' | 'ip' | 'l2sq',
  threads: number,
) => { readonly keys: BigUint64Array; readonly distances: Float32Array };

// usearch's ES module looks for its native part beside the caller; its CommonJS one finds it anywhere.
const { exactSearch } = createRequire(import.meta.url)('usearch') as { readonly exactSearch: ExactSearch };

export interface NearestRequest {
  readonly similarity: Similarity;
  readonly vector: Float32Array;
  readonly topK: number;
  readonly minScore: number | null;
}

/** Documents a filter lets pass: one byte per slot, and how many are 1. */
export interface Passing {
  readonly slots: Uint8Array;
  readonly count: number;
}

export interface Nearest {
  readonly ids: readonly string[];
  readonly scores: readonly number[];
}

interface Candidate {
  readonly id: string;
  readonly score: number;
}

const METRICS = { COSINE: 'cos', DOT_PRODUCT: 'ip', L2: 'l2sq' } as const;
/** Bound of usearch's rounding, as a share of the largest distance two vectors of these lengths can have. */
const ROUNDING = 1e-5;
/** Rows asked for beyond topK, so that a tie at the cut is usually seen at once. */
const SLACK = 32;
/** Below this share of rows, scoring the passing ones alone is cheaper than scoring all natively (measured). */
const SCAN_SHARE = 0.06;

/**
 * The topK rows most alike, best first, ties by id in UTF-8 order: exactly, whatever usearch rounds.
 * usearch proposes rows; those that could be among the topK are scored again in double precision.
 */
export function nearest(
  matrix: Matrix,
  request: NearestRequest,
  ids: readonly (string | undefined)[],
  passing: Passing | null,
): Nearest {
  const rows = matrix.slots.length;
  const score = rawScores(
    request.similarity,
    { block: matrixData(matrix), norms: matrix.norms },
    request.vector,
  );
  const few = passing !== null && passing.count < rows * SCAN_SHARE;
  const inexact = matrix.extreme || isExtreme(normOf(request.vector));
  const proposed = few || inexact ? passingRows(matrix, passing) : proposedRows(matrix, request, passing);
  return best(proposed, request, { score, idOf: (row) => ids[matrix.slots[row]!] ?? '' });
}

/** The topK most alike of these rows, best first, ties by id in UTF-8 order. */
export function nearestOf(
  matrix: Matrix,
  request: NearestRequest,
  of: { readonly ids: readonly (string | undefined)[]; readonly rows: readonly number[] },
): Nearest {
  const rows = { block: matrixData(matrix), norms: matrix.norms };
  const score = rawScores(request.similarity, rows, request.vector);
  return best(of.rows, request, { score, idOf: (row) => of.ids[matrix.slots[row]!] ?? '' });
}

function passingRows(matrix: Matrix, passing: Passing | null): readonly number[] {
  const rows: number[] = [];
  matrix.slots.forEach((slot, row) => {
    if (passing === null || passing.slots[slot] === 1) rows.push(row);
  });
  return rows;
}

/** Passing rows, among them every one that can be in the topK; asks usearch for more until that is certain. */
function proposedRows(matrix: Matrix, request: NearestRequest, passing: Passing | null): readonly number[] {
  const rows = matrix.slots.length;
  const share = passing === null || rows === 0 ? 1 : passing.count / rows;
  const tolerance = ROUNDING * largestDistance(matrix, request);
  let ask = Math.min(rows, Math.ceil((request.topK + SLACK) / share));
  while (ask > 0) {
    const found = exactSearch(
      matrixData(matrix),
      request.vector,
      matrix.dims,
      ask,
      METRICS[request.similarity],
      1,
    );
    const proposed: number[] = [];
    let limit = Infinity;
    for (let i = 0; i < ask && found.distances[i]! <= limit; i += 1) {
      const row = Number(found.keys[i]);
      if (passing !== null && passing.slots[matrix.slots[row]!] !== 1) continue;
      proposed.push(row);
      if (proposed.length === request.topK) limit = found.distances[i]! + 2 * tolerance;
    }
    if (ask === rows || found.distances[ask - 1]! > limit) return proposed;
    ask = Math.min(rows, ask * 8);
  }
  return [];
}

function largestDistance(matrix: Matrix, { similarity, vector }: NearestRequest): number {
  switch (similarity) {
    case 'COSINE':
      return 1;
    case 'DOT_PRODUCT':
      return 1 + normOf(vector) * matrix.maxNorm;
    case 'L2':
      return (normOf(vector) + matrix.maxNorm) ** 2;
  }
}

function best(
  rows: readonly number[],
  { topK, minScore }: NearestRequest,
  { score, idOf }: { readonly score: RawScore; readonly idOf: (row: number) => string },
): Nearest {
  const candidates: Candidate[] = [];
  for (const row of rows) {
    const value = score(row);
    if (minScore === null || value >= minScore) candidates.push({ id: idOf(row), score: value });
  }
  candidates.sort((a, b) => b.score - a.score || compareUtf8(a.id, b.id));
  const cut = candidates.slice(0, topK);
  return { ids: cut.map(({ id }) => id), scores: cut.map(({ score: value }) => value) };
}
