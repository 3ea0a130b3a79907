import { describe, expect, test } from '@jest/globals';
import { outcomeOfError } from '../../../src/engine/search/elasticsearch-outcome-error.ts';
import { refusal } from '../../../src/engine/errors.ts';

describe('a multi-search that came to nothing', () => {
  const error = refusal('SEARCH_UNAVAILABLE', 'Elasticsearch did not answer within 1050 ms');

  test('by its deadline fails the feature, with the reason', () => {
    expect(outcomeOfError(error, 999, 1_000)).toMatchObject({
      failure: 'FEATURE_FAILED',
      reason: error.message,
      milliseconds: 999,
    });
  });

  test('after its deadline is late, whichever timer was heard of first', () => {
    expect(outcomeOfError(error, 1_050, 1_000)).toMatchObject({
      failure: 'FEATURE_TIMEOUT',
      reason: 'no answer within 1000 ms',
    });
  });
});
