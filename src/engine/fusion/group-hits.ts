import type { FieldScalar } from '../collection/collection.ts';

/** How many hits are served, in all and of one group. */
export interface GroupLimits {
  /** Most hits of one group, from 1. */
  readonly perGroup: number;
  /** Most hits in all. */
  readonly hits: number;
}

/**
 * Which hits are served: indexes into the fused order, ascending. `groups` holds the group value of each hit in
 * fused order; null: the hit is a group of its own. A hit whose group has its limit already is skipped, the order
 * stays. The position of a served hit is its place in the result, from 1: skipped hits take no position.
 * No hits: an empty list. `perGroup` at least the number of hits: all of them, up to `hits`.
 */
export function groupHits(groups: readonly (FieldScalar | null)[], limits: GroupLimits): readonly number[] {
  const counts = new Map<FieldScalar, number>();
  const served: number[] = [];
  for (let index = 0; index < groups.length && served.length < limits.hits; index += 1) {
    const group = groups[index]!;
    if (group !== null) {
      const count = counts.get(group) ?? 0;
      if (count >= limits.perGroup) continue;
      counts.set(group, count + 1);
    }
    served.push(index);
  }
  return served;
}
