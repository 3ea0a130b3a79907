import { afterEach, describe, expect, test } from '@jest/globals';
import { InProcessJobs } from '../../src/engine/in-process-jobs.ts';
import type { Clock } from '../../src/engine/clock.ts';

/** A clock that stands still until `advance` moves it; delays end when it passes their time. */
function handClock(): Clock & { advance(milliseconds: number): Promise<void> } {
  let now = 0;
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => new Date(now),
    monotonic: () => now,
    delay: (milliseconds, signal) =>
      new Promise((resolve) => {
        const entry = { at: now + milliseconds, wake: resolve };
        waiting.add(entry);
        signal?.addEventListener('abort', () => {
          waiting.delete(entry);
          resolve();
        });
      }),
    advance: async (milliseconds) => {
      now += milliseconds;
      for (const entry of [...waiting].filter(({ at }) => at <= now)) {
        waiting.delete(entry);
        entry.wake();
      }
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    },
  };
}

const logged: unknown[] = [];
const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (facts: unknown) => void logged.push(facts),
};
afterEach(() => {
  logged.length = 0;
});

function open(): {
  readonly jobs: InProcessJobs;
  readonly clock: ReturnType<typeof handClock>;
  readonly ran: string[];
} {
  const clock = handClock();
  return { clock, jobs: new InProcessJobs({ clock, logger }, { quiet: 100, longest: 1_000 }), ran: [] };
}
const work = (ran: string[], name: string) => (): Promise<void> => {
  ran.push(name);
  return Promise.resolve();
};

describe('jobs in this process', () => {
  test('a job starts when its key has not been asked for during the quiet time', async () => {
    const { jobs, clock, ran } = open();
    jobs.schedule('a', work(ran, 'a'));
    await clock.advance(99);
    expect(ran).toEqual([]);
    await clock.advance(1);
    expect(ran).toEqual(['a']);
  });

  test('asked again before it started, only the newest work runs, once', async () => {
    const { jobs, clock, ran } = open();
    jobs.schedule('a', work(ran, 'first'));
    await clock.advance(60);
    jobs.schedule('a', work(ran, 'second'));
    await clock.advance(60);
    expect(ran).toEqual([]);
    await clock.advance(60);
    expect(ran).toEqual(['second']);
    await clock.advance(5_000);
    expect(ran).toEqual(['second']);
  });

  test('a key that never falls quiet starts after the longest wait all the same', async () => {
    const { jobs, clock, ran } = open();
    for (let asked = 0; asked < 20; asked += 1) {
      jobs.schedule('a', work(ran, `at ${asked * 50}`));
      await clock.advance(50);
    }
    expect(ran).toEqual(['at 950']);
  });

  test('keys do not wait for each other, and their works never overlap', async () => {
    const { jobs, clock, ran } = open();
    let finish = (): void => undefined;
    jobs.schedule('slow', () => {
      ran.push('slow begins');
      return new Promise<void>((resolve) => {
        finish = () => {
          ran.push('slow ends');
          resolve();
        };
      });
    });
    jobs.schedule('quick', work(ran, 'quick'));
    await clock.advance(100);
    expect(ran).toEqual(['slow begins']);
    finish();
    await jobs.settle();
    expect(ran).toEqual(['slow begins', 'slow ends', 'quick']);
  });

  test('a failing job is logged with its key and harms no other', async () => {
    const { jobs, ran } = open();
    const fault = new Error('no luck');
    jobs.schedule('bad', () => Promise.reject(fault));
    jobs.schedule('good', work(ran, 'good'));
    await jobs.settle();
    expect(ran).toEqual(['good']);
    expect(logged).toEqual([{ job: 'bad', error: fault }]);
  });

  test('settle starts what waits at once, also what that asks for', async () => {
    const { jobs, ran } = open();
    jobs.schedule('a', () => {
      jobs.schedule('b', work(ran, 'b'));
      return work(ran, 'a')();
    });
    await jobs.settle();
    expect(ran).toEqual(['a', 'b']);
  });

  test('long work begins at once, beside all other, and is waited for when things settle', async () => {
    const { jobs, clock, ran } = open();
    let finish = (): void => undefined;
    jobs.start('long', async () => {
      ran.push('long begins');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      ran.push('long ends');
    });
    jobs.schedule('quick', work(ran, 'quick'));
    await clock.advance(100);
    expect(ran).toEqual(['long begins', 'quick']);
    const settled = jobs.settle();
    finish();
    await settled;
    expect(ran).toEqual(['long begins', 'quick', 'long ends']);
  });

  test('long work is told when the jobs are closed, which wait for its end; its failure is logged', async () => {
    const { jobs, ran } = open();
    const fault = new Error('cut off');
    jobs.start('long', async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ran.push('told');
      throw fault;
    });
    await jobs.close();
    expect(ran).toEqual(['told']);
    expect(logged).toEqual([{ job: 'long', error: fault }]);
    jobs.start('late', () => work(ran, 'late')());
    await jobs.settle();
    expect(ran).toEqual(['told']);
  });

  test('after close nothing starts any more', async () => {
    const { jobs, clock, ran } = open();
    jobs.schedule('a', work(ran, 'a'));
    await jobs.close();
    jobs.schedule('b', work(ran, 'b'));
    await clock.advance(5_000);
    await jobs.settle();
    expect(ran).toEqual([]);
  });
});
