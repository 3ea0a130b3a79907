import { errors } from '@elastic/elasticsearch';
import { failed, timedOut } from './knn-outcome.ts';
import { outcomeOfRefusal } from './elasticsearch-outcome.ts';
import type { KnnOutcome } from './search-backend.ts';

/**
 * A multi-search that came to nothing after so long, as it befalls one of its requests. On a busy machine the deadline
 * of the call may be heard of before that of the search: both are told as the same.
 */
export function outcomeOfError(
  error: unknown,
  milliseconds: number,
  deadlineMilliseconds: number,
): KnnOutcome {
  if (milliseconds >= deadlineMilliseconds) return timedOut(deadlineMilliseconds);
  if (error instanceof errors.ResponseError) return outcomeOfRefusal(error, milliseconds);
  return failed('FEATURE_FAILED', error instanceof Error ? error.message : String(error), milliseconds);
}
