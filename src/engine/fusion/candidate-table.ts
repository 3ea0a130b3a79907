import type { CandidateTable } from '../execution/record.ts';
import type { Pool, ScoredList, Totals } from './fuse.ts';
import type { RankedList } from './ranked-list.ts';

export interface FusedRows {
  /** How many of each list, from its front, have a rank. */
  readonly ranked: readonly number[];
  readonly pool: Pool;
  /** One per list. */
  readonly scored: readonly ScoredList[];
  readonly totals: Totals;
  /** Rows of the pool, in final order. */
  readonly kept: readonly number[];
}

/** How the kept candidates came about: what every list gave them. Absent: rank 0, raw NaN, x and
 * contribution 0; completed: rank 0, and the rest. */
export function candidateTable(lists: readonly RankedList[], rows: FusedRows): CandidateTable {
  const { pool, totals, kept } = rows;
  const cells = kept.length * lists.length;
  const table: CandidateTable = {
    collection: new Uint16Array(kept.length),
    ids: kept.map((row) => pool.ids[row]!),
    fused: new Float64Array(kept.length),
    ranks: new Uint32Array(cells),
    raw: new Float64Array(cells).fill(NaN),
    normalized: new Float64Array(cells),
    contributions: new Float64Array(cells),
  };
  const placeOf = new Int32Array(pool.ids.length).fill(-1);
  for (let place = 0; place < kept.length; place += 1) {
    const row = kept[place]!;
    placeOf[row] = place;
    table.collection[place] = pool.collection[row]!;
    table.fused[place] = totals.fused[row]!;
  }
  lists.forEach((list, feature) => fillColumn(table, list, { ...rows, feature, placeOf }));
  return table;
}

interface Column extends FusedRows {
  readonly feature: number;
  /** Place in the table per row of the pool; −1: not kept. */
  readonly placeOf: Int32Array;
}

function fillColumn(table: CandidateTable, list: RankedList, column: Column): void {
  const { ranked, pool, scored, totals, feature, placeOf } = column;
  const places = pool.rows[feature]!;
  const { x, parts } = scored[feature]!;
  for (let index = 0; index < list.length; index += 1) {
    const row = places[index]!;
    const place = placeOf[row]!;
    if (place < 0) continue;
    const cell = place * scored.length + feature;
    table.ranks[cell] = index < ranked[feature]! ? index + 1 : 0;
    table.raw[cell] = list[index]!.score;
    table.normalized[cell] = x[index]!;
    if (totals.winner === null || totals.winner[row] === feature) table.contributions[cell] = parts[index]!;
  }
}
