import { countersLength, featuresOf, STRATA } from './counters.ts';

/**
 * Counters are kept with the features in order of their URIs, because two versions of a retriever may name the same
 * features in another order and still share a learning generation. Entry i: the place, in order of the searches, of
 * the i-th feature by URI.
 */
export type FeatureOrder = readonly number[];

export function canonicalOrder(features: readonly string[]): FeatureOrder {
  return features
    .map((uri, index) => ({ uri, index }))
    .sort((a, b) => (a.uri < b.uri ? -1 : 1))
    .map(({ index }) => index);
}

/** The order that leads back: from order of URI to order of the searches. */
export function invertOrder(order: FeatureOrder): FeatureOrder {
  const inverse = order.map(() => 0);
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  return inverse;
}

/** Counters with the features put into another order: feature i of the result is feature order[i] of `sums`. */
export function reorderCounters(sums: Float64Array, order: FeatureOrder): Float64Array {
  const features = featuresOf(sums);
  if (order.every((from, to) => from === to)) return sums;
  const result = Float64Array.from(sums);
  const head = countersLength(0);
  const triangle = head + (STRATA + 2) * features;
  const credits = sums.length - 4 * features;
  for (let block = 0; block < STRATA + 2; block += 1)
    copyBlock({ sums, result }, head + block * features, order);
  for (let block = 0; block < 4; block += 1) copyBlock({ sums, result }, credits + block * features, order);
  let at = triangle;
  for (let row = 0; row < features; row += 1)
    for (let column = row; column < features; column += 1)
      result[at++] = sums[triangle + inTriangle(order[row]!, order[column]!, features)]!;
  return result;
}

function copyBlock(
  arrays: { readonly sums: Float64Array; readonly result: Float64Array },
  at: number,
  order: FeatureOrder,
): void {
  for (let to = 0; to < order.length; to += 1) arrays.result[at + to] = arrays.sums[at + order[to]!]!;
}

/** Place of (a, b) in an upper triangle stored row by row. */
function inTriangle(a: number, b: number, features: number): number {
  const row = Math.min(a, b);
  const column = Math.max(a, b);
  return row * features - (row * (row - 1)) / 2 + (column - row);
}
