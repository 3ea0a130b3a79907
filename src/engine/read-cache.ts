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
  readonly #limits: ReadCacheLimits;
  readonly #isUnavailable: (error: unknown) => boolean;
  #entries = new Map<string, Entry>();
  #underWay = new Map<string, Promise<object | null>>();

  constructor(clock: Clock, limits: ReadCacheLimits, isUnavailable: (error: unknown) => boolean) {
    this.#clock = clock;
    this.#limits = limits;
    this.#isUnavailable = isUnavailable;
  }

  /** The value of `key`. Every key must always be read with the same type. */
  async get<T extends object>(key: string, read: () => Promise<T | null>): Promise<T | null> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#age(known) < this.#limits.fresh) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value as T;
    }
    const reading = this.#readOnce(key, read) as Promise<T | null>;
    if (known === undefined || this.#age(known) > this.#limits.stale) return reading;
    return this.#readOrOlder(reading, known.value as T);
  }

  async #readOrOlder<T extends object>(reading: Promise<T | null>, older: T): Promise<T | null> {
    const enough = new AbortController();
    const waited = this.#clock.delay(this.#limits.patience, enough.signal).then(() => older);
    const read = reading.catch((error: unknown) => {
      if (this.#isUnavailable(error)) return older;
      throw error;
    });
    try {
      return await Promise.race([read, waited]);
    } finally {
      enough.abort();
      read.catch(() => undefined);
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
        entries.delete(key);
        if (value !== null) entries.set(key, { value, readAt });
        const [oldest] = entries.keys();
        if (entries.size > this.#limits.entries && oldest !== undefined) entries.delete(oldest);
        return value;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  }
}
