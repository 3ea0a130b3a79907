/** One collection of the embedded backend: its writes one after the other, and whether the worker has it in memory. */
export interface Shelf {
  last: Promise<unknown>;
  loaded: Promise<void> | null;
  /** Monotonic time at which the worker began to load it, in milliseconds; null while it does not. */
  loadingSince: number | null;
  /** Ids that were put or deleted since a rewrite began; null while there is none. */
  written: Set<string> | null;
}

export function newShelf(): Shelf {
  return { last: Promise.resolve(), loaded: null, loadingSince: null, written: null };
}

export function noteWritten({ written }: Shelf, ids: Iterable<string>): void {
  for (const id of ids) written?.add(id);
}

/** A collection that takes longer to load no longer keeps the others from being searched. */
const LONGEST_LOADING_MILLISECONDS = 600_000;

/** `now`: as of `loadingSince`. */
export function isLoading({ loadingSince }: Shelf, now: number): boolean {
  return loadingSince !== null && now - loadingSince < LONGEST_LOADING_MILLISECONDS;
}

/** Notes that the shelf is being loaded, until that is over one way or the other. */
export function noteLoading(shelf: Shelf, loading: Promise<void>, now: number): void {
  shelf.loadingSince = now;
  const over = (): void => {
    shelf.loadingSince = null;
  };
  loading.then(over, over);
}
