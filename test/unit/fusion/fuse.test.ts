import { describe, expect, test } from '@jest/globals';
import { fuseLists, listOf } from '../../support/fixtures.ts';
import { normalize } from '../../../src/engine/fusion/normalize.ts';
import { renormalize, servedWeights } from '../../../src/engine/fusion/weights.ts';
import { shares } from '../../../src/engine/fusion/shares.ts';

describe('fusing', () => {
  test('no lists at all, or only empty ones, give no hits and no error', () => {
    expect(fuseLists({ lists: [] })).toMatchObject({ hitCount: 0, candidateCount: 0 });
    expect(fuseLists({ lists: [[], []] })).toMatchObject({ hitCount: 0, candidateCount: 0 });
  });

  test('an absent document adds 0: .5 × 1 from one list alone', () => {
    const { scores } = fuseLists({
      lists: [listOf([['a', 3]]), listOf([['b', 7]])],
      weights: Float64Array.of(0.5, 0.5),
    });
    expect(Object.fromEntries(scores)).toEqual({ a: 0.5, b: 0.5 });
  });

  test('one hit, and hits of one score: min_max 1, dbsf .5, z_score 0', () => {
    for (const list of [
      listOf([['a', 0.7]]),
      listOf([
        ['a', 0.7],
        ['b', 0.7],
      ]),
    ]) {
      expect([...normalize(list, { kind: 'MIN_MAX' })]).toEqual(list.map(() => 1));
      expect([...normalize(list, { kind: 'DBSF' })]).toEqual(list.map(() => 0.5));
      expect([...normalize(list, { kind: 'Z_SCORE' })]).toEqual(list.map(() => 0));
    }
  });

  test('a weight of 0 removes the part of a feature and not its hits', () => {
    const { scores } = fuseLists({
      lists: [listOf([['a', 1]]), listOf([['b', 1]])],
      weights: Float64Array.of(1, 0),
    });
    expect([...scores]).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  test('weights or rules that do not match the lists are refused', () => {
    const lists = [listOf([['a', 1]])];
    expect(() => fuseLists({ lists, weights: Float64Array.of(1, 1) })).toThrow(RangeError);
    expect(() => fuseLists({ lists, rules: [] })).toThrow(RangeError);
  });

  test('max credits only the winning feature, the first where several tie', () => {
    const { table } = fuseLists({
      strategy: 'MAX',
      lists: [listOf([['a', 9]]), listOf([['a', 5]]), listOf([['b', 1]])],
      weights: Float64Array.of(1, 1, 0.5),
    });
    expect([...table.contributions]).toEqual([1, 0, 0, 0, 0, 0.5]);
  });

  test('max takes the greatest of the lists that hold the document, also where all are negative', () => {
    const similarity = { kind: 'SIMILARITY', similarity: 'COSINE' } as const;
    const { scores, table } = fuseLists({
      strategy: 'MAX',
      lists: [listOf([['a', -0.2]]), listOf([['a', -0.4]]), []],
      rules: [similarity, similarity, similarity],
    });
    expect(scores.get('a')).toBe(-0.2);
    expect([...table.contributions]).toEqual([-0.2, 0, 0]);
  });

  test('fused ties go to the best single rank, then to the id by UTF-8 bytes', () => {
    const flat = { kind: 'SIMILARITY', similarity: 'COSINE' } as const;
    const { table } = fuseLists({
      lists: [
        listOf([
          ['x', 0.9],
          ['d', 0.5],
          ['😀', 0.2],
        ]),
        listOf([
          ['e', 0.5],
          ['y', 0.3],
          ['\ufffd', 0.2],
        ]),
      ],
      rules: [flat, flat],
    });
    // e (rank 1) before d (rank 2) at .5; at .2 both have rank 3 and EF BF BD sorts before F0 9F 98 80.
    expect(table.ids).toEqual(['x', 'e', 'd', 'y', '\ufffd', '😀']);
  });

  test('hits of one score and rank in two collections are ordered by the name of the collection', () => {
    const { table } = fuseLists({
      lists: [[{ collection: 0, id: 'a', score: 1 }], [{ collection: 1, id: 'a', score: 1 }]],
      collections: ['zebra', 'ant'],
    });
    expect([...table.collection]).toEqual([1, 0]);
  });

  test('noise of floating point decides nothing: .1 + .2 ties with .3', () => {
    const flat = { kind: 'SIMILARITY', similarity: 'COSINE' } as const;
    const { table } = fuseLists({
      lists: [listOf([['b', 0.1]]), listOf([['b', 0.2]]), listOf([['a', 0.3]])],
      rules: [flat, flat, flat],
    });
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(table.ids).toEqual(['a', 'b']);
  });

  test('scores that differ by more than 12 decimals are no ties, however large', () => {
    const flat = { kind: 'SIMILARITY', similarity: 'DOT_PRODUCT' } as const;
    const { table } = fuseLists({
      lists: [
        listOf([
          ['b', 1e9 + 1],
          ['a', 1e9],
        ]),
      ],
      rules: [flat],
      weights: Float64Array.of(1e6),
    });
    expect(table.ids).toEqual(['b', 'a']);
  });
});

describe('normalizing', () => {
  const list = listOf([
    ['a', 3],
    ['b', 0],
    ['c', -4],
  ]);

  test('similarity: dot product over the l2 norm of its list, 3/5, 0, −4/5', () => {
    expect([...normalize(list, { kind: 'SIMILARITY', similarity: 'DOT_PRODUCT' })]).toEqual([0.6, 0, -0.8]);
  });

  test('similarity: Euclidean 1/(1 − s) with s = −distance: 1 at 0, 1/5 at distance 4', () => {
    const distances = listOf([
      ['a', 0],
      ['b', -4],
    ]);
    expect([...normalize(distances, { kind: 'SIMILARITY', similarity: 'L2' })]).toEqual([1, 0.2]);
  });

  test('background: 0 at and below the mean of random pairs, floored deviation', () => {
    expect([...normalize(list, { kind: 'BACKGROUND', mean: 0, deviation: 2 })]).toEqual([1.5, 0, 0]);
    expect([...normalize(list, { kind: 'BACKGROUND', mean: 3, deviation: 0 })]).toEqual([0, 0, 0]);
  });

  test('scores of 0 only: l2 gives 0 and no NaN; so does tmm where the best cosine is −1', () => {
    const zeros = listOf([
      ['a', 0],
      ['b', 0],
    ]);
    expect([...normalize(zeros, { kind: 'L2' })]).toEqual([0, 0]);
    expect([...normalize(listOf([['a', -1]]), { kind: 'TMM' })]).toEqual([0]);
  });

  test.each(['MIN_MAX', 'Z_SCORE', 'DBSF', 'L2', 'TMM', 'RANK'] as const)(
    '%s of an empty list is empty',
    (kind) => {
      expect(normalize([], { kind })).toHaveLength(0);
    },
  );
});

describe('weights', () => {
  test('weighted: normalised to sum 1 where every search has one, else equal, also where all are 0', () => {
    expect([...servedWeights('WEIGHTED', [3, 1])]).toEqual([0.75, 0.25]);
    expect([...servedWeights('WEIGHTED', [3, null])]).toEqual([0.5, 0.5]);
    expect([...servedWeights('WEIGHTED', [0, 0])]).toEqual([0.5, 0.5]);
  });

  test.each(['RRF', 'DBSF', 'MAX'] as const)('%s: factors as given, 1 where not', (strategy) => {
    expect([...servedWeights(strategy, [3, null, 0])]).toEqual([3, 1, 0]);
  });

  test('a feature left out has weight 0; weighted sums to 1 again, factors stay', () => {
    const weights = Float64Array.of(0.5, 0.3, 0.2);
    expect([...renormalize('WEIGHTED', weights, [true, false, true])]).toEqual([0.5 / 0.7, 0, 0.2 / 0.7]);
    expect([...renormalize('RRF', weights, [true, false, true])]).toEqual([0.5, 0, 0.2]);
    expect(renormalize('WEIGHTED', weights, [true, true, true])).toBe(weights);
  });

  test('only features of weight 0 left: they share equally', () => {
    expect([...renormalize('WEIGHTED', Float64Array.of(1, 0, 0), [false, true, true])]).toEqual([
      0, 0.5, 0.5,
    ]);
  });

  test('shares are parts of Σ|contributions|, null where that is 0', () => {
    expect(shares(Float64Array.of(3, -1))).toEqual([0.75, -0.25]);
    expect(shares(Float64Array.of(0, 0))).toEqual([null, null]);
  });
});
