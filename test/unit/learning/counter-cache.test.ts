import { describe, expect, test } from '@jest/globals';
import { fakeClock, someId } from '../../support/fixtures.ts';
import { startCounterCache } from '../../../src/engine/learning/counter-cache.ts';
import type { Clock } from '../../../src/engine/clock.ts';
import type {
  CounterStore,
  EvidenceQuestion,
  StoredCounters,
} from '../../../src/engine/learning/counter-store.ts';
import type { CreditedExecution } from '../../../src/engine/learning/credit.ts';

const retrieverId = someId();
const question = (user: string | null = null): EvidenceQuestion => ({
  namespace: 'default',
  retrieverId,
  generation: 'g',
  contexts: [
    { level: 'GLOBAL', subject: '' },
    ...(user === null ? [] : [{ level: 'USER' as const, subject: user }]),
  ],
});
const credited = (user: string | null): CreditedExecution =>
  ({
    namespace: 'default',
    retrieverId,
    generation: 'g',
    segment: null,
    session: null,
    user: user === null ? null : { id: someId(), externalId: user },
  }) as CreditedExecution;

/** A store that counts how often it was asked and answers with that number as the sums. */
function countingStore(): Pick<CounterStore, 'read'> & { asked: number; answer: () => Promise<void> } {
  const store = {
    asked: 0,
    answer: (): Promise<void> => Promise.resolve(),
    read: async ({ contexts }: EvidenceQuestion): Promise<readonly StoredCounters[]> => {
      const sums = Float64Array.of((store.asked += 1));
      await store.answer();
      return contexts.map((context) => ({ ...context, epoch: 0, ownEpoch: 0, era: 0, sums }));
    },
  };
  return store;
}

/** Stands still unless it is moved; its delays never pass by themselves. */
function stillClock(): Clock & { move(milliseconds: number): void } {
  let now = 0;
  return {
    now: () => new Date(now),
    monotonic: () => now,
    delay: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

describe('remembered counters', () => {
  test('are used for less than a second, then read again', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock);
    await cache.read(question(), 100);
    clock.move(850);
    expect((await cache.read(question(), 100)).counters?.[0]?.sums).toEqual(Float64Array.of(1));
    clock.move(100);
    expect((await cache.read(question(), 100)).counters?.[0]?.sums).toEqual(Float64Array.of(2));
    expect(store.asked).toBe(2);
  });

  test('are read again once something was credited here, for those it concerns', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock);
    await cache.read(question('ana'), 100);
    await cache.read(question('ben'), 100);
    cache.forget([credited('ana')]);
    expect(store.asked).toBe(2);
    expect((await cache.read(question('ana'), 100)).counters?.[1]?.sums).toEqual(Float64Array.of(3));
    // Everybody's counters were read with Ana's; Ben's own had not changed.
    expect((await cache.read(question('ben'), 100)).counters?.[1]?.sums).toEqual(Float64Array.of(2));
  });

  test('that were being read when something was credited are not taken for new', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock);
    let release = (): void => undefined;
    store.answer = () => new Promise((resolve) => (release = resolve));
    const reading = cache.read(question(), 100);
    cache.forget([credited(null)]);
    release();
    await reading;
    store.answer = () => Promise.resolve();
    await cache.read(question(), 100);
    expect(store.asked).toBe(2);
  });

  test('serve beyond their time where the store fails, and are called stale', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock);
    await cache.read(question(), 100);
    store.answer = () => Promise.reject(new Error('gone'));
    clock.move(60_000);
    expect(await cache.read(question(), 100)).toMatchObject({
      stale: true,
      counters: [{ sums: Float64Array.of(1) }],
    });
    expect(await cache.read(question('nobody yet'), 100)).toEqual({ stale: true, counters: null });
  });

  test('serve where the store takes longer than it may', async () => {
    const store = countingStore();
    store.answer = () => new Promise(() => undefined);
    const cache = startCounterCache(store, fakeClock());
    expect(await cache.read(question(), 100)).toEqual({ stale: true, counters: null });
  });

  test('are as old as the moment at which their reading began', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock);
    store.answer = () => Promise.resolve(clock.move(500));
    await cache.read(question(), 1_000);
    clock.move(450);
    await cache.read(question(), 1_000);
    expect(store.asked).toBe(2);
  });

  test('are given at once, and called stale, while a store that was slow is still being read', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const ages: number[] = [];
    const onServed = (age: number): void => void ages.push(age);
    const cache = startCounterCache(store, clock, { capacity: 10, freshFor: 900, onServed });
    await cache.read(question(), 100);
    clock.move(2_000);
    store.answer = () => new Promise(() => undefined);
    const late = { ...clock, delay: () => Promise.resolve() };
    Object.assign(clock, late);
    expect(await cache.read(question(), 100)).toMatchObject({ stale: true });
    Object.assign(clock, { delay: () => new Promise(() => undefined) });
    expect(await cache.read(question(), 100)).toMatchObject({ stale: true });
    expect(store.asked).toBe(2);
    expect(ages).toEqual([0, 2_000, 2_000]);
  });

  test('are forgotten, the longest unused first, where there are too many', async () => {
    const [store, clock] = [countingStore(), stillClock()];
    const cache = startCounterCache(store, clock, { capacity: 2, freshFor: 900 });
    await cache.read(question('ana'), 100);
    await cache.read(question('ben'), 100);
    await cache.read(question('ana'), 100);
    expect(store.asked).toBe(3);
  });
});
