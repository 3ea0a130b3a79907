import type { Clock } from '../engine/clock.ts';

/** One thing that must answer before this instance can serve. */
export interface HealthCheck {
  readonly name: string;
  /** Facts to show; rejects with the reason where it does not answer. */
  readonly check: () => Promise<Readonly<Record<string, unknown>>>;
}

interface CheckResult {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly reason?: string;
  readonly [fact: string]: unknown;
}

export interface Readiness {
  readonly status: 'ready' | 'not ready' | 'draining';
  readonly checks: Readonly<Record<string, CheckResult>>;
  /** What an operator should know though the instance serves. */
  readonly warnings: readonly string[];
}

/** Longest time one check may take, and how long a result is shown again, in milliseconds. */
const CHECK_DEADLINE = 2_000;
const SHOWN_AGAIN = 250;

export interface Health {
  readiness(): Promise<Readiness>;
  /** From now on readiness says no. */
  drain(): void;
  isDraining(): boolean;
}

/** Readiness from real checks; probes that come together share one round of them. */
export function createHealth(
  clock: Clock,
  checks: readonly HealthCheck[],
  warnings: readonly string[],
): Health {
  let draining = false;
  let last: { readonly at: number; readonly results: Promise<readonly CheckResult[]> } | null = null;
  const results = (): Promise<readonly CheckResult[]> => {
    const now = clock.monotonic();
    if (last === null || now - last.at > SHOWN_AGAIN)
      last = { at: now, results: Promise.all(checks.map((check) => runCheck(clock, check))) };
    return last.results;
  };
  return {
    drain: () => {
      draining = true;
    },
    isDraining: () => draining,
    readiness: async () => {
      const found = await results();
      const status = draining ? 'draining' : found.every(({ ok }) => ok) ? 'ready' : 'not ready';
      return { status, checks: Object.fromEntries(checks.map(({ name }, i) => [name, found[i]!])), warnings };
    },
  };
}

async function runCheck(clock: Clock, { check }: HealthCheck): Promise<CheckResult> {
  const start = clock.monotonic();
  const controller = new AbortController();
  const late = clock.delay(CHECK_DEADLINE, controller.signal).then(() => {
    throw new Error(`no answer within ${CHECK_DEADLINE} ms`);
  });
  late.catch(() => undefined);
  const took = (): number => Math.round(clock.monotonic() - start);
  try {
    const facts = await Promise.race([check(), late]);
    return { ok: true, milliseconds: took(), ...facts };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, milliseconds: took(), reason };
  } finally {
    controller.abort();
  }
}
