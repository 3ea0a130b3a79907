import { STRATA, stratumWeight, type Counters } from './counters.ts';

/** What one context's counters say about the features, freed of position bias. */
export interface Evidence {
  /** F × F, row-major, symmetric. */
  readonly A: Float64Array;
  /** F. */
  readonly b: Float64Array;
}

/** A stratum with fewer impressions than this is empty: what is left of it after subtracting is noise. */
const EMPTY = 1e-9;

/**
 *   A = Q − Σ_k θ_k·X_k·X_kᵀ/N_k      b = S − Σ_k C_k·X_k/N_k      over the strata k with N_k > 1e-9
 * Centring within a position removes position bias without knowing it: within one position every document had the
 * same chance of being looked at. No impressions, or one per position: A = 0, b = 0.
 */
export function evidenceOf(counters: Counters): Evidence {
  const { features, N, C, X, S } = counters;
  const A = unpack(counters.Q, features);
  const expected = new Float64Array(features);
  for (let k = 0; k < STRATA; k += 1) {
    const count = N[k]!;
    if (count <= EMPTY) continue;
    const weight = stratumWeight(k) / count;
    for (let row = 0; row < features; row += 1) {
      const value = X[k * features + row]!;
      expected[row]! += (C[k]! * value) / count;
      for (let column = row; column < features; column += 1)
        A[row * features + column]! -= weight * value * X[k * features + column]!;
    }
  }
  mirror(A, features);
  return { A, b: S.map((sum, f) => sum - expected[f]!) };
}

/** The diagonal of Q. */
export function diagonalOfQ({ Q, features }: Counters): Float64Array {
  const diagonal = new Float64Array(features);
  for (let row = 0, at = 0; row < features; at += features - row, row += 1) diagonal[row] = Q[at]!;
  return diagonal;
}

/** D_f = X2_f − Σ_k X_kf²/N_k: spread of the scores within positions, unweighted. */
export function spreadOf({ features, N, X, X2 }: Counters): Float64Array {
  const between = new Float64Array(features);
  for (let k = 0; k < STRATA; k += 1) {
    if (N[k]! <= EMPTY) continue;
    for (let feature = 0; feature < features; feature += 1)
      between[feature]! += X[k * features + feature]! ** 2 / N[k]!;
  }
  return X2.map((sum, f) => sum - between[f]!);
}

function unpack(upper: Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  let at = 0;
  for (let row = 0; row < size; row += 1)
    for (let column = row; column < size; column += 1) matrix[row * size + column] = upper[at++]!;
  return matrix;
}

function mirror(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < row; column += 1)
      matrix[row * size + column] = matrix[column * size + row]!;
}
