import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareUtf8 } from '../../src/engine/ids.ts';
import {
  byRank,
  COLLECTIONS,
  list,
  name,
  oracle,
  question,
  ranking,
  reordered,
  rule,
} from '../support/fusion-questions.ts';
import { fuse, type FusionInput } from '../../src/engine/fusion/fuse.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';

const options = { seed: 20261125, numRuns: 300 };

describe('laws of fusion', () => {
  test('every strategy agrees with the naive formula to 1e-12', () => {
    fc.assert(
      fc.property(question, (input) => {
        const wanted = oracle(input);
        const got = ranking(input);
        expect(new Set(got.map((row) => row.name))).toEqual(new Set(wanted.keys()));
        for (const row of got)
          expect(Math.abs(row.score - wanted.get(row.name)!)).toBeLessThanOrEqual(
            1e-12 * (1 + Math.abs(row.score)),
          );
      }),
      options,
    );
  });

  test('the order is fused score (12 decimals), best single rank, collection, id by UTF-8 bytes', () => {
    fc.assert(
      fc.property(question, (input) => {
        const best = (document: string): number =>
          Math.min(
            ...input.lists
              .map((hits) => hits.findIndex((candidate) => name(candidate) === document))
              .filter((place) => place >= 0),
          );
        const place = (document: string): readonly [string, string] => [
          COLLECTIONS[Number(document[0])]!,
          document.slice(2),
        ];
        const rows = ranking(input);
        const wanted = [...rows].sort(
          (a, b) =>
            Math.round(b.score * 1e12) - Math.round(a.score * 1e12) ||
            best(a.name) - best(b.name) ||
            compareUtf8(place(a.name)[0], place(b.name)[0]) ||
            compareUtf8(place(a.name)[1], place(b.name)[1]),
        );
        expect(rows.map((row) => row.name)).toEqual(wanted.map((row) => row.name));
      }),
      options,
    );
  });

  test('the order of the lists does not matter', () => {
    fc.assert(
      fc.property(question, fc.infiniteStream(fc.nat()), (input, numbers) => {
        const order = input.lists
          .map((_, index) => ({ index, key: numbers.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ index }) => index);
        const plain = ranking(input);
        const shuffled = ranking(reordered(input, order));
        expect(shuffled.map((row) => row.name)).toEqual(plain.map((row) => row.name));
        shuffled.forEach((row, index) => expect(row.score).toBeCloseTo(plain[index]!.score, 12));
      }),
      options,
    );
  });

  test('contributions sum to the score; an absent document has none, NaN raw score, x 0 and rank 0', () => {
    fc.assert(
      fc.property(question, (input) => {
        const { table } = fuse(input);
        const width = input.lists.length;
        table.ids.forEach((id, row) => {
          const parts = table.contributions.subarray(row * width, (row + 1) * width);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(table.fused[row]!, 12);
          for (let index = 0; index < width; index += 1) {
            const cell = row * width + index;
            const place = input.lists[index]!.findIndex(
              (candidate) => candidate.id === id && candidate.collection === table.collection[row],
            );
            expect(table.ranks[cell]).toBe(place + 1);
            expect(table.raw[cell]).toBe(place < 0 ? NaN : input.lists[index]![place]!.score);
            if (place < 0) expect([table.normalized[cell], table.contributions[cell]]).toEqual([0, 0]);
          }
        });
      }),
      options,
    );
  });

  test('a document that rises in one list never falls in the fused order (rrf)', () => {
    fc.assert(
      fc.property(question, fc.nat(), fc.nat(), (drawn, which, place) => {
        const input = { ...drawn, strategy: 'RRF' as const };
        const index = which % input.lists.length;
        const hits = input.lists[index]!;
        fc.pre(hits.length >= 2);
        const from = 1 + (place % (hits.length - 1));
        const risen = [...hits];
        const scores = hits.map((candidate) => candidate.score);
        [risen[from - 1], risen[from]] = [risen[from]!, risen[from - 1]!];
        const lists = input.lists.with(
          index,
          risen.map((candidate, at) => ({ ...candidate, score: scores[at]! })),
        );
        const position = (asked: FusionInput): number =>
          ranking(asked).findIndex((row) => row.name === name(hits[from]!));
        expect(position({ ...input, lists })).toBeLessThanOrEqual(position(input));
      }),
      options,
    );
  });

  test('a higher raw score never lowers the fused score (background and similarity, weighted and max)', () => {
    const pointwise = fc.constantFrom<NormalizationRule>(
      { kind: 'BACKGROUND', mean: 0.1, deviation: 0.2 },
      { kind: 'SIMILARITY', similarity: 'COSINE' },
    );
    fc.assert(
      fc.property(question, pointwise, fc.nat(), (drawn, kind, which) => {
        fc.pre(drawn.strategy === 'WEIGHTED' || drawn.strategy === 'MAX');
        const input = { ...drawn, rules: drawn.rules.map(() => kind) };
        const hits = input.lists[0]!;
        fc.pre(hits.length > 0);
        const lifted = hits[which % hits.length]!;
        const better = hits
          .map((candidate) =>
            candidate === lifted ? { ...candidate, score: candidate.score + 0.35 } : candidate,
          )
          .sort(byRank);
        const scoreOf = (asked: FusionInput): number =>
          ranking(asked).find((row) => row.name === name(lifted))!.score;
        expect(scoreOf({ ...input, lists: input.lists.with(0, better) })).toBeGreaterThanOrEqual(
          scoreOf(input) - 1e-12,
        );
      }),
      options,
    );
  });

  test('scores stay in bounds: weighted min_max and max within 0..1 for weights of sum 1, rrf within Σw/(k + 1)', () => {
    fc.assert(
      fc.property(question, (drawn) => {
        const total = drawn.weights.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const weights = drawn.weights.map((weight) => weight / total);
        const input = { ...drawn, weights, rules: drawn.rules.map(() => ({ kind: 'MIN_MAX' as const })) };
        for (const kind of ['WEIGHTED', 'MAX', 'RRF'] as const)
          for (const { score } of ranking({ ...input, strategy: kind })) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual((kind === 'RRF' ? 1 / (input.rrfK + 1) : 1) + 1e-12);
          }
      }),
      options,
    );
  });

  test('limit and depth only cut: the kept rows are the first rows of the whole order', () => {
    fc.assert(
      fc.property(question, fc.nat(8), fc.nat(8), (input, limit, depth) => {
        const whole = fuse(input);
        const cut = fuse({ ...input, limit, depth });
        expect(cut.table.ids).toEqual(whole.table.ids.slice(0, cut.table.ids.length));
        expect(cut.hitCount).toBe(Math.min(limit, whole.candidateCount));
        expect(cut.table.ids).toHaveLength(Math.min(limit + depth, whole.candidateCount));
        expect(cut.candidateCount).toBe(whole.candidateCount);
      }),
      options,
    );
  });

  test('a list that is empty or has weight 0 changes no other part: scores stay, candidates stay', () => {
    fc.assert(
      fc.property(question, list, rule, (input, extra, kind) => {
        fc.pre(input.strategy !== 'MAX');
        const plain = new Map(ranking(input).map((row) => [row.name, row.score]));
        const withList = (hits: RankedList, weight: number): ReadonlyMap<string, number> =>
          new Map(
            ranking({
              ...input,
              lists: [...input.lists, hits],
              rules: [...input.rules, kind],
              weights: Float64Array.of(...input.weights, weight),
            }).map((row) => [row.name, row.score]),
          );
        expect(withList([], 1)).toEqual(plain);
        const silent = withList(extra, 0);
        for (const [document, score] of plain) expect(silent.get(document)).toBe(score);
        for (const candidate of extra) expect(silent.has(name(candidate))).toBe(true);
      }),
      options,
    );
  });
});
