import { isFiniteVector, isZeroVector } from '../vector.ts';
import type { Clock } from '../clock.ts';
import type { Failure, KnnOutcome, KnnRequest, ScoredDocument } from './search-backend.ts';

export function found(hits: readonly ScoredDocument[], milliseconds: number, partial = false): KnnOutcome {
  return { status: 'ok', hits, partial, milliseconds };
}

export function failed(failure: Failure, reason: string, milliseconds = 0): KnnOutcome {
  return { status: 'failed', failure, reason, milliseconds };
}

export function timedOut(deadlineMilliseconds: number): KnnOutcome {
  return failed('FEATURE_TIMEOUT', `no answer within ${deadlineMilliseconds} ms`, deadlineMilliseconds);
}

/** Why no backend can answer this request; null where one can. A text is judged by who embeds it. */
export function faultOfRequest({ feature, vector }: KnnRequest): string | null {
  if (!(vector instanceof Float32Array)) return null;
  if (vector.length !== feature.dims)
    return `${feature.uri} has ${feature.dims} dimensions, got a vector of ${vector.length}`;
  if (!isFiniteVector(vector)) return 'expected a vector of finite numbers';
  if (feature.similarity === 'COSINE' && isZeroVector(vector)) return 'a zero vector has no cosine';
  return null;
}

/** One outcome each, in order: what has not answered by the deadline has timed out. Never rejects. */
export async function settle(
  answers: readonly Promise<KnnOutcome>[],
  deadlineMilliseconds: number,
  clock: Clock,
): Promise<readonly KnnOutcome[]> {
  const stop = new AbortController();
  const late = clock.delay(deadlineMilliseconds, stop.signal).then(() => timedOut(deadlineMilliseconds));
  try {
    return await Promise.all(answers.map((answer) => Promise.race([answer, late])));
  } finally {
    // A reason given here spares the error that would be made otherwise.
    stop.abort('settled');
  }
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
