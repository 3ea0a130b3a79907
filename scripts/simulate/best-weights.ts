import { ndcg } from './ndcg.ts';
import type { Client } from './client.ts';
import type { JudgedQuery } from './queries.ts';

/** What a query finds, with the scores that any weights can be put to. */
export interface JudgedCandidates {
  readonly judgments: JudgedQuery['judgments'];
  readonly candidates: readonly { readonly documentId: string; readonly x: readonly number[] }[];
}

/** Weights are tried in steps of this. */
const STEPS = 10;

/** The first hundred hits under equal weights. A document beyond them is not looked at. */
export async function candidatesOf(
  client: Client,
  queries: readonly JudgedQuery[],
): Promise<readonly JudgedCandidates[]> {
  return Promise.all(
    queries.map(async (query) => ({
      judgments: query.judgments,
      candidates: (await client.candidates(query)).map(({ documentId, contributions }) => ({
        documentId,
        x: contributions.map(({ normalizedScore }) => normalizedScore),
      })),
    })),
  );
}

/** Mean NDCG@10 of the queries ranked by these weights. */
export function weighedNdcg(queries: readonly JudgedCandidates[], weights: readonly number[]): number {
  const scores = queries.map(({ judgments, candidates }) => {
    const ranked = candidates
      .map(({ documentId, x }) => ({
        documentId,
        score: x.reduce((sum, value, f) => sum + value * weights[f]!, 0),
      }))
      .sort((a, b) => b.score - a.score || (a.documentId < b.documentId ? -1 : 1));
    return ndcg(
      ranked.map(({ documentId }) => documentId),
      judgments,
    );
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** The weights of a grid that rank these very queries best: what hand tuning could reach at most. */
export function bestWeights(queries: readonly JudgedCandidates[]): readonly number[] {
  const features = queries.find(({ candidates }) => candidates.length > 0)?.candidates[0]?.x.length ?? 1;
  let best: { readonly weights: readonly number[]; readonly score: number } | null = null;
  for (const weights of grid(features, STEPS)) {
    const score = weighedNdcg(queries, weights);
    if (best === null || score > best.score) best = { weights, score };
  }
  return best!.weights;
}

/** All ways to give `left` parts to `features`, as weights of sum 1. */
function grid(features: number, left: number): readonly (readonly number[])[] {
  if (features === 1) return [[left / STEPS]];
  return Array.from({ length: left + 1 }, (_, parts) => parts).flatMap((parts) =>
    grid(features - 1, left - parts).map((rest) => [parts / STEPS, ...rest]),
  );
}
