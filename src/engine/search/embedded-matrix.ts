import { normOf } from './similarity.ts';

/**
 * The vectors of one feature, row after row in one block of memory that grows in place, and which document
 * slot each row belongs to. Rows are dense: a removed row is filled by the last one.
 */
export interface Matrix {
  readonly dims: number;
  readonly block: ArrayBuffer;
  /** Row to document slot; its length is the number of rows. */
  readonly slots: number[];
  /** Euclidean length of each row. */
  readonly norms: number[];
  /** Document slot to row. */
  readonly rowOf: Map<number, number>;
  /** Largest Euclidean length of a vector that was ever in it. */
  maxNorm: number;
  /** True once a vector was in it whose squares leave the range of 32-bit floats. */
  extreme: boolean;
}

const FIRST_ROWS = 256;
const GROWTH = 1.25;
/** Address space to reserve, not memory: what is not used costs nothing. */
const MOST_BYTES = 8 * 2 ** 30;
const LEAST_NORM = 1e-15;
const MOST_NORM = 1e15;

export function emptyMatrix(dims: number): Matrix {
  return {
    dims,
    block: new ArrayBuffer(FIRST_ROWS * dims * 4, { maxByteLength: MOST_BYTES }),
    slots: [],
    norms: [],
    rowOf: new Map(),
    maxNorm: 0,
    extreme: false,
  };
}

/** All rows, without a copy; valid until the matrix changes. */
export function matrixData(matrix: Matrix): Float32Array<ArrayBuffer> {
  return new Float32Array(matrix.block, 0, matrix.slots.length * matrix.dims);
}

/** Sets the vector of a document slot. RangeError where there is no memory left. */
export function setVector(matrix: Matrix, slot: number, vector: Float32Array): void {
  let row = matrix.rowOf.get(slot);
  if (row === undefined) {
    row = matrix.slots.length;
    grow(matrix, row + 1);
    matrix.slots.push(slot);
    matrix.rowOf.set(slot, row);
  }
  new Float32Array(matrix.block, row * matrix.dims * 4, matrix.dims).set(vector);
  const norm = normOf(vector);
  matrix.norms[row] = norm;
  if (norm > matrix.maxNorm) matrix.maxNorm = norm;
  if (isExtreme(norm)) matrix.extreme = true;
}

/** Removes the vector of a document slot, if it has one. */
export function removeVector(matrix: Matrix, slot: number): void {
  const row = matrix.rowOf.get(slot);
  if (row === undefined) return;
  const last = matrix.slots.length - 1;
  const moved = matrix.slots[last]!;
  if (row !== last) {
    const { dims } = matrix;
    matrixData(matrix).copyWithin(row * dims, last * dims, (last + 1) * dims);
    matrix.slots[row] = moved;
    matrix.norms[row] = matrix.norms[last]!;
    matrix.rowOf.set(moved, row);
  }
  matrix.slots.pop();
  matrix.norms.pop();
  matrix.rowOf.delete(slot);
}

/** Whether 32-bit arithmetic on vectors of this length may overflow or vanish. */
export function isExtreme(norm: number): boolean {
  return norm < LEAST_NORM || norm > MOST_NORM;
}

function grow(matrix: Matrix, rows: number): void {
  const needed = rows * matrix.dims * 4;
  if (needed <= matrix.block.byteLength) return;
  const bytes = Math.ceil((rows * GROWTH) / FIRST_ROWS) * FIRST_ROWS * matrix.dims * 4;
  matrix.block.resize(Math.max(needed, Math.min(bytes, MOST_BYTES)));
}
