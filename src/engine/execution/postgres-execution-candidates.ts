import type { CandidateTable, WeightChoice } from './record.ts';

/**
 * Arrays of numbers as the bytes of a column: little-endian, one array after the other, without padding. (Every
 * processor that Node.js has builds for is little-endian.)
 */
type Numbers = Float64Array | Uint32Array | Uint16Array;

/** Layout of the `candidates` column; the first byte of it. A new layout gets a new number and is read beside it. */
const LAYOUT = 1;

export interface PackedCandidates {
  /** x of the hits, hitCount × F float64, row-major. */
  readonly hitX: Buffer;
  /** Rank of the hits in each feature's list, hitCount × F uint32, row-major; 0: absent. */
  readonly hitRanks: Buffer;
  /** Everything else: collections, fused, raw and contributions of all; ranks and x of those beyond the hits. */
  readonly rest: Buffer;
}

export function packCandidates(table: CandidateTable, hitCells: number): PackedCandidates {
  return {
    hitX: bytesOf(table.normalized.subarray(0, hitCells)),
    hitRanks: bytesOf(table.ranks.subarray(0, hitCells)),
    rest: Buffer.concat([
      Buffer.of(LAYOUT),
      bytesOf(table.collection),
      bytesOf(table.fused),
      bytesOf(table.raw),
      bytesOf(table.contributions),
      bytesOf(table.ranks.subarray(hitCells)),
      bytesOf(table.normalized.subarray(hitCells)),
    ]),
  };
}

export function unpackCandidates(
  packed: PackedCandidates,
  ids: readonly string[],
  hitCells: number,
): CandidateTable {
  const layout = packed.rest[0];
  if (layout !== LAYOUT)
    throw new RangeError(`candidates of layout ${layout} cannot be read by this version`);
  const count = ids.length;
  // The rest, after its first byte: 2 + 8 bytes per candidate, 16 per cell, 12 more per cell beyond the hits.
  const bytes = packed.rest.length - 1 - 10 * count + 12 * hitCells;
  const cells = bytes / 28;
  const read = readerOf(packed.rest, 1);
  return {
    ids,
    collection: read(Uint16Array, count),
    fused: read(Float64Array, count),
    raw: read(Float64Array, cells),
    contributions: read(Float64Array, cells),
    ranks: joined(
      new Uint32Array(cells),
      readerOf(packed.hitRanks)(Uint32Array, hitCells),
      read(Uint32Array, cells - hitCells),
    ),
    normalized: joined(
      new Float64Array(cells),
      readerOf(packed.hitX)(Float64Array, hitCells),
      read(Float64Array, cells - hitCells),
    ),
  };
}

/** Mean (F), factor (F × F) and normals (F) of a draw; null without one. */
export function packDraw(draw: WeightChoice['draw']): Buffer | null {
  return draw === null ? null : Buffer.concat([draw.mean, draw.factor, draw.normals].map(bytesOf));
}

export function unpackDraw(
  bytes: Buffer | null,
  seed: string | null,
  features: number,
): WeightChoice['draw'] {
  if (bytes === null || seed === null) return null;
  const read = readerOf(bytes);
  const mean = read(Float64Array, features);
  const factor = read(Float64Array, features * features);
  return { mean, factor, normals: read(Float64Array, features), seed };
}

function bytesOf(numbers: Numbers): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

interface NumbersType<T extends Numbers> {
  new (buffer: ArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Reads arrays from the bytes, one after the other, each into memory of its own. */
function readerOf(bytes: Buffer, start = 0): <T extends Numbers>(type: NumbersType<T>, length: number) => T {
  let offset = start;
  return (type, length) => {
    const end = offset + length * type.BYTES_PER_ELEMENT;
    if (end > bytes.length) throw new RangeError('a record holds fewer numbers than it names');
    const memory = new ArrayBuffer(end - offset);
    bytes.copy(new Uint8Array(memory), 0, offset, end);
    offset = end;
    return new type(memory);
  };
}

function joined<T extends Float64Array | Uint32Array>(whole: T, head: T, tail: T): T {
  whole.set(head, 0);
  whole.set(tail, head.length);
  return whole;
}
