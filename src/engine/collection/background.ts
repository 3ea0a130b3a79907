import { normOf, rawScores } from '../search/similarity.ts';
import { seededRandom } from '../random.ts';
import type { Similarity } from './collection.ts';

/** Fewer documents than this say too little about chance. */
export const LEAST_DOCUMENTS = 50;
/** Documents sampled for one measurement. */
export const SAMPLE_DOCUMENTS = 1_000;
/** Pairs drawn from the sample, with replacement. */
export const SAMPLE_PAIRS = 4_000;
const LEAST_DEVIATION = 1e-6;

export interface Moments {
  readonly mean: number;
  /** Sample standard deviation (n − 1), at least 1e-6. */
  readonly deviation: number;
}

/**
 * Mean and sample standard deviation of the raw similarity of 4,000 random pairs of two different documents, drawn
 * with replacement by the seed: μ and σ of the `background` normalization. Needs two vectors of the same length.
 */
export function backgroundOf(
  vectors: readonly Float32Array[],
  similarity: Similarity,
  seed: string,
): Moments {
  if (vectors.length < 2) throw new RangeError('a pair needs two documents');
  const random = seededRandom(seed);
  const scores = new Float64Array(SAMPLE_PAIRS);
  for (let pair = 0; pair < scores.length; pair += 1) {
    const a = Math.floor(random.next() * vectors.length);
    const b = (a + 1 + Math.floor(random.next() * (vectors.length - 1))) % vectors.length;
    const block = vectors[b]!;
    scores[pair] = rawScores(similarity, { block, norms: [normOf(block)] }, vectors[a]!)(0);
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, deviation: Math.max(Math.sqrt(squares / (scores.length - 1)), LEAST_DEVIATION) };
}
