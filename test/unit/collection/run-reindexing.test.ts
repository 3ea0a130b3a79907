import { describe, expect, test } from '@jest/globals';
import { aCollection, aFeature, someId } from '../../support/fixtures.ts';
import { abandonReindexings } from '../../../src/engine/collection/abandon-reindexings.ts';
import { refusal } from '../../../src/engine/errors.ts';
import {
  runReindexing,
  type ClaimedRun,
  type ReindexingPorts,
} from '../../../src/engine/collection/run-reindexing.ts';
import { SILENT } from '../../support/api.ts';
import type { Clock } from '../../../src/engine/clock.ts';
import type { Rewriting, SearchBackend } from '../../../src/engine/search/search-backend.ts';
import type { ReindexingEnd, ReindexingStore } from '../../../src/engine/collection/reindexing.ts';

const collection = aCollection();
const features = [aFeature()];
const claimed: ClaimedRun = {
  collectionId: collection.id,
  run: someId(),
  collection,
  features,
  embed: new Set(),
  refusedTexts: 'FAIL',
};
const OPEN = new AbortController().signal;

/** A clock whose delays end in the order of their times, each after all that was begun before has had its turn. */
function ownClock(): Clock {
  let now = 0;
  const later: { readonly at: number; readonly wake: () => void }[] = [];
  const next = (): void => {
    const [first] = later.sort((a, b) => a.at - b.at).splice(0, 1);
    if (first === undefined) return;
    now = first.at;
    first.wake();
  };
  return {
    now: () => new Date(now),
    monotonic: () => now,
    delay: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const entry = { at: now + milliseconds, wake: resolve };
        later.push(entry);
        signal?.addEventListener('abort', () => {
          later.splice(later.indexOf(entry), 1);
          resolve();
        });
        setImmediate(next);
      }),
  };
}

interface Told {
  readonly ends: ReindexingEnd[];
  abandoned: number;
  measured: number;
}

/** Ports that do nothing but what is given here. */
function portsWith(given: {
  readonly rewrite: (how: Rewriting) => Promise<void>;
  readonly reindexings?: Partial<ReindexingStore>;
  readonly abandon?: () => Promise<boolean>;
}): { readonly ports: ReindexingPorts; readonly told: Told } {
  const told: Told = { ends: [], abandoned: 0, measured: 0 };
  const backend = {
    prepare: () => Promise.resolve(),
    rewrite: (_collection: unknown, _features: unknown, how: Rewriting) => given.rewrite(how),
    abandonRewrite: () => {
      told.abandoned += 1;
      return given.abandon?.() ?? Promise.resolve(false);
    },
  } as unknown as SearchBackend;
  const reindexings = {
    beat: () => Promise.resolve(true),
    end: (_run: unknown, end: ReindexingEnd) => {
      told.ends.push(end);
      return Promise.resolve(true);
    },
    ...given.reindexings,
  } as ReindexingStore;
  const jobs = { schedule: () => (told.measured += 1) };
  const catalog = { collectionById: () => Promise.resolve(collection) };
  const ports = { backend, reindexings, jobs, catalog, clock: ownClock(), logger: SILENT };
  return { ports: ports as unknown as ReindexingPorts, told };
}

/** Runs until it is given up. */
const endless = (how: Rewriting): Promise<void> =>
  new Promise((_resolve, reject) => {
    how.signal.addEventListener('abort', () => reject(how.signal.reason as Error));
  });

describe('a run of a reindexing', () => {
  test('that succeeds says so, with its progress, and has new features measured', async () => {
    const beats: object[] = [];
    const { ports, told } = portsWith({
      rewrite: async ({ onProgress }) => {
        onProgress({ documents: 5, total: 5 });
      },
      reindexings: {
        beat: async (_run, progress) => {
          beats.push(progress);
          return true;
        },
      },
    });
    await runReindexing(ports, claimed, OPEN);
    expect(told).toEqual({ ends: [{ state: 'DONE', reason: null }], abandoned: 0, measured: 1 });
    expect(beats.at(-1)).toEqual({
      documents: 5,
      total: 5,
      embedded: 0,
      refused: 0,
      refusedDocuments: [],
    });
  });

  test('tells the total and its first documents at once, not with the next beat', async () => {
    const beats: (readonly [number, object])[] = [];
    const { ports } = portsWith({
      rewrite: async ({ onProgress }) => {
        onProgress({ documents: 0, total: 90 });
        await ports.clock.delay(1_000);
        onProgress({ documents: 50, total: 90 });
        await ports.clock.delay(1_000);
        onProgress({ documents: 80, total: 90 });
        await ports.clock.delay(3_500);
      },
      reindexings: {
        beat: async (_run, { documents, total }) => {
          beats.push([ports.clock.monotonic(), { documents, total }]);
          return true;
        },
      },
    });
    await runReindexing(ports, claimed, OPEN);
    expect(beats.map(([at]) => at)).toEqual([0, 0, 1_000, 5_500]);
    expect(beats.map(([, progress]) => progress)).toEqual([
      { documents: 0, total: 0 },
      { documents: 0, total: 90 },
      { documents: 50, total: 90 },
      { documents: 80, total: 90 },
    ]);
  });

  test('that fails is cleared away after, and says why; what is internal stays inside', async () => {
    for (const [error, reason] of [
      [refusal('SEARCH_UNAVAILABLE', 'overloaded'), 'overloaded'],
      [new Error('password=hunter2'), 'a fault of the server; its log says more'],
    ] as const) {
      const { ports, told } = portsWith({ rewrite: () => Promise.reject(error) });
      await runReindexing(ports, claimed, OPEN);
      expect(told).toEqual({ ends: [{ state: 'FAILED', reason }], abandoned: 1, measured: 0 });
    }
  });

  test('that failed after its end was reached is done', async () => {
    const { ports, told } = portsWith({
      rewrite: () => Promise.reject(new Error('the old index cannot be removed')),
      abandon: () => Promise.resolve(true),
    });
    await runReindexing(ports, claimed, OPEN);
    expect(told.ends).toEqual([{ state: 'DONE', reason: null }]);
  });

  test('that cannot be cleared away after leaves its claim to others', async () => {
    const { ports, told } = portsWith({
      rewrite: () => Promise.reject(new Error('gone')),
      abandon: () => Promise.reject(refusal('SEARCH_UNAVAILABLE', 'gone')),
    });
    await expect(runReindexing(ports, claimed, OPEN)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    expect(told.ends).toEqual([]);
  });

  test('whose claim was taken over ends, and touches nothing that is another one’s now', async () => {
    let beats = 0;
    const { ports, told } = portsWith({
      rewrite: endless,
      reindexings: { beat: () => Promise.resolve((beats += 1) < 3) },
    });
    await runReindexing(ports, claimed, OPEN);
    expect(told).toEqual({ ends: [], abandoned: 0, measured: 0 });
  });

  test('gives up when the database has been silent for 20 s, before others take it for dead', async () => {
    let beats = 0;
    const { ports, told } = portsWith({
      rewrite: endless,
      reindexings: {
        beat: () => {
          beats += 1;
          return beats === 1 || told.abandoned > 0
            ? Promise.resolve(true)
            : Promise.reject(new Error('silent'));
        },
      },
    });
    await runReindexing(ports, claimed, OPEN);
    expect(told.ends).toEqual([{ state: 'FAILED', reason: 'the database did not answer for too long' }]);
    expect(ports.clock.monotonic()).toBeGreaterThan(20_000);
    expect(ports.clock.monotonic()).toBeLessThan(30_000);
  });

  test('is given up when the instance stops', async () => {
    const closing = new AbortController();
    const { ports, told } = portsWith({
      rewrite: (how) => {
        setImmediate(() => closing.abort());
        return endless(how);
      },
    });
    await runReindexing(ports, claimed, closing.signal);
    expect(told).toMatchObject({
      ends: [{ state: 'FAILED', reason: 'the instance was stopped' }],
      abandoned: 1,
    });
  });
});

describe('clearing away after dead runs', () => {
  const dead = [
    { id: someId(), namespace: 'n' },
    { id: someId(), namespace: 'n' },
  ];

  test('ends each as what it came to', async () => {
    let asked = 0;
    const { ports, told } = portsWith({
      rewrite: () => Promise.resolve(),
      reindexings: { takeOver: () => Promise.resolve(dead) },
      abandon: () => Promise.resolve((asked += 1) === 1),
    });
    await abandonReindexings(ports);
    expect(told.ends).toEqual([
      { state: 'DONE', reason: null },
      { state: 'FAILED', reason: expect.stringContaining('died') },
    ]);
  });

  test('one that fails is told and keeps its claim, the others are cleared away all the same', async () => {
    let asked = 0;
    const { ports, told } = portsWith({
      rewrite: () => Promise.resolve(),
      reindexings: { takeOver: () => Promise.resolve(dead) },
      abandon: () => ((asked += 1) === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(false)),
    });
    await expect(abandonReindexings(ports)).rejects.toThrow('gone');
    expect(told.ends).toHaveLength(1);
  });
});
