import { seededRandom, type Random } from '../../src/engine/random.ts';
import { standardNormals } from '../../src/engine/learning/normal.ts';

export const FEATURES = ['title', 'body', 'image'] as const;
export const DIMS = 384;

/** Directions in which vectors differ: embeddings fill far fewer than they have numbers. */
const LATENT = 32;
const CENTRES = 256;
/** Of documents around their centre, where centres lie 1 around the origin. */
const SPREAD = 0.6;
/** Of every number of a vector by itself, where its latent part lies 1 around 0. */
const NOISE = 0.1;

/** Documents and questions; all vectors of a feature in one block, row after row. */
export interface World {
  readonly documents: number;
  /** One block per feature. */
  readonly blocks: readonly Float32Array[];
  /** One vector per feature each. */
  readonly questions: readonly (readonly Float32Array[])[];
}

export const idOf = (place: number): string => `document ${place}`;
export const vectorAt = (block: Float32Array, place: number): Float32Array =>
  block.subarray(place * DIMS, (place + 1) * DIMS);

/**
 * Seeded vectors. Each document and question belongs to one of 256 centres in a space of 32 dimensions and lies around
 * it, in every feature elsewhere; each feature has a projection of its own into 384 numbers and adds some noise.
 */
export function makeWorld(documents: number, questions: number): World {
  const random = seededRandom('bench elasticsearch');
  const centres = Array.from({ length: CENTRES }, () => standardNormals(random, LATENT));
  const projections = FEATURES.map(() => standardNormals(random, LATENT * DIMS));
  const centreOf = Uint16Array.from({ length: documents + questions }, () =>
    Math.floor(random.next() * CENTRES),
  );
  const rows = projections.map((projection) => {
    const block = new Float32Array((documents + questions) * DIMS);
    centreOf.forEach((centre, place) =>
      fill(vectorAt(block, place), { random, projection, centre: centres[centre]! }),
    );
    return block;
  });
  return {
    documents,
    blocks: rows.map((block) => block.subarray(0, documents * DIMS)),
    questions: Array.from({ length: questions }, (_, index) =>
      // Copies: usearch reads a query from the beginning of its buffer.
      rows.map((block) => vectorAt(block, documents + index).slice()),
    ),
  };
}

function fill(
  vector: Float32Array,
  how: { readonly random: Random; readonly projection: Float64Array; readonly centre: Float64Array },
): void {
  const { random, projection, centre } = how;
  const scale = 1 / Math.sqrt(LATENT);
  const offsets = standardNormals(random, LATENT);
  const sums = new Float64Array(DIMS);
  for (let direction = 0; direction < LATENT; direction += 1) {
    const length = (centre[direction]! + SPREAD * offsets[direction]!) * scale;
    const start = direction * DIMS;
    for (let i = 0; i < DIMS; i += 1) sums[i]! += length * projection[start + i]!;
  }
  // Uniform noise of the same deviation: a third of the time of normal noise.
  for (let i = 0; i < DIMS; i += 1) vector[i] = sums[i]! + NOISE * Math.sqrt(12) * (random.next() - 0.5);
}
