import { bestRows } from './best-rows.ts';
import { candidateTable } from './candidate-table.ts';
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
  /**
   * Candidates whose score in a list is known although they have no rank in it, one list per feature; none unless
   * given. They are normalized together with the list and count where scores do; rrf and dbsf know ranked hits only.
   */
  readonly completed?: readonly RankedList[];
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

/** All candidates, one row each, in order of first sight. */
export interface Pool {
  readonly ids: readonly string[];
  /** Index of the collection, per row. */
  readonly collection: Uint16Array;
  /** Least rank over all lists, from 1, per row. */
  readonly bestRank: Float64Array;
  /** Row of every hit, per list. */
  readonly rows: readonly Uint32Array[];
}

/** What a list gives to its hits, in order of the list. */
export interface ScoredList {
  /** Normalized scores x. */
  readonly x: Float64Array;
  /** Parts of the fused scores. */
  readonly parts: Float64Array;
}

/** Fused score per row; for max also the feature that won it, else null. */
export interface Totals {
  readonly fused: Float64Array;
  readonly winner: Int32Array | null;
}

/**
 * Fuses ranked lists into one: order by fused score, then best single rank, then collection and id (UTF-8 bytes).
 * Scores that agree to 12 decimals are ties, so that the noise of adding in floating point decides nothing.
 */
export function fuse(input: FusionInput): Fused {
  const features = input.lists.length;
  if (input.weights.length !== features || input.rules.length !== features)
    throw new RangeError(`${features} lists need as many weights and rules`);
  const known = input.lists.map((list, feature) => list.concat(input.completed?.[feature] ?? []));
  const ranked = input.lists.map(({ length }) => length);
  const pool = gather(known, ranked, input.collections.length);
  const scored = known.map((list, feature) => scoreList(input, feature, list));
  const totals = input.strategy === 'MAX' ? greatest(pool, scored) : sums(pool, scored);
  const candidateCount = pool.ids.length;
  const hitCount = Math.min(input.limit, candidateCount);
  const kept = bestRows(pool, totals.fused, {
    collections: input.collections,
    most: hitCount + input.depth,
  });
  return { table: candidateTable(known, { ranked, pool, scored, totals, kept }), hitCount, candidateCount };
}

/** `ranked`: how many of each list, from its front, have a rank. */
function gather(lists: readonly RankedList[], ranked: readonly number[], collections: number): Pool {
  const rowOf = Array.from({ length: collections }, () => new Map<string, number>());
  const most = lists.reduce((sum, { length }) => sum + length, 0);
  const ids: string[] = [];
  const collection = new Uint16Array(most);
  const bestRank = new Float64Array(most).fill(Infinity);
  const rows = lists.map((list, feature) => {
    const places = new Uint32Array(list.length);
    const end = ranked[feature]!;
    for (let index = 0; index < list.length; index += 1) {
      const hit = list[index]!;
      const known = rowOf[hit.collection]!;
      let row = known.get(hit.id);
      if (row === undefined) {
        row = ids.length;
        ids.push(hit.id);
        known.set(hit.id, row);
        collection[row] = hit.collection;
      }
      if (index < end && index + 1 < bestRank[row]!) bestRank[row] = index + 1;
      places[index] = row;
    }
    return places;
  });
  return { ids, collection, bestRank, rows };
}

function scoreList(input: FusionInput, feature: number, list: RankedList): ScoredList {
  const ranked = input.lists[feature]!;
  const weight = input.weights[feature]!;
  const x = normalize(list, input.rules[feature]!);
  const parts = new Float64Array(list.length);
  switch (input.strategy) {
    case 'RRF':
      for (let i = 0; i < ranked.length; i += 1) parts[i] = rrfContribution(weight, i + 1, input.rrfK);
      break;
    case 'DBSF': {
      const d = distribution(ranked);
      for (let i = 0; i < ranked.length; i += 1) parts[i] = weight * d[i]!;
      break;
    }
    case 'WEIGHTED':
    case 'MAX':
      for (let i = 0; i < parts.length; i += 1) parts[i] = weightedContribution(weight, x[i]!);
      break;
  }
  return { x, parts };
}

function sums({ ids, rows }: Pool, scored: readonly ScoredList[]): Totals {
  const fused = new Float64Array(ids.length);
  scored.forEach(({ parts }, feature) => {
    const places = rows[feature]!;
    for (let i = 0; i < parts.length; i += 1) fused[places[i]!]! += parts[i]!;
  });
  return { fused, winner: null };
}

/** max_f w_f · x_f over the lists that hold the document; only the winner contributes (ties: first in order). */
function greatest({ ids, rows }: Pool, scored: readonly ScoredList[]): Totals {
  const fused = new Float64Array(ids.length).fill(-Infinity);
  const winner = new Int32Array(ids.length);
  scored.forEach(({ parts }, feature) => {
    const places = rows[feature]!;
    for (let i = 0; i < parts.length; i += 1) {
      const row = places[i]!;
      if (parts[i]! <= fused[row]!) continue;
      fused[row] = parts[i]!;
      winner[row] = feature;
    }
  });
  return { fused, winner };
}
