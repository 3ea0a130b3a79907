import type { Clock } from './clock.ts';

/** The result of the work, or a rejection with `late()` where it takes longer. The work itself is not cut off. */
export async function within<T>(
  clock: Clock,
  milliseconds: number,
  { work, late }: { readonly work: Promise<T>; readonly late: () => Error },
): Promise<T> {
  const stop = new AbortController();
  const expired = clock.delay(milliseconds, stop.signal).then((): never => {
    throw late();
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    stop.abort();
  }
}
