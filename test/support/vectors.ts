/** The vector of length 1 in the same direction. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((number) => number / length);
}
