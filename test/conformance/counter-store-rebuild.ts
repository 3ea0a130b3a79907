import { describe, expect, test } from '@jest/globals';
import { addRetriever, aRecord, LEARNING, NAMESPACE, onHit, serve } from '../support/learning-world.ts';
import { CLICK, PURCHASE, report, type InteractionWorld } from './interaction-log-world.ts';
import { countersOf, Expected } from '../support/learning-reads.ts';
import { distanceFrom, rebuild, show } from './counter-store-world.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Uuid } from '../../src/engine/ids.ts';

/** 1,200 executions take three steps of a rebuild. */
const MANY = 1_200;

export function rebuildLaws(world: InteractionWorld): void {
  const fill = async (
    retrieverId: Uuid,
    count: number,
  ): Promise<{ readonly records: readonly ExecutionRecord[]; readonly expected: Expected }> => {
    const records = Array.from({ length: count }, (_, index) =>
      aRecord({ retrieverId, seed: `${index}`, hits: 12, user: `u${index % 7}`, segment: [`${index % 3}`] }),
    );
    const expected = new Expected();
    await serve(world.here, records);
    records.forEach((record) => expected.shown(record, 10));
    return { records, expected };
  };

  describe('a rebuild', () => {
    test('gives the counters that are there already, and repairs those that are not', async () => {
      const retrieverId = await addRetriever(world.sql);
      const { records, expected } = await fill(retrieverId, 40);
      for (const [index, record] of records.entries()) {
        if (index % 3 !== 0) continue;
        expected.add(record, 1 + (index % 10), PURCHASE);
        await report(world.here, onHit(record, 1 + (index % 10), PURCHASE));
      }
      const before = await countersOf(world.here, retrieverId);
      await rebuild([world.here], retrieverId);
      expect(await distanceFrom(world.here, { retrieverId }, expected.states())).toBeLessThanOrEqual(1);
      expect((await countersOf(world.here, retrieverId)).slice(0, 4)).toEqual(before.slice(0, 4));
      await world.sql.query('update counter set sums[1] = sums[1] + 5 where retriever_id = $1', [
        retrieverId,
      ]);
      await world.sql.query('delete from impression_kinds where execution_id = $1', [records[0]!.id]);
      expect(await distanceFrom(world.here, { retrieverId }, expected.states())).toBeGreaterThan(1);
      await rebuild([world.here], retrieverId);
      expect(await distanceFrom(world.here, { retrieverId }, expected.states())).toBeLessThanOrEqual(1);
      const rest = await world.sql.query<{ readonly build: number }>(
        'select distinct build from counter where retriever_id = $1',
        [retrieverId],
      );
      expect(rest).toEqual([{ build: 2 }]);
    });

    test('runs while two instances serve, report and delete, and goes on where another left off', async () => {
      const retrieverId = await addRetriever(world.sql);
      const { records, expected } = await fill(retrieverId, MANY);
      const random = seededRandom('while rebuilding');
      const pick = (): ExecutionRecord => records[Math.floor(random.next() * records.length)]!;
      let rebuilding = true;
      const done = [0, 0];
      const write = async (instance: InteractionWorld['here'], share: number): Promise<void> => {
        for (let written = 0; rebuilding; written += 1) {
          done[share] = written;
          const record = pick();
          // Each instance has ranks of its own, so that what is expected does not depend on their order.
          const rank = 2 * Math.ceil(random.next() * 5) - share;
          const outcome = await report(instance, onHit(record, rank, CLICK | PURCHASE));
          const keep = written % 4 !== 0 || outcome.status === 'refused';
          if (keep) expected.add(record, rank, CLICK | PURCHASE);
          else {
            await instance.interactions.delete(NAMESPACE, outcome.interaction.id);
            // What an earlier interaction left on the hit is still there.
          }
          if (written % 5 === 0) {
            const fresh = aRecord({ retrieverId, seed: `new ${share} ${written}`, hits: 12 });
            await serve(instance, [fresh]);
            expected.shown(fresh, 10);
          }
          if (written % 7 === 0) {
            await show(instance, record, { from: 9, to: 12 });
            expected.shown(record, 12);
          }
        }
      };
      const writers = Promise.all([write(world.here, 0), write(world.elsewhere, 1)]);
      // One that fails is told of below, and not waited for.
      writers.catch(() => done.fill(Infinity));
      // As often as it takes for both to have written in between.
      for (let round = 0; round < 3 || Math.min(...done) <= 3; round += 1)
        await rebuild([world.here, world.elsewhere], retrieverId);
      rebuilding = false;
      await writers;
      for (const context of [undefined, { level: 'USER' as const, subject: 'u3' }]) {
        const states = expected.states(({ user }) => context === undefined || user === context.subject);
        const of = context === undefined ? { retrieverId } : { retrieverId, context };
        expect(await distanceFrom(world.here, of, states)).toBeLessThanOrEqual(1);
      }
    });

    test('credits the past by the rewards of a newer version, and what comes later too', async () => {
      const tenfold = LEARNING.rewardMap.rewards.map((reward) => 10 * reward);
      const dear = { ...LEARNING, rewardMap: { rewards: tenfold, limit: null } };
      const retrieverId = await addRetriever(world.sql, [LEARNING, dear]);
      const { records, expected } = await fill(retrieverId, 3);
      const credit = async (record: ExecutionRecord, rank: number): Promise<void> => {
        expected.add(record, rank, CLICK);
        await report(world.here, onHit(record, rank, CLICK));
      };
      await credit(records[0]!, 1);
      expect((await countersOf(world.here, retrieverId))[3]).toBe(1);
      await rebuild([world.here], retrieverId, 2);
      await credit(records[1]!, 2);
      const states = expected.states(() => true, dear.rewardMap);
      expect(await distanceFrom(world.here, { retrieverId }, states)).toBeLessThanOrEqual(1);
      expect((await countersOf(world.here, retrieverId))[3]).toBe(20);
      await rebuild([world.here], retrieverId);
      expect((await countersOf(world.here, retrieverId))[3]).toBe(2);
    });

    test('tells how far it has come, and is found again by whoever starts next', async () => {
      const retrieverId = await addRetriever(world.sql);
      await fill(retrieverId, 600);
      expect(await world.here.counters.rebuildProgress(retrieverId)).toBeNull();
      const now = new Date();
      await world.here.counters.startRebuild(retrieverId, 0, now);
      await world.here.counters.continueRebuild(retrieverId, now);
      expect(await world.elsewhere.counters.unfinishedRebuilds()).toContain(retrieverId);
      expect(await world.elsewhere.counters.rebuildProgress(retrieverId)).toEqual({
        retrieverId,
        state: 'RUNNING',
        done: 500,
        total: 600,
        creditVersion: 0,
        startedAt: now,
        finishedAt: null,
      });
      // Asked for again, the one that runs goes on.
      expect((await world.elsewhere.counters.startRebuild(retrieverId, 0, new Date())).done).toBe(500);
      const last = await world.elsewhere.counters.continueRebuild(retrieverId, now);
      expect(last).toMatchObject({ state: 'FINISHED', done: 600, finishedAt: now });
      expect(await world.elsewhere.counters.unfinishedRebuilds()).not.toContain(retrieverId);
    });
  });
}
