export interface BatchLimits {
  /** Most texts in one request. */
  readonly texts: number;
  /** Most bytes of UTF-8 in the texts of one request; a longer text goes alone. */
  readonly bytes: number;
}

export interface BatchRule {
  readonly limits: BatchLimits;
  /** Requests of one call that run at the same time. */
  readonly concurrency: number;
}

/**
 * One vector per text, in order, asked for in batches, a few at a time; null for a text of white space, which is not
 * asked for. The first batch that fails ends it.
 */
export async function embedInBatches(
  { limits, concurrency }: BatchRule,
  texts: readonly string[],
  embedBatch: (texts: readonly string[]) => Promise<readonly (Float32Array | null)[]>,
): Promise<readonly (Float32Array | null)[]> {
  const vectors = new Array<Float32Array | null>(texts.length).fill(null);
  const batches = splitIntoBatches(texts, limits);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const batch = batches[next];
      next += 1;
      if (batch === undefined) return;
      const answered = await embedBatch(batch.map((index) => texts[index]!));
      batch.forEach((index, at) => (vectors[index] = answered[at] ?? null));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, lane));
  return vectors;
}

/** Positions of the texts that say something, in order, cut into requests within the limits. */
function splitIntoBatches(texts: readonly string[], limits: BatchLimits): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let bytes = 0;
  texts.forEach((text, index) => {
    if (text.trim() === '') return;
    const size = Buffer.byteLength(text);
    if (batch.length > 0 && (batch.length >= limits.texts || bytes + size > limits.bytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(index);
    bytes += size;
  });
  if (batch.length > 0) batches.push(batch);
  return batches;
}
