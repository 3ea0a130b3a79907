import type { CandidateTable, WeightChoice } from './record.ts';

/**
 * Arrays of numbers as the bytes of a column: little-endian, one array after the other, without padding. (Every
 * processor that Node.js has builds for is little-endian.)
 */
type Numbers = Float64Array | Uint32Array | Uint16Array;

/** Layout of the `candidates` column; the first byte of it. A new layout gets a new number and is read beside it. */
const LAYOUT = 1;
const HEADER_BYTES = 5;
/** Byte of the `candidates` column, from 1, at which the collections begin: two bytes a candidate. */
export const COLLECTIONS_AT = HEADER_BYTES + 1;

/** What of the candidates has a column of its own, and the rest. */
export interface PackedCandidates {
  /** Documents of the hits. */
  readonly hitIds: readonly string[];
  /** x of the hits, hitCount × F float64, row-major. */
  readonly hitX: Buffer;
  /** Rank of the hits in each feature's list, hitCount × F uint32, row-major; 0: absent. */
  readonly hitRanks: Buffer;
  /**
   * The layout, the number of candidates (uint32), then collections, fused, raw and contributions of all; ranks, x
   * and documents (UTF-8, joined by NUL, which no document id holds) of those beyond the hits.
   */
  readonly rest: Buffer;
}

export function packCandidates(
  table: CandidateTable,
  shape: { readonly hits: number; readonly features: number },
): PackedCandidates {
  const cells = shape.hits * shape.features;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(LAYOUT);
  header.writeUInt32LE(table.ids.length, 1);
  return {
    hitIds: table.ids.slice(0, shape.hits),
    hitX: bytesOf(table.normalized.subarray(0, cells)),
    hitRanks: bytesOf(table.ranks.subarray(0, cells)),
    rest: Buffer.concat([
      header,
      bytesOf(table.collection),
      bytesOf(table.fused),
      bytesOf(table.raw),
      bytesOf(table.contributions),
      bytesOf(table.ranks.subarray(cells)),
      bytesOf(table.normalized.subarray(cells)),
      Buffer.from(table.ids.slice(shape.hits).join('\0')),
    ]),
  };
}

export function unpackCandidates(packed: PackedCandidates, features: number): CandidateTable {
  const { hitIds, rest } = packed;
  if (rest[0] !== LAYOUT)
    throw new RangeError(`candidates of layout ${rest[0]} cannot be read by this version`);
  const count = rest.readUInt32LE(1);
  const [cells, hitCells] = [count * features, hitIds.length * features];
  const { read, tail } = readerOf(rest, HEADER_BYTES);
  return {
    collection: read(Uint16Array, count),
    fused: read(Float64Array, count),
    raw: read(Float64Array, cells),
    contributions: read(Float64Array, cells),
    ranks: joined(
      new Uint32Array(cells),
      readerOf(packed.hitRanks).read(Uint32Array, hitCells),
      read(Uint32Array, cells - hitCells),
    ),
    normalized: joined(
      new Float64Array(cells),
      readerOf(packed.hitX).read(Float64Array, hitCells),
      read(Float64Array, cells - hitCells),
    ),
    ids: count > hitIds.length ? [...hitIds, ...tail().toString('utf8').split('\0')] : hitIds,
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
  const { read } = readerOf(bytes);
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

interface Reader {
  /** The next array, in memory of its own. */
  read<T extends Numbers>(type: NumbersType<T>, length: number): T;
  /** What is left. */
  tail(): Buffer;
}

function readerOf(bytes: Buffer, start = 0): Reader {
  let offset = start;
  return {
    read: (type, length) => {
      const end = offset + length * type.BYTES_PER_ELEMENT;
      if (end > bytes.length) throw new RangeError('a record holds fewer numbers than it names');
      const memory = new ArrayBuffer(end - offset);
      bytes.copy(new Uint8Array(memory), 0, offset, end);
      offset = end;
      return new type(memory);
    },
    tail: () => bytes.subarray(offset),
  };
}

function joined<T extends Float64Array | Uint32Array>(whole: T, head: T, tail: T): T {
  whole.set(head, 0);
  whole.set(tail, head.length);
  return whole;
}
