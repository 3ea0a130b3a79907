import { createHash } from 'node:crypto';
import type { Pack } from './pack.ts';

export interface Halves {
  /** The pack with the queries that users ask. */
  readonly learning: Pack;
  /** The pack with the queries that nothing is learned from. */
  readonly judging: Pack;
}

/** Splits the queries by a bit of the SHA-256 of their id, so that the same query is always in the same half. */
export function halvesOf(pack: Pack): Halves {
  const bit = (id: string): number => createHash('sha256').update(id).digest()[0]! & 1;
  const half = (wanted: number): Pack => ({
    ...pack,
    queries: pack.queries.filter(({ id }) => bit(id) === wanted),
  });
  return { learning: half(1), judging: half(0) };
}
