import fc from 'fast-check';
import { compareUtf8 } from '../../src/engine/ids.ts';
import { fuse, type FusionInput } from '../../src/engine/fusion/fuse.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { RankedHit, RankedList } from '../../src/engine/fusion/ranked-list.ts';

export const COLLECTIONS = ['films', 'books'];
export const name = ({ collection, id }: Pick<RankedHit, 'collection' | 'id'>): string =>
  `${collection}/${id}`;

/** Few ids and scores of one decimal, so that lists overlap and ties are common. */
const hit: fc.Arbitrary<RankedHit> = fc.record({
  collection: fc.nat(1),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '\ufffd', '😀'),
  score: fc.integer({ min: -10, max: 10 }).map((tenths) => tenths / 10),
});
export const byRank = (a: RankedHit, b: RankedHit): number =>
  b.score - a.score ||
  compareUtf8(COLLECTIONS[a.collection]!, COLLECTIONS[b.collection]!) ||
  compareUtf8(a.id, b.id);
export const list = fc
  .uniqueArray(hit, { selector: name, maxLength: 14 })
  .map((hits): RankedList => hits.sort(byRank));
const background = fc.record({
  mean: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  deviation: fc.double({ min: 0.01, max: 1, noNaN: true }),
});
export const rule: fc.Arbitrary<NormalizationRule> = fc.oneof(
  fc.constantFrom<NormalizationRule>(
    { kind: 'MIN_MAX' },
    { kind: 'Z_SCORE' },
    { kind: 'DBSF' },
    { kind: 'L2' },
    { kind: 'TMM' },
    { kind: 'RANK' },
    { kind: 'SIMILARITY', similarity: 'COSINE' },
  ),
  background.chain((moments) =>
    fc.constantFrom(0, -Infinity).map((least) => ({ kind: 'BACKGROUND' as const, ...moments, least })),
  ),
  fc
    .tuple(background, background)
    .chain((of) =>
      fc.constantFrom(0, -Infinity).map((least) => ({ kind: 'BACKGROUNDS' as const, of, least })),
    ),
);
const strategy = fc.constantFrom('RRF', 'DBSF', 'WEIGHTED', 'MAX' as const);
const feature = fc.record({
  list,
  rule,
  weight: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
});
export const question = fc
  .record({ strategy, features: fc.array(feature, { minLength: 1, maxLength: 5 }), rrfK: fc.nat(100) })
  .map(({ strategy: kind, features, rrfK }) => inputOf(features, { strategy: kind, rrfK: rrfK + 1 }));

type Part = { readonly list: RankedList; readonly rule: NormalizationRule; readonly weight: number };

function inputOf(
  features: readonly Part[],
  { strategy: kind, rrfK }: Pick<FusionInput, 'strategy' | 'rrfK'>,
): FusionInput {
  return {
    strategy: kind,
    rrfK,
    lists: features.map((part) => part.list),
    rules: features.map((part) => part.rule),
    weights: Float64Array.from(features, ({ weight }) => weight),
    limit: 1_000,
    depth: 0,
    collections: COLLECTIONS,
  };
}

export const reordered = (input: FusionInput, order: readonly number[]): FusionInput => ({
  ...input,
  lists: order.map((index) => input.lists[index]!),
  rules: order.map((index) => input.rules[index]!),
  weights: Float64Array.from(order, (index) => input.weights[index]!),
});

/** Names in served order with their scores. */
export function ranking(input: FusionInput): readonly { readonly name: string; readonly score: number }[] {
  const { table } = fuse(input);
  return table.ids.map((id, row) => ({
    name: name({ id, collection: table.collection[row]! }),
    score: table.fused[row]!,
  }));
}

/** The formulas of the strategies written as naively as can be: document by document, list by list. */
export function oracle(input: FusionInput): ReadonlyMap<string, number> {
  const everyone = new Set(input.lists.flat().map(name));
  return new Map(
    [...everyone].map((document) => {
      const parts = input.lists.flatMap((hits, index) => {
        const place = hits.findIndex((candidate) => name(candidate) === document);
        if (place < 0) return [];
        const weight = input.weights[index]!;
        if (input.strategy === 'RRF') return [weight / (input.rrfK + place + 1)];
        const kind: NormalizationRule = input.strategy === 'DBSF' ? { kind: 'DBSF' } : input.rules[index]!;
        return [weight * naive(hits, kind)[place]!];
      });
      return [
        document,
        input.strategy === 'MAX' ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0),
      ];
    }),
  );
}

/** Normalization as its definition reads, a few lines a rule. */
function naive(hits: RankedList, rule: NormalizationRule): readonly number[] {
  const scores = hits.map(({ score }) => score);
  const n = scores.length;
  const mean = scores.reduce((sum, s) => sum + s, 0) / n;
  const sigma = Math.sqrt(scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / (n - 1));
  const norm = Math.max(1e-9, Math.hypot(...scores));
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const flat = low === high;
  switch (rule.kind) {
    case 'BACKGROUND':
      return scores.map((s) => Math.max(rule.least ?? 0, (s - rule.mean) / rule.deviation));
    case 'BACKGROUNDS':
      return hits.map(({ collection, score }) =>
        Math.max(rule.least, (score - rule.of[collection]!.mean) / rule.of[collection]!.deviation),
      );
    case 'SIMILARITY':
      return scores;
    case 'MIN_MAX':
      return scores.map((s) => (flat ? 1 : (s - low) / (high - low)));
    case 'Z_SCORE':
      return scores.map((s) => (flat ? 0 : (s - mean) / sigma));
    case 'DBSF':
      return scores.map((s) => (flat ? 0.5 : (s - mean + 3 * sigma) / (6 * sigma)));
    case 'L2':
      return scores.map((s) => s / norm);
    case 'TMM':
      return scores.map((s) => (s + 1) / Math.max(high + 1, 1e-9));
    case 'RANK':
      return scores.map((_, index) => 61 / (60 + index + 1));
  }
}
