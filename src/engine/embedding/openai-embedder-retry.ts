import type { Random } from '../random.ts';

export interface RetryRule {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Upper end of the wait after the first try, in milliseconds; it doubles with every try. */
  readonly firstDelay: number;
  /** Upper end of any wait, in milliseconds. */
  readonly longestDelay: number;
}

/**
 * Wait after the n-th failed try (from 1), in milliseconds: (½ + ½u)·min(longest, first·2^(n−1)), u uniform in
 * [0, 1), so that callers who failed together do not come back together.
 */
export function backOff(rule: RetryRule, failed: number, random: Random): number {
  const ceiling = Math.min(rule.longestDelay, rule.firstDelay * 2 ** (failed - 1));
  return ceiling * (0.5 + 0.5 * random.next());
}

/** A Retry-After header in milliseconds from `now`: seconds or an HTTP date; null where it is neither. */
export function retryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/** Answers after which the same request may succeed: overloaded, or a gateway without its server. */
export function isWorthAnotherTry(status: number): boolean {
  return status === 429 || (status >= 502 && status <= 504);
}
