import { isObject, unusable, vectorsOf } from './embedding-answer.ts';
import { MAX_DIMS } from '../vector.ts';

/** Longest form of one number in JSON, with its comma and white space. */
const NUMBER_BYTES = 32;
const ENVELOPE_BYTES = 65_536;

/** Most bytes that an honest answer of `count` vectors can have. */
export function longestAnswer(count: number): number {
  return ENVELOPE_BYTES + count * (MAX_DIMS * NUMBER_BYTES + 512);
}

/**
 * The vectors of an answer, in the order of the question: `count` of `dims` finite numbers, each as a list or as
 * base64 of little-endian float32; null for a vector of zeros. EMBEDDING_FAILED for anything else.
 */
export function readEmbeddings(
  answer: string,
  count: number,
  dims: number,
): readonly (Float32Array | null)[] {
  return vectorsOf(dataOf(parse(answer)), count, dims);
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    // The parser's message quotes the answer, which may quote the texts.
    throw unusable('JSON', `${answer.length} characters that are not JSON`);
  }
}

function dataOf(value: unknown): readonly unknown[] {
  const data = isObject(value) ? value['data'] : undefined;
  if (!Array.isArray(data)) throw unusable('an object with a list named data', 'another form of JSON');
  return data;
}
