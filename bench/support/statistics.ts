/** The value below which `share` (0..1) of the values lie; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The middle of the ratios of two series that were measured in turns, so that a slow moment counts for both. */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / under[round]!));
}

export function verdict(value: number, aim: number): string {
  return value <= aim ? `within the aim of ${aim}` : `ABOVE the aim of ${aim}`;
}
