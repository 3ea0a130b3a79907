import type { DecayFrame } from './half-life.ts';

/**
 * The frames of forward decay in which sums are stored, on a grid: era e of half-life h begins at t0 = 32·h·e. A
 * term is weighed within the era of its impression (factors 1 to 2³²), and sums of an earlier era become sums of a
 * later one by a power of two. So the stored sums do not depend on the order in which terms came, no exponent
 * overflows, and moving on rounds nothing. Without a half-life all is era 0. Times in milliseconds since 1970.
 */
export const ERA_HALVINGS = 32;
/** After this many eras without a term, what is left (2⁻²⁵⁶) is nothing. */
export const ERAS_KEPT = 8;

/** The era of an impression made at `at`. */
export function eraOf(at: number, halfLife: number | null): number {
  return halfLife === null ? 0 : Math.floor(at / (ERA_HALVINGS * halfLife));
}

export function frameOfEra(era: number, halfLife: number | null): DecayFrame {
  return { t0: halfLife === null ? 0 : era * ERA_HALVINGS * halfLife, halfLife };
}

/** What sums of era `from` are multiplied by to become sums of era `to` ≥ `from`. */
export function eraFactor(from: number, to: number): number {
  return to - from > ERAS_KEPT ? 0 : 2 ** (-ERA_HALVINGS * (to - from));
}
