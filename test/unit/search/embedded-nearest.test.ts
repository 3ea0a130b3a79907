import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareUtf8 } from '../../../src/engine/ids.ts';
import {
  emptyMatrix,
  removeVector,
  setVector,
  type Matrix,
} from '../../../src/engine/search/embedded-matrix.ts';
import { nearest, type Nearest, type NearestRequest } from '../../../src/engine/search/embedded-nearest.ts';
import { naiveScore } from '../../conformance/search-backend-world.ts';
import type { Similarity } from '../../../src/engine/collection/collection.ts';

const SIMILARITIES: readonly Similarity[] = ['COSINE', 'DOT_PRODUCT', 'L2'];
const similarity = fc.constantFrom(...SIMILARITIES);
const vector = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 })
  .filter((numbers) => numbers.some((number) => number !== 0))
  .map((numbers) => Float32Array.from(numbers));

function matrixOf(vectors: readonly Float32Array[]): Matrix {
  const matrix = emptyMatrix(vectors[0]?.length ?? 4);
  vectors.forEach((one, slot) => setVector(matrix, slot, one));
  return matrix;
}

/** Equal but for the order of summing. */
function almostEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}

/** Scores everything plainly: the same order, and the same cut inside a tie. */
function naive(vectors: readonly Float32Array[], request: NearestRequest, slots: Uint8Array | null): Nearest {
  const all = vectors.flatMap((one, slot) => {
    const score = naiveScore(request.similarity, request.vector, one);
    const passes = slots === null || slots[slot] === 1;
    return passes && (request.minScore === null || score >= request.minScore)
      ? [{ id: `d${slot}`, score }]
      : [];
  });
  all.sort((a, b) => (almostEqual(a.score, b.score) ? compareUtf8(a.id, b.id) : b.score - a.score));
  const cut = all.slice(0, request.topK);
  return { ids: cut.map(({ id }) => id), scores: cut.map(({ score }) => score) };
}

const idsOf = (vectors: readonly Float32Array[]): readonly string[] => vectors.map((_, slot) => `d${slot}`);

describe('the nearest vectors', () => {
  test('are those of a plain search, cut by id inside a tie, whatever share of documents passes', () => {
    const ofTies = fc.record({
      // Vectors of one direction only tie exactly: cosines of others may differ in the last bit.
      vectors: fc.array(vector, { minLength: 1, maxLength: 300 }),
      query: vector,
      topK: fc.integer({ min: 1, max: 50 }),
      share: fc.constantFrom(0, 0.02, 0.3, 0.9, 1),
      by: fc.constantFrom('DOT_PRODUCT' as const, 'L2' as const),
    });
    fc.assert(
      fc.property(ofTies, ({ vectors, query, topK, share, by }) => {
        const slots = Uint8Array.from(vectors, (_, slot) => (((slot * 37) % 100) / 100 < share ? 1 : 0));
        const passing = share === 1 ? null : { slots, count: slots.reduce((sum, one) => sum + one, 0) };
        const request: NearestRequest = { similarity: by, vector: query, topK, minScore: null };
        const found = nearest(matrixOf(vectors), request, idsOf(vectors), passing);
        const expected = naive(vectors, request, passing === null ? null : slots);
        expect(found.ids).toEqual(expected.ids);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  test.each(SIMILARITIES)('with thousands of equal %s the cut takes the first ids', (by) => {
    const same = Float32Array.of(0.1, 0.7, -0.3);
    const vectors = Array.from({ length: 3_000 }, (_, slot) =>
      slot % 500 === 7 ? Float32Array.of(-1, 0, 0) : same,
    );
    const request: NearestRequest = { similarity: by, vector: same, topK: 40, minScore: null };
    const found = nearest(matrixOf(vectors), request, idsOf(vectors), null);
    const equal = idsOf(vectors).filter((_, slot) => slot % 500 !== 7);
    expect(found.ids).toEqual(equal.toSorted(compareUtf8).slice(0, 40));
    expect(new Set(found.scores).size).toBe(1);
  });

  test('are right where squares leave the range of 32-bit floats', () => {
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 2, maxLength: 60 }),
        vector,
        similarity,
        (small, query, by) => {
          for (const scale of [1e-30, 1e30]) {
            const vectors = small.map((one) => one.map((number) => number * scale));
            const request: NearestRequest = { similarity: by, vector: query, topK: 5, minScore: null };
            const { scores } = nearest(matrixOf(vectors), request, idsOf(vectors), null);
            const expected = naive(vectors, request, null).scores;
            expect(scores).toHaveLength(expected.length);
            // A sum in which terms cancel keeps only the rounding of its largest term.
            const rounding = scale * 1e-12;
            scores.forEach((score, rank) => {
              expect(Math.abs(score - expected[rank]!)).toBeLessThanOrEqual(
                by === 'COSINE' ? 1e-9 : rounding + 1e-12 * Math.abs(expected[rank]!),
              );
            });
          }
        },
      ),
      { numRuns: 60, seed: 9 },
    );
  });

  test('are none of an empty matrix', () => {
    const request: NearestRequest = {
      similarity: 'COSINE',
      vector: Float32Array.of(1, 0, 0, 0),
      topK: 5,
      minScore: null,
    };
    expect(nearest(emptyMatrix(4), request, [], null)).toEqual({ ids: [], scores: [] });
  });
});

test('a matrix holds what was set last and not what was removed, in any order of changes', () => {
  const change = fc.record({ slot: fc.nat(40), vector: fc.option(vector, { freq: 2 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const matrix = emptyMatrix(4);
      const model = new Map<number, Float32Array>();
      for (const { slot, vector: one } of changes) {
        if (one === null) {
          removeVector(matrix, slot);
          model.delete(slot);
        } else {
          setVector(matrix, slot, one);
          model.set(slot, one);
        }
      }
      const held = matrix.slots.map((slot, row): [number, Float32Array] => [
        slot,
        new Float32Array(matrix.block, row * 16, 4).slice(),
      ]);
      expect(new Map(held)).toEqual(model);
      expect(held).toHaveLength(model.size);
    }),
    { numRuns: 100, seed: 2 },
  );
});
