import { compareUtf8 } from '../ids.ts';
import type { RankedHit, RankedList } from '../fusion/ranked-list.ts';

/**
 * The lists of one search over several collections as one: by raw score, then name of the collection and id by UTF-8
 * bytes; the first topK. Each list is in order and at least topK long where it can be, so nothing is missed.
 * `names` are those of the retriever's collections.
 */
export function mergeHits(lists: readonly RankedList[], names: readonly string[], topK: number): RankedList {
  const [first, ...others] = lists;
  if (first === undefined) return [];
  if (others.length === 0) return first.slice(0, topK);
  const nameOf = ({ collection }: RankedHit): string => names[collection]!;
  return lists
    .flat()
    .sort((a, b) => b.score - a.score || compareUtf8(nameOf(a), nameOf(b)) || compareUtf8(a.id, b.id))
    .slice(0, topK);
}
