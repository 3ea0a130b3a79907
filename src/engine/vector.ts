import { refusal, type Fault } from './errors.ts';
import { sha256 } from './ids.ts';

export const MAX_DIMS = 4096;
const MAX_BASE64 = Math.ceil((MAX_DIMS * 4) / 3) * 4;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What is wrong with a vector that was given. */
export type VectorFault = Pick<Fault, 'code' | 'message'>;
/** A vector as it was given: read, or what is wrong with it, to be reported with its path. */
export type GivenVector = Float32Array | VectorFault;

/** Among the values an input can be given, only a vector's fault is an object with a message. */
export function isVectorFault(value: unknown): value is VectorFault {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/**
 * Reads a vector as it comes over the wire: a list of numbers, or the base64 text of little-endian float32.
 * 1 to 4,096 numbers. NON_FINITE for NaN, infinities and what overflows float32; else INVALID_VALUE or OUT_OF_RANGE.
 */
export function readVector(value: unknown): GivenVector {
  if (Array.isArray(value)) return fromNumbers(value);
  if (typeof value === 'string') return fromBase64(value);
  return invalid('expected a list of numbers or base64 of little-endian float32');
}

/** As `readVector`, but what is wrong is thrown. */
export function parseVector(value: unknown): Float32Array {
  const vector = readVector(value);
  if (vector instanceof Float32Array) return vector;
  throw refusal(vector.code, vector.message);
}

function fromNumbers(numbers: readonly unknown[]): GivenVector {
  if (numbers.length < 1 || numbers.length > MAX_DIMS) return wrongLength(numbers.length);
  const vector = new Float32Array(numbers.length);
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i];
    if (typeof number !== 'number') return invalid(`expected numbers, got ${typeof number} at position ${i}`);
    vector[i] = number;
  }
  return finite(vector);
}

function fromBase64(text: string): GivenVector {
  if (text.length > MAX_BASE64 || text.length % 4 !== 0 || !BASE64.test(text))
    return invalid(`expected base64 of at most ${MAX_DIMS} little-endian float32`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return invalid(`expected a whole number of float32, got ${bytes.length} bytes`);
  if (bytes.length < 4 || bytes.length > MAX_DIMS * 4) return wrongLength(bytes.length / 4);
  return finite(decodeVector(bytes));
}

function invalid(message: string): VectorFault {
  return { code: 'INVALID_VALUE', message };
}

function wrongLength(length: number): VectorFault {
  return { code: 'OUT_OF_RANGE', message: `expected 1 to ${MAX_DIMS} numbers, got ${length}` };
}

function finite(vector: Float32Array): GivenVector {
  for (let i = 0; i < vector.length; i += 1)
    if (!Number.isFinite(vector[i]))
      return {
        code: 'NON_FINITE',
        message: `expected finite 32-bit floats, got ${vector[i]} at position ${i}`,
      };
  return vector;
}

/** Bytes of little-endian float32. */
export function vectorBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (let i = 0; i < vector.length; i += 1) bytes.writeFloatLE(vector[i]!, i * 4);
  return bytes;
}

/** The vector in bytes of little-endian float32; a copy. */
export function decodeVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.byteLength / 4);
  for (let i = 0; i < vector.length; i += 1) vector[i] = view.getFloat32(i * 4, true);
  return vector;
}

/** The base64 text that `parseVector` reads. */
export function encodeVector(vector: Float32Array): string {
  return vectorBytes(vector).toString('base64');
}

export function isZeroVector(vector: Float32Array): boolean {
  return vector.every((number) => number === 0);
}

/** Whether no number is NaN or infinite. A loop: a sixth of the time of `every`, and every search asks. */
export function isFiniteVector(vector: Float32Array): boolean {
  for (let i = 0; i < vector.length; i += 1) if (!Number.isFinite(vector[i])) return false;
  return true;
}

/** SHA-256 of the little-endian float32 bytes, in hexadecimal. */
export function vectorSha256(vector: Float32Array): string {
  return sha256(vectorBytes(vector));
}
