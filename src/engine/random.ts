/**
 * Seeded randomness: sfc32 (Chris Doty-Humphrey, PractRand), 32-bit, period about 2^127, seeded from a
 * string through cyrb128-style mixing. Pure: the same seed gives the same numbers on every machine.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
}

/** A generator for `seed`; any string. */
export function seededRandom(seed: string): Random {
  let [a, b, c, d] = mix(seed);
  const step = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 12; i += 1) step();
  return { next: step };
}

/** Four 32-bit words from a string (multiply-xor over UTF-16 units). */
function mix(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    words[0] = words[1] ^ Math.imul(words[0] ^ unit, 597399067);
    words[1] = words[2] ^ Math.imul(words[1] ^ unit, 2869860233);
    words[2] = words[3] ^ Math.imul(words[2] ^ unit, 951274213);
    words[3] = words[0] ^ Math.imul(words[3] ^ unit, 2716044179);
  }
  return words;
}
