import { errors } from '@elastic/elasticsearch';
import { failed } from './knn-outcome.ts';
import { outcomeOfRefusal } from './elasticsearch-outcome.ts';
import type { KnnOutcome } from './search-backend.ts';

/** A multi-search that came to nothing, as it befalls one of its requests. */
export function outcomeOfError(error: unknown, milliseconds: number): KnnOutcome {
  if (error instanceof errors.ResponseError) return outcomeOfRefusal(error, milliseconds);
  return failed('FEATURE_FAILED', error instanceof Error ? error.message : String(error), milliseconds);
}
