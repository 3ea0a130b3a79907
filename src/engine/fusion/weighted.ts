/**
 * Weighted sum: Σ_f w_f · x_f(d). One feature's part; the formula of weighted and, with learned weights, of learned.
 * w ≥ 0, Σw = 1; x the normalized score. An absent document adds 0; a weight of 0 takes the feature's part away
 * but leaves its hits among the candidates.
 */
export function weightedContribution(weight: number, normalized: number): number {
  return weight * normalized;
}
