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

/** Exponents stay below this: 2^256 times any sum of squares is far from the largest double, about 2^1024. */
const MOST_HALVINGS = 256;

/** What a term of an impression made at `at` is multiplied by when it is added. */
export function decayFactor(at: number, frame: DecayFrame): number {
  return frame.halfLife === null ? 1 : 2 ** ((at - frame.t0) / frame.halfLife);
}

/** What sums are multiplied by when they are read at `now`. */
export function readingFactor(now: number, frame: DecayFrame): number {
  return frame.halfLife === null ? 1 : 2 ** ((frame.t0 - now) / frame.halfLife);
}

/**
 * The frame in which a term of an impression made at `at` is to be added: the same one, or one moved on by whole
 * half-lives (a power of two, so that moving rounds nothing). Sums of the old frame are first multiplied by
 * `movingFactor`.
 */
export function frameFor(at: number, frame: DecayFrame): DecayFrame {
  if (frame.halfLife === null) return frame;
  const halvings = (at - frame.t0) / frame.halfLife;
  if (halvings < MOST_HALVINGS) return frame;
  return { t0: frame.t0 + Math.floor(halvings) * frame.halfLife, halfLife: frame.halfLife };
}

/** What sums of frame `from` are multiplied by to become sums of frame `to`, of the same half-life. */
export function movingFactor(from: DecayFrame, to: DecayFrame): number {
  return readingFactor(to.t0, from);
}
