import { describe, expect, test } from '@jest/globals';
import { aRecord } from '../../support/learning-world.ts';
import { fakeClock, someId } from '../../support/fixtures.ts';
import { keepExecutions, toKept, type KeptExecution } from '../../../src/engine/learning/executions-kept.ts';
import type { Clock } from '../../../src/engine/clock.ts';
import type { CreditedExecution } from '../../../src/engine/learning/credit.ts';

function anExecution(seed: string, hits = 10): KeptExecution {
  const record = aRecord({ retrieverId: someId(), seed, hits });
  const credited = { id: record.id, features: record.features } as unknown as CreditedExecution;
  return toKept(record, credited);
}

/** A clock that is set by hand. */
function handClock(): Clock & { at: number } {
  const clock = { ...fakeClock(), at: 0, monotonic: () => clock.at };
  return clock;
}

describe('executions kept in memory', () => {
  test('are found for ten minutes', () => {
    const clock = handClock();
    const kept = keepExecutions(clock);
    const execution = anExecution('one');
    kept.keep(execution);
    clock.at = 599_999;
    expect(kept.find(execution.credited.id)).toBe(execution);
    clock.at = 600_000;
    expect(kept.find(execution.credited.id)).toBeNull();
    expect(kept.find(someId())).toBeNull();
  });

  test('never take more room than they may; the oldest go first', () => {
    const kept = keepExecutions(handClock(), { bytes: 20_000, lifetime: 1_000 });
    const executions = Array.from({ length: 30 }, (_, index) => anExecution(`${index}`));
    for (const execution of executions) kept.keep(execution);
    const found = executions.map(({ credited }) => kept.find(credited.id) !== null);
    expect(found.filter(Boolean).length).toBeGreaterThan(5);
    expect(found.filter(Boolean).length).toBeLessThan(20);
    expect(found.slice(found.indexOf(true)).every(Boolean)).toBe(true);
  });

  test('one that is kept again takes its room once', () => {
    const kept = keepExecutions(handClock(), { bytes: 5_000, lifetime: 1_000 });
    const [first, second] = [anExecution('first'), anExecution('second')];
    kept.keep(first);
    for (let times = 0; times < 10; times += 1) kept.keep(second);
    expect(kept.find(first.credited.id)).toBe(first);
  });

  test('keep scores and documents of the hits alone, as the record has them', () => {
    const record = aRecord({ retrieverId: someId(), seed: 'scores', hits: 5 });
    const shorter = { ...record, hitCount: 2 };
    const { credited, documentIds } = toKept(shorter, {} as CreditedExecution);
    expect(documentIds).toEqual(['doc-0', 'doc-1']);
    const { x, ranks } = credited.hitAt(2);
    expect(x).toEqual(record.candidates.normalized.slice(3, 6));
    expect(ranks).toEqual(record.candidates.ranks.slice(3, 6));
    expect(x.buffer.byteLength).toBe(8 * 6);
  });
});
