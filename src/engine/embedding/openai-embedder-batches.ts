export interface BatchLimits {
  /** Most texts in one request. */
  readonly texts: number;
  /** Most bytes of UTF-8 in the texts of one request; a longer text goes alone. */
  readonly bytes: number;
}

/** Positions of the texts that say something, in order, cut into requests within the limits. */
export function splitIntoBatches(
  texts: readonly string[],
  limits: BatchLimits,
): readonly (readonly number[])[] {
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
