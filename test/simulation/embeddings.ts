import { standardNormals } from '../../src/engine/learning/normal.ts';
import type { Random } from '../../src/engine/random.ts';

export const DIMS = 16;

/** `count` vectors of length 1, one after the other. */
export type Vectors = Float64Array;

/** Random directions per aspect; a share of each is common to all aspects. */
export function aspectVectors(
  random: Random,
  count: number,
  { aspects, shared }: { readonly aspects: number; readonly shared: number },
): readonly Vectors[] {
  const common = standardNormals(random, count * DIMS);
  return Array.from({ length: aspects }, () => {
    const own = standardNormals(random, count * DIMS);
    return toUnit(
      own.map((value, index) => Math.sqrt(1 - shared) * value + Math.sqrt(shared) * common[index]!),
    );
  });
}

/** The vectors as a feature sees them: moved by `noise` in a random direction. */
export function blur(random: Random, vectors: Vectors, noise: number): Vectors {
  const directions = toUnit(standardNormals(random, vectors.length));
  return toUnit(vectors.map((value, index) => value + noise * directions[index]!));
}

/** Dot product of vector `a` of `left` and vector `b` of `right`. */
export function dot(left: Vectors, right: Vectors, [a, b]: readonly [number, number]): number {
  let sum = 0;
  for (let i = 0; i < DIMS; i += 1) sum += left[a * DIMS + i]! * right[b * DIMS + i]!;
  return sum;
}

/** Dot products of every document with one query. */
export function cosines(documents: Vectors, queries: Vectors, query: number): Float64Array {
  const result = new Float64Array(documents.length / DIMS);
  for (let row = 0; row < result.length; row += 1) {
    let sum = 0;
    for (let i = 0; i < DIMS; i += 1) sum += documents[row * DIMS + i]! * queries[query * DIMS + i]!;
    result[row] = sum;
  }
  return result;
}

function toUnit(vectors: Float64Array): Vectors {
  for (let at = 0; at < vectors.length; at += DIMS) {
    const length = Math.hypot(...vectors.subarray(at, at + DIMS));
    for (let i = at; i < at + DIMS; i += 1) vectors[i]! /= length;
  }
  return vectors;
}
