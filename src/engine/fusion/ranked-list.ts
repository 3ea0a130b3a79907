/**
 * What fusion reads: one ranked list per feature. Hits are unique, finite, best first, ties in order of
 * (collection, id by UTF-8 bytes); the rank of a hit is its index + 1.
 */
export interface RankedHit {
  /** Index of the document's collection in the retriever's list of collections. */
  readonly collection: number;
  readonly id: string;
  /** Raw similarity: cosine, dot product, or minus the Euclidean distance. */
  readonly score: number;
}
export type RankedList = readonly RankedHit[];
