import { fuse } from '../../src/engine/fusion/fuse.ts';
import type { NormalizationRule } from '../../src/engine/fusion/normalize.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';

/** Length of a ranked list, and of a served page. */
const TOP_K = 50;
export const PAGE = 10;

/** Discount of each position of a page: 1/log2(position + 1). */
export const DISCOUNTS = Float64Array.from({ length: PAGE }, (_, index) => 1 / Math.log2(index + 2));

/** The candidates of one query, best single rank first; matrices row-major, candidates × F. */
export interface Candidates {
  readonly count: number;
  readonly x: Float64Array;
  readonly ranks: Uint32Array;
  /** Grades 0..3, one array per group of users. */
  readonly grades: readonly Uint8Array[];
  /** DCG@10 of the best possible page, per group. */
  readonly ideal: Float64Array;
}

export interface Found {
  /** Raw scores by feature and document. */
  readonly raw: readonly Float64Array[];
  readonly rules: readonly NormalizationRule[];
  /** Grades by group and document. */
  readonly graded: readonly Uint8Array[];
  /** COMPLETE: a candidate's score is known in every list; ZERO: it adds 0 where it is absent. */
  readonly missing: 'ZERO' | 'COMPLETE';
}

/** All candidates of a query, as the engine's own fusion finds them. */
export function candidatesOf({ raw, rules, graded, missing }: Found): Candidates {
  const features = raw.length;
  const { table, candidateCount: count } = fuse({
    strategy: 'WEIGHTED',
    rrfK: 60,
    lists: raw.map(topList),
    rules,
    weights: new Float64Array(features).fill(1 / features),
    limit: features * TOP_K,
    depth: 0,
    collections: ['simulated'],
  });
  const documents = table.ids.map(Number);
  const x = table.normalized;
  if (missing === 'COMPLETE') complete(x, documents, { raw, rules });
  return {
    count,
    x,
    ranks: table.ranks,
    grades: graded.map((grades) => Uint8Array.from(documents, (document) => grades[document]!)),
    ideal: Float64Array.from(graded, idealOf),
  };
}

/** The first 50 documents by score. Insertion into a short list: most of 500 scores are refused by one comparison. */
function topList(scores: Float64Array): RankedList {
  const best = new Int32Array(TOP_K);
  let filled = 0;
  for (let document = 0; document < scores.length; document += 1) {
    const score = scores[document]!;
    if (filled === TOP_K && score <= scores[best[TOP_K - 1]!]!) continue;
    let place = filled < TOP_K ? filled++ : TOP_K - 1;
    for (; place > 0 && scores[best[place - 1]!]! < score; place -= 1) best[place] = best[place - 1]!;
    best[place] = document;
  }
  return Array.from(best, (document) => ({ collection: 0, id: String(document), score: scores[document]! }));
}

/** Replaces every x by that of the exact score, whether the document is in the list or not. */
function complete(
  x: Float64Array,
  documents: readonly number[],
  { raw, rules }: Pick<Found, 'raw' | 'rules'>,
): void {
  const features = raw.length;
  rules.forEach((rule, f) => {
    if (rule.kind !== 'BACKGROUND') throw new Error('complete needs a background');
    documents.forEach((document, row) => {
      x[row * features + f] = (raw[f]![document]! - rule.mean) / rule.deviation;
    });
  });
}

/** DCG@10 of all documents in order of their grades. */
function idealOf(grades: Uint8Array): number {
  const counts = [0, 0, 0, 0];
  for (let document = 0; document < grades.length; document += 1) counts[grades[document]!]! += 1;
  let sum = 0;
  for (let grade = 3, place = 0; grade > 0; grade -= 1)
    for (let left = counts[grade]!; left > 0 && place < PAGE; left -= 1) sum += grade * DISCOUNTS[place++]!;
  return sum;
}
