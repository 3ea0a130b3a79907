import type { Random } from '../random.ts';

/**
 * `count` independent standard normals. Box–Muller: √(−2·ln u)·(cos, sin)(2π·t), u in (0, 1], t in [0, 1).
 * Source: G. Box, M. Muller, "A Note on the Generation of Random Normal Deviates" (1958).
 */
export function standardNormals(random: Random, count: number): Float64Array {
  const normals = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    normals[i] = radius * Math.cos(angle);
    if (i + 1 < count) normals[i + 1] = radius * Math.sin(angle);
  }
  return normals;
}

/**
 * Distribution function of the standard normal, to about 15 digits, also far out in the left tail.
 * Φ(z) = erfc(−z/√2)/2. Source: M. Abramowitz, I. Stegun, 7.1.6 (series) and 7.1.14 (continued fraction).
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const tail = x < 2.5 ? (1 - errorSeries(x)) / 2 : errorFraction(x) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** erf(x) = 2/√π · e^(−x²) · Σ_n 2ⁿ·x^(2n+1)/(1·3·…·(2n+1)); all terms positive, so nothing cancels. */
function errorSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-17 * sum; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), cut after 60 steps. */
function errorFraction(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
