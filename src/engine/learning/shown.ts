import type { CreditChange, CreditedExecution, HitChange } from './credit.ts';

/** Ranks `from`..`to` of an execution that were on a page served at `at` (milliseconds since 1970). */
export interface ShownRange {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** When each hit was first shown, by rank − 1; null: not yet. The earliest counts, whichever was written first. */
export function shownAt(ranges: readonly ShownRange[], hitCount: number): (number | null)[] {
  const times = new Array<number | null>(hitCount).fill(null);
  for (const { from, to, at } of ranges)
    for (let rank = Math.max(from, 1); rank <= Math.min(to, hitCount); rank += 1) {
      const before = times[rank - 1] ?? null;
      if (before === null || at < before) times[rank - 1] = at;
    }
  return times;
}

/** What is known of an execution's hits: pages served, and kinds by rank. */
export interface HitsKnown {
  readonly ranges: readonly ShownRange[];
  readonly kinds: ReadonlyMap<number, number>;
}

/** The change from one state of knowledge to another; null where nothing differs. */
export function changeBetween(
  execution: CreditedExecution,
  before: HitsKnown,
  after: HitsKnown,
): CreditChange | null {
  const { hitCount } = execution;
  const shownBefore = shownAt(before.ranges, hitCount);
  const shownAfter = before.ranges === after.ranges ? shownBefore : shownAt(after.ranges, hitCount);
  const hits: HitChange[] = [];
  for (let rank = 1; rank <= hitCount; rank += 1) {
    const from = { shownAt: shownBefore[rank - 1] ?? null, kinds: before.kinds.get(rank) ?? 0 };
    const to = { shownAt: shownAfter[rank - 1] ?? null, kinds: after.kinds.get(rank) ?? 0 };
    if (from.shownAt !== to.shownAt || from.kinds !== to.kinds) hits.push({ rank, before: from, after: to });
  }
  const firstShownAt = { before: earliest(shownBefore), after: earliest(shownAfter) };
  if (hits.length === 0) return null;
  return { execution, firstShownAt, hits };
}

const earliest = (times: readonly (number | null)[]): number | null =>
  times.reduce((least, at) => (least === null || (at !== null && at < least) ? at : least), null);

export const NOTHING_KNOWN: HitsKnown = { ranges: [], kinds: new Map() };

/** The change that new kinds of some hits make; null where none differs. */
export function changeOfKinds(
  execution: CreditedExecution,
  { ranges, kinds: before }: HitsKnown,
  after: ReadonlyMap<number, number>,
): CreditChange | null {
  const hits: HitChange[] = [];
  for (const [rank, kinds] of after) {
    const had = before.get(rank) ?? 0;
    if (had === kinds) continue;
    const at = firstAt(ranges, rank);
    hits.push({ rank, before: { shownAt: at, kinds: had }, after: { shownAt: at, kinds } });
  }
  if (hits.length === 0) return null;
  return { execution, firstShownAt: { before: null, after: null }, hits };
}

/** When a hit was first shown; null: not yet. */
function firstAt(ranges: readonly ShownRange[], rank: number): number | null {
  let first: number | null = null;
  for (const { from, to, at } of ranges)
    if (rank >= from && rank <= to && (first === null || at < first)) first = at;
  return first;
}
