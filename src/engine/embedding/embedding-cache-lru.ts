/** Bytes of bookkeeping per entry beside the vector itself: the key, the map's slot, the array's header. */
const ENTRY_BYTES = 320;

/** Vectors by key, bounded in bytes; the least recently used is forgotten first. Null is a value too. */
export class VectorLru {
  readonly #maxBytes: number;
  /** A Map keeps the order of insertion: the first entry is the least recently used. */
  readonly #entries = new Map<string, Float32Array | null>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Undefined where the key is not known. */
  get(key: string): Float32Array | null | undefined {
    const vector = this.#entries.get(key);
    if (vector === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, vector);
    return vector;
  }

  set(key: string, vector: Float32Array | null): void {
    this.#delete(key);
    this.#entries.set(key, vector);
    this.#bytes += sizeOf(vector);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  #delete(key: string): void {
    const vector = this.#entries.get(key);
    if (vector === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(vector);
  }
}

function sizeOf(vector: Float32Array | null): number {
  return ENTRY_BYTES + (vector?.byteLength ?? 0);
}
