/**
 * Forward decay: a term of an impression made at t is multiplied by 2^((t − t0)/h) when it is added, and sums are
 * divided by 2^((now − t0)/h) when they are read, so that nothing stored ever has to shrink. Times in milliseconds
 * since 1970, h in milliseconds. Without a half-life every factor is 1. After i steps of length d the kept share is
 * 2^(−i·d/h), so Σ_i 2^(−i·d/h) ≈ h/(d·ln 2): h = 693·d keeps about 1,000 terms effective.
 * Source: G. Cormode et al., "Forward Decay" (ICDE 2009).
 */
export interface DecayFrame {
  /** Reference time of the sums. */
  readonly t0: number;
  /** Null: nothing fades. */
  readonly halfLife: number | null;
}

/** What a term of an impression made at `at` is multiplied by when it is added. */
export function decayFactor(at: number, frame: DecayFrame): number {
  return frame.halfLife === null ? 1 : 2 ** ((at - frame.t0) / frame.halfLife);
}

/** What sums are multiplied by when they are read at `now`. */
export function readingFactor(now: number, frame: DecayFrame): number {
  return frame.halfLife === null ? 1 : 2 ** ((frame.t0 - now) / frame.halfLife);
}
