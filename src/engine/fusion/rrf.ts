/**
 * Reciprocal rank fusion: Σ_f w_f/(k + rank_f(d)). One feature's part.
 * w ≥ 0 a factor, 1 unless given; k 1..10,000, 60 unless given: the larger, the less the first ranks stand out;
 * rank from 1. An absent document adds 0; scores are not looked at.
 * Source: G. Cormack, C. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet…" (SIGIR 2009).
 */
export function rrfContribution(weight: number, rank: number, k: number): number {
  return weight / (k + rank);
}
