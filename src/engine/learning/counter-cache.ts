import { contextsOf } from './context.ts';
import type { Clock } from '../clock.ts';
import type { CounterStore, EvidenceQuestion, StoredCounters } from './counter-store.ts';
import type { CreditedExecution } from './credit.ts';

/** Counters as an execution is served with. `counters` null: none could be read; `stale`: older than promised. */
export interface CountersRead {
  readonly counters: readonly StoredCounters[] | null;
  readonly stale: boolean;
}

/**
 * Counters, remembered for a second. Laws: what was credited here is seen by the next read here, what was credited
 * elsewhere within a second; where the store fails or takes longer than `within` milliseconds, older values are given
 * and called stale.
 */
export interface CounterCache {
  read(question: EvidenceQuestion, within: number): Promise<CountersRead>;
  /** The counters of these executions have changed. */
  forget(executions: readonly CreditedExecution[]): void;
}

export interface CounterCacheSettings {
  /** Contexts that are remembered, at most. */
  readonly capacity: number;
  /** Milliseconds a value is used without asking again. */
  readonly freshFor: number;
}

export const COUNTER_CACHE_SETTINGS: CounterCacheSettings = { capacity: 20_000, freshFor: 900 };

interface Entry {
  readonly counters: StoredCounters | null;
  /** Monotonic time of the reading; −Infinity: no longer to be used without asking. */
  readonly readAt: number;
  /** When it was last forgotten, counted in steps. */
  readonly forgottenAt: number;
}

export function startCounterCache(
  store: Pick<CounterStore, 'read'>,
  clock: Clock,
  settings: CounterCacheSettings = COUNTER_CACHE_SETTINGS,
): CounterCache {
  const entries = new Map<string, Entry>();
  let step = 0;
  const put = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= settings.capacity) break;
      entries.delete(oldest);
    }
  };
  const remember = (keys: readonly string[], counters: readonly StoredCounters[], since: number): void => {
    keys.forEach((key, index) => {
      const forgottenAt = entries.get(key)?.forgottenAt ?? 0;
      // A reading that began before the last change may not have seen it.
      const readAt = forgottenAt > since ? -Infinity : clock.monotonic();
      put(key, { counters: counters[index]!, readAt, forgottenAt });
    });
  };
  return {
    read: async (question, within) => {
      const keys = keysOf(question);
      const known = keys.map((key) => entries.get(key) ?? null);
      const oldest = clock.monotonic() - settings.freshFor;
      const counters = known.flatMap((entry) => entry?.counters ?? []);
      const complete = counters.length === keys.length;
      if (complete && known.every((entry) => entry!.readAt > oldest)) return { counters, stale: false };
      const since = step;
      const reading = store.read(question).then(
        (read) => {
          remember(keys, read, since);
          return read;
        },
        () => null,
      );
      const read = await orNull(reading, clock, within);
      if (read !== null) return { counters: read, stale: false };
      return { counters: complete ? counters : null, stale: true };
    },
    forget: (executions) => {
      step += 1;
      for (const execution of executions)
        for (const key of keysOf({ ...execution, contexts: everyContextOf(execution) }))
          put(key, {
            counters: entries.get(key)?.counters ?? null,
            readAt: -Infinity,
            forgottenAt: step,
          });
    },
  };
}

function keysOf(
  question: Pick<EvidenceQuestion, 'namespace' | 'retrieverId' | 'generation' | 'contexts'>,
): readonly string[] {
  const { namespace, retrieverId, generation, contexts } = question;
  return contexts.map(({ level, subject }) =>
    JSON.stringify([namespace, retrieverId, generation, level, subject]),
  );
}

const everyContextOf = ({ segment, session, user }: CreditedExecution): EvidenceQuestion['contexts'] =>
  contextsOf({ segment, session, user: user?.externalId ?? null }, { sessionLevel: true });

async function orNull<T>(work: Promise<T | null>, clock: Clock, within: number): Promise<T | null> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.delay(within, done.signal).then(() => null)]);
  } finally {
    done.abort();
  }
}
