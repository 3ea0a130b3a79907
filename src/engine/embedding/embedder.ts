import type { EmbedderKind, Feature } from '../collection/collection.ts';

/** Turns texts into vectors of a feature. */
export interface Embedder {
  /**
   * One vector of `feature.dims` numbers per text, in order; null where a text says nothing (no words in it).
   * Rejects when the texts cannot be embedded before the deadline.
   */
  embed(
    feature: Feature,
    texts: readonly string[],
    deadlineMilliseconds: number,
  ): Promise<readonly (Float32Array | null)[]>;
}

/** An embedder for every kind of feature. */
export interface Embedders extends Embedder {
  /** Why features of this kind cannot be embedded here; null where they can, and for NONE. */
  whyNot(kind: EmbedderKind): string | null;
}
