/** Vectors in the answers of embedding servers. Pure. */
import { ReweighError } from '../errors.ts';
import { isZeroVector, parseVector } from '../vector.ts';

/**
 * The vectors of a list of embeddings, in the order of the question: `count` of `dims` finite numbers, each as a list
 * or as base64 of little-endian float32; null for a vector of zeros. EMBEDDING_FAILED for anything else.
 */
export function vectorsOf(
  data: readonly unknown[],
  count: number,
  dims: number,
): readonly (Float32Array | null)[] {
  if (data.length !== count) throw unusable(`${count} vectors`, `${data.length}`);
  const vectors = new Array<Float32Array | null | undefined>(count);
  data.forEach((item, at) => {
    const index = indexOf(item, at);
    if (index >= count) throw unusable(`indexes below ${count}`, `${index}`);
    if (vectors[index] !== undefined) throw unusable('one vector per text', `two with index ${index}`);
    const vector = vectorOf(item, index);
    if (vector.length !== dims)
      throw unusable(`vectors of ${dims} numbers`, `${vector.length} numbers for text ${index}`);
    vectors[index] = isZeroVector(vector) ? null : vector;
  });
  return vectors.map((vector) => vector ?? null);
}

/** The position a vector belongs to; servers that leave the index out answer in order. */
function indexOf(item: unknown, at: number): number {
  const index = isObject(item) ? (item['index'] ?? at) : at;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0)
    throw unusable('whole numbers as indexes', 'something else');
  return index;
}

function vectorOf(item: unknown, index: number): Float32Array {
  try {
    return parseVector(isObject(item) ? item['embedding'] : undefined);
  } catch (error) {
    if (!(error instanceof ReweighError)) throw error;
    throw new ReweighError(
      'EMBEDDING_FAILED',
      `the embedding server's vector of text ${index} cannot be used: ${error.message}`,
    );
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function unusable(expected: string, came: string): ReweighError {
  return new ReweighError(
    'EMBEDDING_FAILED',
    `the embedding server's answer cannot be used: expected ${expected}, got ${came}`,
  );
}
