import { describe, expect, test } from '@jest/globals';
import { ReadCache } from '../../src/engine/read-cache.ts';
import type { Clock } from '../../src/engine/clock.ts';

/** A clock that stands still until it is moved; waiting ends when it has been moved far enough. */
class HandClock implements Clock {
  #time = 0;
  #waiting: { readonly until: number; readonly wake: () => void }[] = [];

  now(): Date {
    return new Date(this.#time);
  }

  monotonic(): number {
    return this.#time;
  }

  delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ until: this.#time + milliseconds, wake });
      signal?.addEventListener('abort', () => wake());
    });
  }

  move(milliseconds: number): void {
    this.#time += milliseconds;
    for (const { until, wake } of this.#waiting) if (until <= this.#time) wake();
  }
}

const GONE = new Error('gone');
const setUp = (): { clock: HandClock; cache: ReadCache; reads: () => number; source: Source } => {
  const clock = new HandClock();
  const limits = { fresh: 1_000, stale: 60_000, patience: 250, entries: 3 };
  const cache = new ReadCache(clock, limits, (error) => error === GONE);
  let count = 0;
  const source: Source = { next: () => Promise.resolve({ n: count }) };
  const read = source;
  return {
    clock,
    cache,
    reads: () => count,
    source: {
      get next() {
        count += 1;
        return read.next;
      },
      set next(next) {
        read.next = next;
      },
    },
  };
};
interface Source {
  next: () => Promise<{ readonly n: number } | null>;
}

describe('the cache of reads', () => {
  test('a value is read once while it is fresh, and again after that', async () => {
    const { clock, cache, reads, source } = setUp();
    const get = (): Promise<object | null> => cache.get('a', () => source.next());
    await get();
    clock.move(999);
    await get();
    expect(reads()).toBe(1);
    clock.move(1);
    expect(await get()).toEqual({ n: 2 });
    expect(reads()).toBe(2);
  });

  test('a value that serves because it cannot be read again is called stale; its successor is not', async () => {
    const { clock, cache, source } = setUp();
    const get = (): Promise<object | null> => cache.get('a', () => source.next());
    const first = (await get())!;
    clock.move(999);
    expect(await get()).toBe(first);
    expect(cache.isStale(first)).toBe(false);
    const reading = source.next;
    source.next = () => Promise.reject(GONE);
    clock.move(1);
    expect(await get()).toBe(first);
    expect(cache.isStale(first)).toBe(true);
    source.next = reading;
    const second = (await get())!;
    expect(second).not.toBe(first);
    expect(cache.isStale(second)).toBe(false);
  });

  test('reads of one key at the same time share one read', async () => {
    const { cache, reads, source } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => cache.get('a', () => source.next())));
    expect(reads()).toBe(1);
  });

  test('absence is not remembered', async () => {
    const { cache, reads, source } = setUp();
    source.next = () => Promise.resolve(null);
    expect(await cache.get('a', () => source.next())).toBeNull();
    expect(await cache.get('a', () => source.next())).toBeNull();
    expect(reads()).toBe(2);
  });

  test('a read that was under way when the cache was cleared is not remembered', async () => {
    const { cache, source } = setUp();
    let answer: (value: { readonly n: number }) => void = () => undefined;
    source.next = () => new Promise((resolve) => (answer = resolve));
    const old = cache.get('a', () => source.next());
    cache.clear();
    source.next = () => Promise.resolve({ n: 7 });
    expect(await cache.get('a', () => source.next())).toEqual({ n: 7 });
    answer({ n: 1 });
    expect(await old).toEqual({ n: 1 });
    expect(await cache.get('a', () => source.next())).toEqual({ n: 7 });
  });

  test('while the source is gone the older value is used, up to its limit; then the error comes through', async () => {
    const { clock, cache, source } = setUp();
    await cache.get('a', () => source.next());
    source.next = () => Promise.reject(GONE);
    clock.move(59_000);
    expect(await cache.get('a', () => source.next())).toEqual({ n: 1 });
    clock.move(1_001);
    await expect(cache.get('a', () => source.next())).rejects.toBe(GONE);
  });

  test('any other error comes through at once', async () => {
    const { clock, cache, source } = setUp();
    await cache.get('a', () => source.next());
    clock.move(2_000);
    source.next = () => Promise.reject(new Error('a defect'));
    await expect(cache.get('a', () => source.next())).rejects.toThrow('a defect');
  });

  test('a source that hangs costs no more than the patience, where an older value is known', async () => {
    const { clock, cache, source } = setUp();
    await cache.get('a', () => source.next());
    clock.move(2_000);
    source.next = () => new Promise(() => undefined);
    const value = cache.get('a', () => source.next());
    await Promise.resolve();
    clock.move(250);
    expect(await value).toEqual({ n: 1 });
  });

  test('a source that was slow is not waited for again for a second, then it is', async () => {
    const { clock, cache, source, reads } = setUp();
    for (const key of ['a', 'b', 'c']) await cache.get(key, () => source.next());
    clock.move(2_000);
    source.next = () => new Promise(() => undefined);
    const first = cache.get('a', () => source.next());
    await Promise.resolve();
    clock.move(250);
    await first;
    // Nothing moves the clock: it would never be answered if it waited.
    expect(await cache.get('b', () => source.next())).toEqual({ n: 2 });
    expect(reads()).toBe(5);
    clock.move(1_000);
    let answered = false;
    const third = cache.get('c', () => source.next()).then(() => (answered = true));
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    clock.move(250);
    await third;
  });

  test('once a slow source has answered, others are waited for at once again', async () => {
    const { clock, cache, source } = setUp();
    for (const key of ['a', 'b']) await cache.get(key, () => source.next());
    clock.move(2_000);
    let release: (value: { readonly n: number }) => void = () => undefined;
    source.next = () => new Promise((resolve) => (release = resolve));
    const first = cache.get('a', () => source.next());
    await Promise.resolve();
    clock.move(250);
    await first;
    release({ n: 77 });
    await new Promise(setImmediate);
    source.next = () => Promise.resolve({ n: 78 });
    expect(await cache.get('b', () => source.next())).toEqual({ n: 78 });
    expect(await cache.get('a', () => source.next())).toEqual({ n: 77 });
  });

  test('the age of everything that is given is told', async () => {
    const clock = new HandClock();
    const ages: number[] = [];
    const limits = { fresh: 1_000, stale: 60_000, patience: 250, entries: 3 };
    const onServed = (age: number): void => void ages.push(age);
    const cache = new ReadCache(clock, { ...limits, onServed }, (error) => error === GONE);
    await cache.get('a', () => Promise.resolve({}));
    clock.move(400);
    await cache.get('a', () => Promise.resolve({}));
    clock.move(1_600);
    await cache.get('a', () => Promise.reject(GONE));
    await cache.get('a', () => Promise.resolve({}));
    expect(ages).toEqual([0, 400, 2_000, 0]);
  });

  test('the key used longest ago is forgotten first', async () => {
    const { cache, reads, source } = setUp();
    for (const key of ['a', 'b', 'c', 'a', 'd']) await cache.get(key, () => source.next());
    expect(reads()).toBe(4);
    await cache.get('a', () => source.next());
    expect(reads()).toBe(4);
    await cache.get('b', () => source.next());
    expect(reads()).toBe(5);
  });
});
