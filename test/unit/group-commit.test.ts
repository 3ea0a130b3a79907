import { describe, expect, test } from '@jest/globals';
import { startGroupCommit, type GroupCommit, type GroupCommitLimits } from '../../src/engine/group-commit.ts';

const LIMITS: GroupCommitLimits = {
  batchItems: 4,
  batchBytes: 1_000,
  queueItems: 100,
  queueBytes: 10_000,
  pace: 0,
  patience: null,
  closeWithin: 9_999,
};

/** A clock whose delays pass at once, unless they are held; it adds up what was waited for. */
const testClock = () => {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    clock: {
      now: () => new Date(time),
      monotonic: () => time,
      delay: (milliseconds: number, signal?: AbortSignal) => {
        // Closing waits for its signal, the back-off passes.
        if (milliseconds === LIMITS.closeWithin && signal !== undefined)
          return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        time += milliseconds;
        waits.push(milliseconds);
        return Promise.resolve();
      },
    },
  };
};

class Passing extends Error {}

interface Bench {
  readonly commit: GroupCommit<number, string>;
  readonly batches: (readonly number[])[];
  readonly waits: readonly number[];
  readonly retried: unknown[];
}

const start = (
  write: (batch: readonly number[]) => Promise<void> = () => Promise.resolve(),
  limits: Partial<GroupCommitLimits> = {},
): Bench => {
  const { clock, waits } = testClock();
  const batches: (readonly number[])[] = [];
  const retried: unknown[] = [];
  const commit = startGroupCommit<number, string>({
    write: async (batch) => {
      await write(batch);
      batches.push(batch);
      return batch.map((item) => `wrote ${item}`);
    },
    bytesOf: (item) => (item > 1_000 ? item : 1),
    isTransient: (error) => error instanceof Passing,
    onRetry: (error) => retried.push(error),
    clock,
    limits: { ...LIMITS, ...limits },
  });
  return { commit, batches, waits, retried };
};

const outcomes = (promises: readonly (Promise<string> | null)[]) =>
  Promise.all(promises.map((promise) => promise!.catch((error: Error) => `refused: ${error.message}`)));

describe('the group-committing writer', () => {
  test('writes what was offered together in one batch, in order, and settles each item with its own result', async () => {
    const { commit, batches } = start();
    const results = await outcomes([1, 2, 3].map((item) => commit.offer(item)));
    expect(results).toEqual(['wrote 1', 'wrote 2', 'wrote 3']);
    expect(batches).toEqual([[1, 2, 3]]);
    expect(commit.pending).toBe(0);
  });

  test('tells how long the oldest of what waits has waited', async () => {
    let release = (): void => undefined;
    let now = 0;
    const commit = startGroupCommit<number, void>({
      write: (batch) => new Promise((resolve) => (release = () => resolve(batch.map(() => undefined)))),
      bytesOf: () => 1,
      isTransient: () => false,
      onRetry: () => undefined,
      clock: { now: () => new Date(now), monotonic: () => now, delay: () => new Promise(() => undefined) },
      limits: LIMITS,
    });
    expect(commit.oldestMilliseconds).toBe(0);
    commit.offer(1);
    await new Promise(setImmediate);
    now = 300;
    commit.offer(2);
    now = 500;
    expect(commit.oldestMilliseconds).toBe(500);
    release();
    await new Promise(setImmediate);
    expect(commit.oldestMilliseconds).toBe(200);
    release();
    await new Promise(setImmediate);
    expect(commit.oldestMilliseconds).toBe(0);
  });

  test('never writes two batches at once; the next one gathers meanwhile, up to its limit', async () => {
    let writing = 0;
    const { commit, batches } = start(async () => {
      writing += 1;
      expect(writing).toBe(1);
      await new Promise(setImmediate);
      writing -= 1;
    });
    for (let item = 0; item < 10; item += 1) commit.offer(item);
    await commit.flush();
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test('a batch ends before it passes its bytes; an item larger than that is written alone', async () => {
    const { commit, batches } = start(undefined, { queueBytes: 10_000 });
    for (const item of [1, 2_000, 2, 3]) commit.offer(item);
    await commit.flush();
    expect(batches).toEqual([[1], [2_000], [2, 3]]);
  });

  test('refuses at once when the queue is full, by items and by bytes, and takes again when there is room', async () => {
    const byItems = start(undefined, { queueItems: 2 });
    expect([1, 2, 3].map((item) => byItems.commit.offer(item) !== null)).toEqual([true, true, false]);
    await byItems.commit.flush();
    expect(byItems.commit.offer(4)).not.toBeNull();
    const byBytes = start(undefined, { queueBytes: 3_000 });
    expect([2_000, 1_500, 1].map((item) => byBytes.commit.offer(item) !== null)).toEqual([true, false, true]);
    await byBytes.commit.flush();
    expect(byBytes.batches.flat()).toEqual([2_000, 1]);
  });

  test('tries a batch again after a passing fault, waiting longer each time, and keeps the order', async () => {
    let faults = 7;
    const { commit, batches, waits, retried } = start(() =>
      faults-- > 0 ? Promise.reject(new Passing('gone')) : Promise.resolve(),
    );
    const promises = [1, 2, 3, 4, 5].map((item) => commit.offer(item));
    expect(await outcomes(promises)).toEqual(['wrote 1', 'wrote 2', 'wrote 3', 'wrote 4', 'wrote 5']);
    expect(batches).toEqual([[1, 2, 3, 4], [5]]);
    expect(waits).toEqual([25, 50, 100, 200, 400, 800, 1_000]);
    expect(retried).toHaveLength(7);
  });

  test('an item that cannot be written is rejected alone and blocks nothing', async () => {
    const poison = 3;
    const { commit, batches } = start((batch) =>
      batch.includes(poison) ? Promise.reject(new Error('poison')) : Promise.resolve(),
    );
    const results = await outcomes([1, 2, 3, 4, 5, 6].map((item) => commit.offer(item)));
    expect(results).toEqual(['wrote 1', 'wrote 2', 'refused: poison', 'wrote 4', 'wrote 5', 'wrote 6']);
    expect(batches.flat()).toEqual([1, 2, 4, 5, 6]);
  });

  test('with patience, items are rejected with the last fault once their time is over, queued ones too', async () => {
    const { commit } = start(() => Promise.reject(new Passing('gone')), { patience: 60, batchItems: 1 });
    expect(await outcomes([1, 2].map((item) => commit.offer(item)))).toEqual([
      'refused: gone',
      'refused: gone',
    ]);
    expect(commit.pending).toBe(0);
  });

  describe('with a pace', () => {
    /** A clock that stands still: its delays pass when they are let, or called off. */
    const paced = (): Bench & { readonly passDelay: () => void } => {
      const waits: number[] = [];
      let pass = (): void => undefined;
      const batches: (readonly number[])[] = [];
      const commit = startGroupCommit<number, string>({
        write: (batch) => {
          batches.push(batch);
          return Promise.resolve(batch.map((item) => `wrote ${item}`));
        },
        bytesOf: () => 1,
        isTransient: () => false,
        onRetry: () => undefined,
        clock: {
          now: () => new Date(0),
          monotonic: () => 0,
          delay: (milliseconds, signal) => {
            if (signal?.aborted === true) return Promise.resolve();
            if (milliseconds === 50) waits.push(milliseconds);
            return new Promise((resolve) => {
              pass = resolve;
              signal?.addEventListener('abort', () => resolve());
            });
          },
        },
        limits: { ...LIMITS, pace: 50 },
      });
      return { commit, batches, waits, retried: [], passDelay: () => pass() };
    };

    test('the first item is written at once, what follows gathers until it is time', async () => {
      const { commit, batches, waits, passDelay } = paced();
      expect(await commit.offer(1)).toBe('wrote 1');
      const later = [commit.offer(2), commit.offer(3)];
      await new Promise(setImmediate);
      expect(batches).toEqual([[1]]);
      expect(waits).toEqual([50]);
      passDelay();
      expect(await outcomes(later)).toEqual(['wrote 2', 'wrote 3']);
      expect(batches).toEqual([[1], [2, 3]]);
    });

    test('neither a flush, nor closing, nor a full batch waits', async () => {
      const { commit, batches } = paced();
      await commit.offer(1);
      const flushed = commit.offer(2);
      await commit.flush();
      expect(await flushed).toBe('wrote 2');
      const full = [3, 4, 5, 6].map((item) => commit.offer(item));
      expect(await outcomes(full)).toEqual(['wrote 3', 'wrote 4', 'wrote 5', 'wrote 6']);
      const last = commit.offer(7);
      await commit.close();
      expect(await last).toBe('wrote 7');
      expect(batches).toEqual([[1], [2], [3, 4, 5, 6], [7]]);
    });

    test('a flush of more than one batch waits for none of them', async () => {
      const { commit, batches } = paced();
      await commit.offer(0);
      const promises = [1, 2, 3, 4, 5, 6].map((item) => commit.offer(item));
      await commit.flush();
      await outcomes(promises);
      expect(batches).toEqual([[0], [1, 2, 3, 4], [5, 6]]);
    });
  });

  test('closing writes what was taken and takes no more', async () => {
    const { commit, batches } = start();
    const taken = commit.offer(1);
    const closing = commit.close();
    expect(commit.offer(2)).toBeNull();
    await closing;
    expect(await taken).toBe('wrote 1');
    expect(batches).toEqual([[1]]);
  });

  test('closing gives up what cannot be written in time', async () => {
    const { commit } = start(() => Promise.reject(new Passing('gone')), { closeWithin: 10 });
    const taken = commit.offer(1);
    const closing = commit.close();
    expect(await outcomes([taken])).toEqual(['refused: gone']);
    await closing;
    expect(commit.pending).toBe(0);
  });
});
