import { ReweighError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import type { Deadline } from './embedding-deadline.ts';
import type { Random } from '../random.ts';

export interface RetryRule {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Upper end of the wait after the first try, in milliseconds; it doubles with every try. */
  readonly firstDelay: number;
  /** Upper end of any wait, in milliseconds. */
  readonly longestDelay: number;
}

/** How one question may be tried. */
export interface Patience {
  readonly clock: Clock;
  readonly random: Random;
  readonly retry: RetryRule;
  readonly deadline: Deadline;
}

/** What came of one try. */
export type Outcome<T> =
  | { readonly kind: 'answer'; readonly answer: T }
  /** `wait`: milliseconds the server asked for, or null. */
  | { readonly kind: 'again'; readonly reason: string; readonly wait: number | null };

/**
 * The first answer. Tries again with back-off, and no sooner than the server asked for; EMBEDDING_UNAVAILABLE with the
 * last reason after all tries, or at once where the next one would come after the deadline. What a try throws is
 * thrown on.
 */
export async function untilAnswered<T>(
  attempt: () => Promise<Outcome<T>>,
  { clock, random, retry, deadline }: Patience,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    deadline.signal.throwIfAborted();
    const outcome = await attempt();
    if (outcome.kind === 'answer') return outcome.answer;
    if (tries >= retry.attempts)
      throw unavailable(tries > 1 ? `${outcome.reason} (${tries} tries)` : outcome.reason);
    const wait = Math.max(backOff(retry, tries, random), outcome.wait ?? 0);
    if (clock.monotonic() + wait >= deadline.at)
      throw unavailable(
        `${outcome.reason}; the next try would come after the ${Math.round(deadline.milliseconds)} ms`,
      );
    await clock.delay(wait, deadline.signal);
  }
}

function unavailable(reason: string): ReweighError {
  return new ReweighError('EMBEDDING_UNAVAILABLE', reason);
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
