import { countersLength } from '../../src/engine/learning/counters.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';

/** What is known of one execution in the end. */
export interface FinalState {
  readonly record: ExecutionRecord;
  /** Hits shown, from 1. */
  readonly shownTo: number;
  /** Reward by rank. */
  readonly rewards: ReadonlyMap<number, number>;
  /** Factor of all its terms; 1 without a half-life. */
  readonly scale?: number;
}

export interface NaiveCounters {
  readonly sums: Float64Array;
  /** Σ |term|, for the tolerance. */
  readonly sizes: Float64Array;
}

/**
 * Counters written out plainly, term by term, from what was shown and earned in the end; features by URI. An oracle
 * for the incremental way: nothing of it is shared but the length and layout of the array.
 */
export function naiveCounters(states: readonly FinalState[], features: readonly string[]): NaiveCounters {
  const F = features.length;
  const sums = new Float64Array(countersLength(F));
  const sizes = new Float64Array(countersLength(F));
  const sorted = [...features].sort();
  for (const { record, shownTo, rewards, scale = 1 } of states) {
    const place = sorted.map((uri) => record.features.indexOf(uri));
    const add = (at: number, term: number): void => {
      sums[at]! += scale * term;
      sizes[at]! += Math.abs(scale * term);
    };
    if (shownTo > 0) add(0, 1);
    for (let rank = 1; rank <= shownTo; rank += 1) {
      const y = rewards.get(rank) ?? 0;
      const k = Math.min(rank, 20) - 1;
      const x = place.map((f) => record.candidates.normalized[(rank - 1) * F + f]!);
      const ranks = place.map((f) => record.candidates.ranks[(rank - 1) * F + f]!);
      const w = place.map((f) => record.weights[f]!);
      if (y !== 0) add(1, 1);
      add(2, y * y);
      add(3, Math.abs(y));
      add(4 + k, 1);
      add(24 + k, y);
      let q = 44 + 22 * F;
      const total = x.reduce((sum, value, f) => sum + w[f]! * Math.max(value, 0), 0);
      for (let f = 0; f < F; f += 1) {
        add(44 + k * F + f, x[f]!);
        add(44 + 20 * F + f, y * x[f]!);
        add(44 + 21 * F + f, x[f]! ** 2);
        for (let g = f; g < F; g += 1) add(q++, (x[f]! * x[g]!) / (k + 1));
        const plus = Math.max(y, 0);
        const minus = Math.max(1 - plus, 0) + Math.max(-y, 0);
        const credits = 44 + 22 * F + (F * (F + 1)) / 2;
        const share = total > 0 ? (w[f]! * Math.max(x[f]!, 0)) / total : 0;
        const own = ranks[f]! >= 1 && ranks[f]! <= 10 ? 1 : 0;
        add(credits + f, share * plus);
        add(credits + F + f, share * minus);
        add(credits + 2 * F + f, own * plus);
        add(credits + 3 * F + f, own * minus);
      }
    }
  }
  return { sums, sizes };
}

/** The greatest |difference| / (1e-9 · Σ|terms|); equal means at most 1. A sum without terms must be exactly 0. */
export function distance(actual: Float64Array, expected: NaiveCounters): number {
  let worst = 0;
  expected.sums.forEach((sum, index) => {
    const difference = Math.abs(actual[index]! - sum);
    const allowed = 1e-9 * Math.max(expected.sizes[index]!, 1);
    worst = Math.max(worst, difference / allowed);
  });
  return worst;
}
