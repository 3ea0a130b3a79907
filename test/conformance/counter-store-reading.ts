import { describe, expect, test } from '@jest/globals';
import {
  addRetriever,
  aRecord,
  FEATURES,
  LEARNING,
  NAMESPACE,
  onHit,
  serve,
} from '../support/learning-world.ts';
import { CLICK, PURCHASE, report, type InteractionWorld } from './interaction-log-world.ts';
import { distance, naiveCounters } from '../support/naive-counters.ts';
import { Expected, EVERYBODY, scaleIn } from '../support/learning-reads.ts';
import { show } from './counter-store-world.ts';
import type { StoredCounters } from '../../src/engine/learning/counter-store.ts';
import type { Subject } from '../../src/engine/learning/context.ts';
import type { Uuid } from '../../src/engine/ids.ts';

export function readingLaws(world: InteractionWorld): void {
  const read = (retrieverId: Uuid, contexts: readonly Subject[]): Promise<readonly StoredCounters[]> =>
    world.here.counters.read({ namespace: NAMESPACE, retrieverId, generation: 'generation', contexts });

  describe('reading', () => {
    test('gives one entry per context, in order, without sums where nothing was counted', async () => {
      const retrieverId = await addRetriever(world.sql);
      const contexts: Subject[] = [
        EVERYBODY,
        { level: 'SEGMENT', subject: '["x"]' },
        { level: 'USER', subject: 'nobody ever' },
        { level: 'SESSION', subject: 's' },
      ];
      expect(await read(retrieverId, contexts)).toEqual(
        contexts.map((context) => ({ ...context, epoch: 0, ownEpoch: 0, era: 0, sums: null })),
      );
    });

    test('knows segments and ids of any length and content', async () => {
      const retrieverId = await addRetriever(world.sql);
      const segment = ['é"\\'.repeat(3_000), '😀'];
      const user = '😀'.repeat(128);
      const record = aRecord({ retrieverId, seed: 'long', segment, user });
      await serve(world.here, [record]);
      const [ofSegment, ofUser, other] = await read(retrieverId, [
        { level: 'SEGMENT', subject: JSON.stringify(segment) },
        { level: 'USER', subject: user },
        { level: 'SEGMENT', subject: JSON.stringify([...segment].reverse()) },
      ]);
      expect([ofSegment?.sums?.[0], ofUser?.sums?.[0], other?.sums]).toEqual([1, 1, null]);
    });

    test('turns to fresh counters after a reset, while late rewards go where their page was counted', async () => {
      const retrieverId = await addRetriever(world.sql);
      const before = aRecord({ retrieverId, seed: 'before', user: 'reset' });
      await serve(world.here, [before]);
      await world.sql.query('insert into learning_state (retriever_id, epoch) values ($1, 1)', [retrieverId]);
      await world.sql.query(
        `insert into learning_epoch (retriever_id, level, subject, epoch)
         select $1, 'USER', id::text, 4 from user_identity where external_id = 'reset'`,
        [retrieverId],
      );
      await report(world.here, onHit(before, 1, CLICK));
      const contexts: Subject[] = [EVERYBODY, { level: 'USER', subject: 'reset' }];
      expect(await read(retrieverId, contexts)).toMatchObject([
        { epoch: 1, ownEpoch: 0, sums: null },
        { epoch: 1, ownEpoch: 4, sums: null },
      ]);
      const after = aRecord({ retrieverId, seed: 'after', user: 'reset' });
      const epochs = { global: 1, segment: 0, user: 4 };
      await serve(world.here, [{ ...after, choice: { ...after.choice, epochs } }]);
      const sums = (await read(retrieverId, contexts)).map((entry) => [entry.sums?.[0], entry.sums?.[1]]);
      expect(sums).toEqual([
        [1, 0],
        [1, 0],
      ]);
    });

    test('is not mixed up by another generation of the same retriever', async () => {
      const retrieverId = await addRetriever(world.sql);
      const record = aRecord({ retrieverId, seed: 'other' });
      await serve(world.here, [{ ...record, choice: { ...record.choice, generation: 'another' } }]);
      expect((await read(retrieverId, [EVERYBODY]))[0]?.sums).toBeNull();
    });
  });

  describe('a half-life', () => {
    /** Seconds; an era of it lasts 320 seconds. */
    const halfLife = 10;
    const start = Date.UTC(2025, 3, 1);

    test('weighs a page and its late rewards by the time it was shown, whatever the order of writing', async () => {
      const retrieverId = await addRetriever(world.sql, [{ ...LEARNING, halfLife }]);
      // Up to two eras apart, the newest neither first nor last.
      const seconds = [0, 5, 700, 20, 350, 90, 640];
      const records = seconds.map((second) =>
        aRecord({ retrieverId, seed: `${second}`, servedAt: new Date(start + second * 1_000) }),
      );
      const expected = new Expected();
      for (const record of records) {
        await serve(world.here, [record]);
        expected.shown(record, 10);
      }
      for (const record of [...records].reverse()) {
        expected.add(record, 2, PURCHASE);
        await report(world.elsewhere, onHit(record, 2, PURCHASE));
      }
      const [stored] = await read(retrieverId, [EVERYBODY]);
      const states = expected.states().map((state) => ({
        ...state,
        scale: scaleIn(stored!.era, halfLife, state.record.servedAt),
      }));
      expect(distance(stored!.sums!, naiveCounters(states, FEATURES))).toBeLessThanOrEqual(1);
      expect(stored!.sums![0]).toBeGreaterThan(1);
    });

    test('counts a hit from the earliest page it was on, whichever was written first', async () => {
      const retrieverId = await addRetriever(world.sql, [{ ...LEARNING, halfLife }]);
      const record = aRecord({ retrieverId, seed: 'early', hits: 12, servedAt: new Date(start + 10_000) });
      await serve(world.here, [record]);
      await report(world.here, onHit(record, 1, CLICK));
      await show(world.elsewhere, record, { from: 1, to: 12, at: new Date(start) });
      const expected = new Expected();
      expected.shown(record, 12);
      expected.add(record, 1, CLICK);
      const [stored] = await read(retrieverId, [EVERYBODY]);
      const scale = scaleIn(stored!.era, halfLife, new Date(start));
      const states = expected.states().map((state) => ({ ...state, scale }));
      expect(distance(stored!.sums!, naiveCounters(states, FEATURES))).toBeLessThanOrEqual(1);
    });

    test('lets what is thousands of half-lives old go to nothing, without any error', async () => {
      const retrieverId = await addRetriever(world.sql, [{ ...LEARNING, halfLife: 1 }]);
      const old = aRecord({ retrieverId, seed: 'old', servedAt: new Date(start) });
      const middle = aRecord({ retrieverId, seed: 'middle', servedAt: new Date(start + 200_000) });
      const young = aRecord({ retrieverId, seed: 'young', servedAt: new Date(start + 40_000_000) });
      for (const record of [old, middle, young]) await serve(world.here, [record]);
      await report(world.here, onHit(old, 1, CLICK));
      const [stored] = await read(retrieverId, [EVERYBODY]);
      const scale = scaleIn(stored!.era, 1, young.servedAt);
      expect(stored!.sums![0]).toBe(scale);
      expect(stored!.sums![1]).toBe(0);
    });
  });
}
