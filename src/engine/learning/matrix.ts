/** Small dense symmetric matrices (up to about 10 × 10), row-major in Float64Arrays. */

/** Σ of the diagonal. */
export function trace(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += matrix[i * size + i]!;
  return sum;
}

/**
 * Lower Cholesky factor L, L·Lᵀ = matrix; the upper triangle of the answer is 0. Null where the matrix is not
 * positive definite. Source: G. Golub, C. Van Loan, "Matrix Computations", §4.2.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k += 1) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i > j) factor[i * size + j] = sum / factor[j * size + j]!;
      else if (sum > 0) factor[i * size + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return factor;
}

/** x with L·Lᵀ·x = right, from the lower Cholesky factor L. */
export function solve(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= factor[k * size + i]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  return x;
}

/** (L·Lᵀ)⁻¹, symmetric to the last bit. */
export function inverse(factor: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let column = 0; column < size; column += 1) {
    unit.fill(0)[column] = 1;
    const solved = solve(factor, unit);
    for (let row = column; row < size; row += 1)
      result[row * size + column] = result[column * size + row] = solved[row]!;
  }
  return result;
}

/** target = base + L·z for a lower triangular L. */
export function addLowerProduct(base: Float64Array, factor: Float64Array, z: Float64Array): Float64Array {
  const size = base.length;
  const target = Float64Array.from(base);
  for (let i = 0; i < size; i += 1)
    for (let k = 0; k <= i; k += 1) target[i]! += factor[i * size + k]! * z[k]!;
  return target;
}
