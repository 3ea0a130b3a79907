/** share_f = contribution_f / Σ|contributions| of one hit; null for every feature where that sum is 0. */
export function shares(contributions: Float64Array): readonly (number | null)[] {
  const total = contributions.reduce((sum, part) => sum + Math.abs(part), 0);
  return Array.from(contributions, (part) => (total > 0 ? part / total : null));
}
