/** One collection of the embedded backend: its writes one after the other, and whether the worker has it in memory. */
export interface Shelf {
  last: Promise<unknown>;
  loaded: Promise<void> | null;
  /** Ids that were put or deleted since a rewrite began; null while there is none. */
  written: Set<string> | null;
}

export function newShelf(): Shelf {
  return { last: Promise.resolve(), loaded: null, written: null };
}

export function noteWritten({ written }: Shelf, ids: Iterable<string>): void {
  for (const id of ids) written?.add(id);
}
