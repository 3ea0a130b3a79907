import { describe, expect, test } from '@jest/globals';
import {
  outcomeOf,
  outcomeOfRefusal,
  type SearchPart,
} from '../../../src/engine/search/elasticsearch-outcome.ts';
import { rawScoreOf } from '../../../src/engine/search/similarity.ts';
import { newCollection, newFeature, request } from '../../conformance/search-backend-world.ts';

const collection = newCollection();
const feature = newFeature(collection, 'COSINE');
const asked = request({ collection, feature }, new Float32Array(8).fill(1));

/** Scores 1, .75, .75 and .25 are cosines 1, .5, .5 and −.5. */
const PART: SearchPart = {
  status: 200,
  timed_out: false,
  _shards: { total: 2, successful: 2, failed: 0 },
  hits: {
    hits: [
      { _id: 'best', _score: 1 },
      { _id: '\uffee', _score: 0.75 },
      { _id: '😀', _score: 0.75 },
      { _id: 'a', _score: 0.75 },
      { _id: 'worst', _score: 0.25 },
    ],
  },
};

describe('a part of a multi-search', () => {
  test('becomes hits with raw scores, ties in UTF-8 order of ids', () => {
    expect(outcomeOf(asked, PART, 3)).toEqual({
      status: 'ok',
      partial: false,
      milliseconds: 3,
      hits: [
        { id: 'best', score: 1 },
        { id: 'a', score: 0.5 },
        { id: '\uffee', score: 0.5 },
        { id: '😀', score: 0.5 },
        { id: 'worst', score: -0.5 },
      ],
    });
  });

  test('loses what is below minScore, not what equals it', () => {
    const outcome = outcomeOf({ ...asked, minScore: 0.5 }, PART, 3);
    expect(outcome).toMatchObject({ status: 'ok', hits: { length: 4 } });
  });

  test('is partial where some shards failed, or the server ran out of time', () => {
    const shards = { total: 3, successful: 2, failed: 1 };
    expect(outcomeOf(asked, { ...PART, _shards: shards }, 3)).toMatchObject({ status: 'ok', partial: true });
    expect(outcomeOf(asked, { ...PART, timed_out: true }, 3)).toMatchObject({ status: 'ok', partial: true });
  });

  test('fails where all shards failed', () => {
    const shards = { total: 2, successful: 0, failed: 2 };
    expect(outcomeOf(asked, { ...PART, _shards: shards }, 3)).toMatchObject({
      status: 'failed',
      failure: 'FEATURE_FAILED',
    });
  });

  test.each([
    [400, 'query_shard_exception', 'FEATURE_REJECTED', 'query_shard_exception'],
    [404, 'index_not_found_exception', 'FEATURE_FAILED', 'index_not_found_exception'],
    [404, 'status_exception', 'FEATURE_REJECTED', 'status_exception'],
    [408, 'status_exception', 'FEATURE_FAILED', '408'],
    [429, 'es_rejected_execution_exception', 'FEATURE_FAILED', 'overloaded'],
    [500, 'inference_exception', 'FEATURE_FAILED', '500'],
    [503, 'no_shard_available_action_exception', 'FEATURE_FAILED', '503'],
  ])('that answers %i (%s) is %s, and says why', (status, type, failure, word) => {
    const outcome = outcomeOf(asked, { status, error: { type, reason: 'why' } }, 3);
    expect(outcome).toMatchObject({ status: 'failed', failure });
    expect(outcome.status === 'failed' ? outcome.reason : '').toContain(word);
  });
});

describe('a multi-search that is refused as a whole', () => {
  const nested = { type: 'named_object_not_found_exception', reason: 'unknown field [text_embedding]' };
  const error = { type: 'x_content_parse_exception', reason: 'failed to parse', root_cause: [nested] };

  test('says what the server says, from the cause to the whole', () => {
    expect(outcomeOfRefusal({ statusCode: 400, body: { error } }, 3)).toEqual({
      status: 'failed',
      failure: 'FEATURE_REJECTED',
      reason:
        'Elasticsearch answered 400; named_object_not_found_exception: unknown field [text_embedding]; failed to parse',
      milliseconds: 3,
    });
  });

  test.each([
    [
      403,
      { error: { type: 'security_exception', reason: 'no' } },
      'answered 403; it did not accept this server’s credentials',
    ],
    [405, { error: 'wrong method' }, 'answered 405; wrong method'],
    [500, null, 'answered 500'],
  ])('answered %i with %j has failed, not been rejected', (statusCode, body, words) => {
    const outcome = outcomeOfRefusal({ statusCode, body }, 3);
    expect(outcome).toMatchObject({ failure: 'FEATURE_FAILED', reason: `Elasticsearch ${words}` });
  });
});

describe('the raw score behind a score of Elasticsearch', () => {
  test.each([
    ['COSINE', 1, 1],
    ['COSINE', 0.5, 0],
    ['COSINE', 0, -1],
    ['DOT_PRODUCT', 1, 0],
    ['DOT_PRODUCT', 8, 7],
    ['DOT_PRODUCT', 0.25, -3],
    ['L2', 1, 0],
    ['L2', 0.5, -1],
    ['L2', 0.1, -3],
    // Rounded above 1 by the server.
    ['L2', 1.0000001, 0],
  ] as const)('of %s: %d is %d', (similarity, score, raw) => {
    expect(rawScoreOf(similarity, score)).toBeCloseTo(raw, 12);
  });

  test('grows with the score, whatever the similarity', () => {
    for (const similarity of ['COSINE', 'DOT_PRODUCT', 'L2'] as const)
      for (let i = 1; i < 100; i += 1)
        expect(rawScoreOf(similarity, i / 100)).toBeLessThan(rawScoreOf(similarity, (i + 1) / 100));
  });
});
