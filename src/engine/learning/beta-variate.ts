import { standardNormals } from './normal.ts';
import type { Random } from '../random.ts';

/** A draw of Beta(α, β), α and β > 0: G_α/(G_α + G_β) with gamma variates G. */
export function betaVariate(random: Random, alpha: number, beta: number): number {
  const success = gammaVariate(random, alpha);
  const failure = gammaVariate(random, beta);
  return success + failure > 0 ? success / (success + failure) : alpha / (alpha + beta);
}

/**
 * A draw of the gamma distribution of this shape (> 0) and scale 1: d·v with d = shape − 1/3, v = (1 + z/√(9d))³,
 * accepted where ln u < z²/2 + d·(1 − v + ln v). Shapes below 1: G(shape + 1)·u^(1/shape).
 * Source: G. Marsaglia, W. Tsang, "A Simple Method for Generating Gamma Variables" (2000).
 */
function gammaVariate(random: Random, shape: number): number {
  if (shape < 1) return gammaVariate(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const z = standardNormals(random, 1)[0]!;
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < (z * z) / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}
