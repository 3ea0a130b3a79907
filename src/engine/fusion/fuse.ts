import { compareUtf8 } from '../ids.ts';
import { distribution, normalize, type NormalizationRule } from './normalize.ts';
import { rrfContribution } from './rrf.ts';
import { weightedContribution } from './weighted.ts';
import type { CandidateTable } from '../execution/record.ts';
import type { RankedList } from './ranked-list.ts';
import type { StaticStrategy } from '../retriever/retriever.ts';

export interface FusionInput {
  readonly strategy: StaticStrategy;
  readonly rrfK: number;
  /** One per feature. */
  readonly lists: readonly RankedList[];
  /** How x is made, one per feature; x is recorded whatever the strategy, so that every page can teach. */
  readonly rules: readonly NormalizationRule[];
  /** As served, one per feature. */
  readonly weights: Float64Array;
  /** Hits to keep. */
  readonly limit: number;
  /** Further candidates to keep beyond the hits. */
  readonly depth: number;
  /** Names of the collections, for the order of ties. */
  readonly collections: readonly string[];
}

export interface Fused {
  /** Hits first, then further candidates, in fused order. */
  readonly table: CandidateTable;
  readonly hitCount: number;
  /** Distinct candidates over all lists. */
  readonly candidateCount: number;
}

/** All candidates in order of first sight; matrices are row-major, candidates × F. */
interface Pool {
  readonly ids: string[];
  readonly collection: number[];
  readonly bestRank: number[];
  /** Row of every hit, per list. */
  readonly rows: readonly Uint32Array[];
}

/**
 * Fuses ranked lists into one: order by fused score, then best single rank, then collection and id (UTF-8 bytes).
 * Scores that agree to 12 decimals are ties, so that the noise of adding in floating point decides nothing.
 */
export function fuse(input: FusionInput): Fused {
  const features = input.lists.length;
  if (input.weights.length !== features || input.rules.length !== features)
    throw new RangeError(`${features} lists need as many weights and rules`);
  const pool = gather(input.lists, input.collections.length);
  const scored = score(input, pool);
  const order = sort(pool, scored.fused, input.collections);
  const hitCount = Math.min(input.limit, order.length);
  const kept = order.slice(0, hitCount + input.depth);
  return { table: cut(pool, scored, kept), hitCount, candidateCount: order.length };
}

function gather(lists: readonly RankedList[], collections: number): Pool {
  const rowOf = Array.from({ length: collections }, () => new Map<string, number>());
  const ids: string[] = [];
  const collection: number[] = [];
  const bestRank: number[] = [];
  const rows = lists.map((list) => {
    const places = new Uint32Array(list.length);
    for (let index = 0; index < list.length; index += 1) {
      const hit = list[index]!;
      const known = rowOf[hit.collection]!;
      let row = known.get(hit.id);
      if (row === undefined) {
        row = ids.push(hit.id) - 1;
        known.set(hit.id, row);
        collection.push(hit.collection);
        bestRank.push(index + 1);
      } else if (index + 1 < bestRank[row]!) bestRank[row] = index + 1;
      places[index] = row;
    }
    return places;
  });
  return { ids, collection, bestRank, rows };
}

interface Scored {
  readonly features: number;
  readonly fused: Float64Array;
  readonly ranks: Uint32Array;
  readonly raw: Float64Array;
  readonly normalized: Float64Array;
  readonly contributions: Float64Array;
}

function score(input: FusionInput, pool: Pool): Scored {
  const features = input.lists.length;
  const cells = pool.ids.length * features;
  const scored: Scored = {
    features,
    fused: new Float64Array(pool.ids.length),
    ranks: new Uint32Array(cells),
    raw: new Float64Array(cells).fill(NaN),
    normalized: new Float64Array(cells),
    contributions: new Float64Array(cells),
  };
  input.lists.forEach((list, feature) => {
    const x = normalize(list, input.rules[feature]!);
    const parts = contributionsOf(input, feature, x);
    const rows = pool.rows[feature]!;
    for (let index = 0; index < list.length; index += 1) {
      const cell = rows[index]! * features + feature;
      scored.ranks[cell] = index + 1;
      scored.raw[cell] = list[index]!.score;
      scored.normalized[cell] = x[index]!;
      scored.contributions[cell] = parts[index]!;
    }
  });
  if (input.strategy === 'MAX') keepGreatest(scored);
  else addUp(scored);
  return scored;
}

/** One feature's part of the fused score of each of its hits. */
function contributionsOf(input: FusionInput, feature: number, x: Float64Array): Float64Array {
  const weight = input.weights[feature]!;
  switch (input.strategy) {
    case 'RRF':
      return x.map((_, index) => rrfContribution(weight, index + 1, input.rrfK));
    case 'DBSF':
      return distribution(Float64Array.from(input.lists[feature]!, (hit) => hit.score)).map(
        (d) => weight * d,
      );
    case 'WEIGHTED':
    case 'MAX':
      return x.map((value) => weightedContribution(weight, value));
  }
}

function addUp({ features, fused, contributions }: Scored): void {
  for (let row = 0; row < fused.length; row += 1) {
    let sum = 0;
    for (let feature = 0; feature < features; feature += 1) sum += contributions[row * features + feature]!;
    fused[row] = sum;
  }
}

/** max_f w_f · x_f over the lists that hold the document; only the winner contributes (ties: first in order). */
function keepGreatest({ features, fused, ranks, contributions }: Scored): void {
  for (let row = 0; row < fused.length; row += 1) {
    let winner = -1;
    for (let feature = 0; feature < features; feature += 1) {
      const cell = row * features + feature;
      if (ranks[cell] === 0) continue;
      if (winner < 0 || contributions[cell]! > contributions[row * features + winner]!) winner = feature;
    }
    fused[row] = contributions[row * features + winner]!;
    for (let feature = 0; feature < features; feature += 1)
      if (feature !== winner) contributions[row * features + feature] = 0;
  }
}

function sort(pool: Pool, fused: Float64Array, collections: readonly string[]): Uint32Array {
  const rounded = fused.map((value) => Math.round(value * 1e12));
  return Uint32Array.from(pool.ids.keys()).sort(
    (a, b) =>
      rounded[b]! - rounded[a]! ||
      pool.bestRank[a]! - pool.bestRank[b]! ||
      (pool.collection[a] === pool.collection[b]
        ? compareUtf8(pool.ids[a]!, pool.ids[b]!)
        : compareUtf8(collections[pool.collection[a]!]!, collections[pool.collection[b]!]!)),
  );
}

function cut(pool: Pool, scored: Scored, kept: Uint32Array): CandidateTable {
  const { features } = scored;
  const table = {
    collection: Uint16Array.from(kept, (row) => pool.collection[row]!),
    ids: Array.from(kept, (row) => pool.ids[row]!),
    fused: Float64Array.from(kept, (row) => scored.fused[row]!),
    ranks: new Uint32Array(kept.length * features),
    raw: new Float64Array(kept.length * features),
    normalized: new Float64Array(kept.length * features),
    contributions: new Float64Array(kept.length * features),
  };
  kept.forEach((row, index) => {
    for (const name of ['ranks', 'raw', 'normalized', 'contributions'] as const)
      table[name].set(scored[name].subarray(row * features, (row + 1) * features), index * features);
  });
  return table;
}
