import { normOf, rawScores } from '../search/similarity.ts';
import { seededRandom } from '../random.ts';
import type { Similarity } from './collection.ts';

/** Fewer documents than this say too little about chance. */
export const LEAST_DOCUMENTS = 50;
/** Documents sampled for one measurement. */
export const SAMPLE_DOCUMENTS = 1_000;
/** Pairs drawn from the sample, with replacement: with a tenth of them NDCG moved by .002 from sample to sample. */
export const SAMPLE_PAIRS = 40_000;
const LEAST_DEVIATION = 1e-6;

export interface Moments {
  readonly mean: number;
  /** Sample standard deviation (n − 1), at least 1e-6. */
  readonly deviation: number;
}

/**
 * Mean and sample standard deviation of the raw similarity of 40,000 random pairs of two different documents, drawn
 * with replacement by the seed: μ and σ of the `background` normalization. The first of a pair goes round all
 * documents, the second is drawn. Needs two vectors of the same length.
 */
export function backgroundOf(
  vectors: readonly Float32Array[],
  similarity: Similarity,
  seed: string,
): Moments {
  if (vectors.length < 2) throw new RangeError('a pair needs two documents');
  const random = seededRandom(seed);
  const dims = vectors[0]!.length;
  const block = new Float32Array(vectors.length * dims);
  vectors.forEach((vector, row) => block.set(vector, row * dims));
  const rows = { block, norms: vectors.map(normOf) };
  const scores = new Float64Array(SAMPLE_PAIRS);
  vectors.forEach((vector, first) => {
    const scoreOf = rawScores(similarity, rows, vector);
    for (let pair = first; pair < SAMPLE_PAIRS; pair += vectors.length)
      scores[pair] = scoreOf((first + 1 + Math.floor(random.next() * (vectors.length - 1))) % vectors.length);
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, deviation: Math.max(Math.sqrt(squares / (scores.length - 1)), LEAST_DEVIATION) };
}
