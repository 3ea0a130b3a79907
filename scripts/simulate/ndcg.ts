/** NDCG@10: gain = grade, discount 1/log2(rank + 1), against the best order of all judged grades; 0 without any. */
export function ndcg(ranking: readonly string[], judgments: Readonly<Record<string, number>>): number {
  const ideal = dcg(Object.values(judgments).sort((a, b) => b - a));
  return ideal === 0 ? 0 : dcg(ranking.map((id) => judgments[id] ?? 0)) / ideal;
}

function dcg(grades: readonly number[]): number {
  return grades.slice(0, 10).reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
}
