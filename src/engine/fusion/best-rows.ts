import { compareUtf8 } from '../ids.ts';
import type { Pool } from './fuse.ts';

/** Scores that agree to 12 decimals are ties. */
const TIE = 1e12;

/**
 * The best rows of a pool, at most `most`, in order: fused score, then best single rank, then name of the collection
 * and id by UTF-8 bytes. Rows that cannot be among them are left out before the sorting, which is the dear part.
 */
export function bestRows(
  pool: Pick<Pool, 'ids' | 'collection' | 'bestRank'>,
  fused: Float64Array,
  wanted: { readonly collections: readonly string[]; readonly most: number },
): readonly number[] {
  const { ids, collection, bestRank } = pool;
  const { collections, most } = wanted;
  const rounded = new Float64Array(fused.length);
  for (let row = 0; row < fused.length; row += 1) rounded[row] = Math.round(fused[row]! * TIE);
  const least = leastKept(rounded, most);
  const rows: number[] = [];
  for (let row = 0; row < rounded.length; row += 1) if (rounded[row]! >= least) rows.push(row);
  rows.sort((a, b) => {
    if (rounded[a] !== rounded[b]) return rounded[b]! - rounded[a]!;
    if (bestRank[a] !== bestRank[b]) return bestRank[a]! - bestRank[b]!;
    if (collection[a] === collection[b]) return compareUtf8(ids[a]!, ids[b]!);
    return compareUtf8(collections[collection[a]!]!, collections[collection[b]!]!);
  });
  return rows.slice(0, most);
}

/** The score of the last row that is kept; rows that tie with it stay in the running. */
function leastKept(rounded: Float64Array, most: number): number {
  if (most <= 0) return Infinity;
  if (rounded.length <= most) return -Infinity;
  return rounded.slice().sort()[rounded.length - most]!;
}
