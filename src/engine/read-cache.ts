import type { Clock } from './clock.ts';

export interface ReadCacheLimits {
  /** Milliseconds a value is used without asking again. */
  readonly fresh: number;
  /** Milliseconds a value is used while it cannot be read again. */
  readonly stale: number;
  /** Milliseconds a read may take before the older value is used; the read goes on. */
  readonly patience: number;
  /** Values kept; the one used longest ago goes first. */
  readonly entries: number;
}

export interface ReadCacheOptions extends ReadCacheLimits {
  /** Told of every value that is given, with its age in milliseconds. */
  readonly onServed?: (age: number) => void;
}

/** A database that is slow once is not waited for again for this long: an execution reads several definitions. */
const SLOW_MILLISECONDS = 1_000;

/** What is answered, and how old it is in milliseconds. */
interface Given {
  readonly value: object | null;
  readonly age: number;
}

interface Entry {
  readonly value: object;
  readonly readAt: number;
}

/**
 * Remembers what was read. Reads of one key at the same time share one read; a read that was under way when the
 * cache was cleared is answered but not remembered. A value that is null is not remembered.
 */
export class ReadCache {
  readonly #clock: Clock;
  readonly #options: ReadCacheOptions;
  readonly #isUnavailable: (error: unknown) => boolean;
  readonly #stale = new WeakSet<object>();
  #entries = new Map<string, Entry>();
  #underWay = new Map<string, Promise<object | null>>();
  /** Until then reads are known to be slow, and nobody waits where there is an older value. */
  #slowUntil = -Infinity;

  constructor(clock: Clock, options: ReadCacheOptions, isUnavailable: (error: unknown) => boolean) {
    this.#clock = clock;
    this.#options = options;
    this.#isUnavailable = isUnavailable;
  }

  /** The value of `key`. Every key must always be read with the same type. */
  async get<T extends object>(key: string, read: () => Promise<T | null>): Promise<T | null> {
    const { value, age } = await this.#given(key, read);
    this.#options.onServed?.(age);
    if (value !== null && age >= this.#options.fresh) this.#stale.add(value);
    return value as T | null;
  }

  /** Whether this very value was given though it was older than `fresh`. One that was read again is another value. */
  isStale(value: object): boolean {
    return this.#stale.has(value);
  }

  #given(key: string, read: () => Promise<object | null>): Promise<Given> | Given {
    const known = this.#entries.get(key);
    const older = known === undefined ? null : { value: known.value, age: this.#age(known) };
    if (known !== undefined && older !== null && older.age < this.#options.fresh) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return older;
    }
    const reading = this.#readOnce(key, read).then((value) => ({ value, age: 0 }));
    return older === null || older.age > this.#options.stale ? reading : this.#readOrOlder(reading, older);
  }

  async #readOrOlder(reading: Promise<Given>, older: Given): Promise<Given> {
    const read = reading.catch((error: unknown) => {
      if (this.#isUnavailable(error)) return older;
      throw error;
    });
    read.catch(() => undefined);
    if (this.#clock.monotonic() < this.#slowUntil) return older;
    const enough = new AbortController();
    const waited = this.#clock.delay(this.#options.patience, enough.signal).then(() => {
      if (!enough.signal.aborted) this.#slowUntil = this.#clock.monotonic() + SLOW_MILLISECONDS;
      return older;
    });
    try {
      return await Promise.race([read, waited]);
    } finally {
      enough.abort();
    }
  }

  clear(): void {
    this.#entries = new Map();
    this.#underWay = new Map();
  }

  #age(entry: Entry): number {
    return this.#clock.monotonic() - entry.readAt;
  }

  #readOnce(key: string, read: () => Promise<object | null>): Promise<object | null> {
    const shared = this.#underWay.get(key);
    if (shared !== undefined) return shared;
    const entries = this.#entries;
    const underWay = this.#underWay;
    const readAt = this.#clock.monotonic();
    const reading = read()
      .then((value) => {
        this.#slowUntil = -Infinity;
        entries.delete(key);
        if (value !== null) entries.set(key, { value, readAt });
        const [oldest] = entries.keys();
        if (entries.size > this.#options.entries && oldest !== undefined) entries.delete(oldest);
        return value;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  }
}
