import { createRequire } from 'node:module';
import { DIMS, idOf, type World } from './vectors.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';

const { exactSearch } = createRequire(import.meta.url)('usearch') as {
  readonly exactSearch: (
    rows: Float32Array,
    query: Float32Array,
    dims: number,
    count: number,
    metric: 'cos',
    threads: number,
  ) => { readonly keys: BigUint64Array; readonly distances: Float32Array };
};

export const TOP_K = 100;

/** What an exact search finds for every question: one ranked list per feature, computed in this process. */
export function exactLists({ blocks, questions }: World): readonly (readonly RankedList[])[] {
  return questions.map((vectors) =>
    blocks.map((block, feature) => {
      const { keys, distances } = exactSearch(block, vectors[feature]!, DIMS, TOP_K, 'cos', 1);
      return Array.from(keys, (key, rank) => ({
        collection: 0,
        id: idOf(Number(key)),
        score: 1 - distances[rank]!,
      }));
    }),
  );
}
