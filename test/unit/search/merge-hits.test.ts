import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byRank, COLLECTIONS, list } from '../../support/fusion-questions.ts';
import { mergeHits } from '../../../src/engine/search/merge-hits.ts';

describe('the lists of one search over two collections', () => {
  test('become one, by score, collection and id, cut at topK; longer lists change nothing', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 20 }), (hits, topK) => {
        const parts = COLLECTIONS.map((_, place) => hits.filter(({ collection }) => collection === place));
        const wanted = [...hits].sort(byRank).slice(0, topK);
        expect(mergeHits(parts, COLLECTIONS, topK)).toEqual(wanted);
        const cut = parts.map((part) => part.slice(0, topK));
        expect(mergeHits([...cut].reverse(), COLLECTIONS, topK)).toEqual(wanted);
      }),
      { seed: 81, numRuns: 500 },
    );
  });

  test('of no collection are empty, of one as they are', () => {
    expect(mergeHits([], [], 3)).toEqual([]);
    const one = [{ collection: 0, id: 'a', score: 1 }];
    expect(mergeHits([one], ['films'], 3)).toEqual(one);
  });
});
