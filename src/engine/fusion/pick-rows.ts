import type { CandidateTable } from '../execution/record.ts';

/** The table of these rows only, in this order. */
export function pickRows(table: CandidateTable, rows: readonly number[]): CandidateTable {
  const features = table.ids.length === 0 ? 0 : table.ranks.length / table.ids.length;
  const cells = rows.length * features;
  const picked = {
    collection: Uint16Array.from(rows, (row) => table.collection[row]!),
    ids: rows.map((row) => table.ids[row]!),
    fused: Float64Array.from(rows, (row) => table.fused[row]!),
    ranks: new Uint32Array(cells),
    raw: new Float64Array(cells),
    normalized: new Float64Array(cells),
    contributions: new Float64Array(cells),
  };
  rows.forEach((row, index) => {
    for (const name of ['ranks', 'raw', 'normalized', 'contributions'] as const)
      picked[name].set(table[name].subarray(row * features, (row + 1) * features), index * features);
  });
  return picked;
}
