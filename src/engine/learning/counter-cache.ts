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
  /** Told of every reading that is given, with its age in milliseconds. */
  readonly onServed?: (age: number) => void;
}

export const COUNTER_CACHE_SETTINGS: CounterCacheSettings = { capacity: 20_000, freshFor: 900 };

/** A store that was slow once is not waited for again for this long, where older counters are known. */
const SLOW_MILLISECONDS = 1_000;

interface Entry {
  readonly counters: StoredCounters | null;
  /** Monotonic time at which the reading began; −Infinity: never read. */
  readonly readAt: number;
  /** The step in which it began, and the one in which the counters last changed here. */
  readonly readStep: number;
  readonly changedStep: number;
}

const NEVER: Entry = { counters: null, readAt: -Infinity, readStep: 0, changedStep: 0 };

export function startCounterCache(
  store: Pick<CounterStore, 'read'>,
  clock: Clock,
  settings: CounterCacheSettings = COUNTER_CACHE_SETTINGS,
): CounterCache {
  const entries = startEntries(settings.capacity);
  let step = 0;
  let slowUntil = -Infinity;
  let readings = 0;
  const readFrom = async (question: EvidenceQuestion): Promise<readonly StoredCounters[] | null> => {
    const began = { readAt: clock.monotonic(), readStep: step };
    readings += 1;
    try {
      const read = await store.read(question);
      keysOf(question).forEach((key, index) => entries.put(key, { ...began, counters: read[index]! }));
      slowUntil = -Infinity;
      return read;
    } catch {
      return null;
    } finally {
      readings -= 1;
    }
  };
  return {
    read: async (question, within) => {
      const known = keysOf(question).map(entries.get);
      const counters = known.flatMap((entry) => entry.counters ?? []);
      const complete = counters.length === known.length;
      const age = clock.monotonic() - Math.min(...known.map(({ readAt }) => readAt));
      const older = (stale: boolean): CountersRead => {
        if (complete) settings.onServed?.(age);
        return { counters: complete ? counters : null, stale };
      };
      // A reading that began before the last change may not have seen it.
      const current = known.every(({ readStep, changedStep }) => readStep >= changedStep);
      if (complete && current && age < settings.freshFor) return older(false);
      if (complete && readings > 0 && clock.monotonic() < slowUntil) return older(true);
      const read = await inTime(readFrom(question), clock, within);
      if (read === 'late') slowUntil = clock.monotonic() + SLOW_MILLISECONDS;
      if (read === 'late' || read === null) return older(true);
      settings.onServed?.(0);
      return { counters: read, stale: false };
    },
    forget: (executions) => {
      step += 1;
      for (const execution of executions)
        for (const key of keysOf({ ...execution, contexts: everyContextOf(execution) }))
          entries.put(key, { changedStep: step });
    },
  };
}

/** A bounded map; the entry that was changed longest ago goes first. */
function startEntries(capacity: number): {
  readonly get: (key: string) => Entry;
  /** Changes a part of an entry. */
  readonly put: (key: string, part: Partial<Entry>) => void;
} {
  const entries = new Map<string, Entry>();
  const get = (key: string): Entry => entries.get(key) ?? NEVER;
  return {
    get,
    put: (key, part) => {
      const entry = { ...get(key), ...part };
      entries.delete(key);
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
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

async function inTime<T>(work: Promise<T>, clock: Clock, within: number): Promise<T | 'late'> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.delay(within, done.signal).then(() => 'late' as const)]);
  } finally {
    done.abort();
  }
}
