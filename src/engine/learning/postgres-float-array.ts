/** Binary form of a one-dimensional float8[] without nulls, as PostgreSQL sends and receives it: exact, and quick. */
const HEADER = 20;
const FLOAT8_OID = 701;

/** Bytes for a parameter cast to float8[]; a Buffer goes to the server in binary. */
export function floatArrayBytes(numbers: Float64Array): Buffer {
  if (numbers.length === 0)
    return Buffer.alloc(12)
      .fill(0)
      .fill(Buffer.of(0, 0, 2, 0xbd), 8, 12);
  const bytes = Buffer.allocUnsafe(HEADER + 12 * numbers.length);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(FLOAT8_OID, 8);
  bytes.writeInt32BE(numbers.length, 12);
  bytes.writeInt32BE(1, 16);
  for (let index = 0, at = HEADER; index < numbers.length; index += 1, at += 12) {
    bytes.writeInt32BE(8, at);
    bytes.writeDoubleBE(numbers[index]!, at + 4);
  }
  return bytes;
}

/** Reads what `array_send` gives for a float8[]. */
export function readFloatArray(bytes: Buffer): Float64Array {
  const length = bytes.length < HEADER ? 0 : bytes.readInt32BE(12);
  const numbers = new Float64Array(length);
  for (let index = 0, at = HEADER + 4; index < length; index += 1, at += 12)
    numbers[index] = bytes.readDoubleBE(at);
  return numbers;
}
