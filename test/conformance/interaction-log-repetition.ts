import { describe, expect, test } from '@jest/globals';
import {
  addRetriever,
  aDraft,
  aRecord,
  FEATURES,
  NAMESPACE,
  onHit,
  serve,
  startInstance,
} from '../support/learning-world.ts';
import { countersOf, Expected } from '../support/learning-reads.ts';
import { distance, naiveCounters } from '../support/naive-counters.ts';
import { CLICK, PURCHASE, served, report, stateOf } from './interaction-log-world.ts';
import { ReweighError } from '../../src/engine/errors.ts';
import type { Uuid } from '../../src/engine/ids.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { RecordOutcome } from '../../src/engine/interaction/interaction-log.ts';
import type { InteractionWorld } from './interaction-log-world.ts';

export function repetitionLaws(world: InteractionWorld): void {
  let retrieverId: Uuid;

  describe('repetition', () => {
    test('a kind is rewarded once per hit, however often it is reported', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      const wishes = Array.from({ length: 40 }, (_, index) =>
        onHit(record, 1 + (index % 2), index % 4 < 2 ? CLICK : CLICK | PURCHASE),
      );
      await Promise.all(
        wishes.map((wish, index) => report(index % 2 === 0 ? world.here : world.elsewhere, wish)),
      );
      const expected = new Expected();
      expected.shown(record, 10);
      wishes.forEach(({ kinds }, index) => expected.add(record, 1 + (index % 2), kinds));
      const sums = await countersOf(world.here, retrieverId);
      expect(distance(sums, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
    });

    test('a key stands for one interaction, in one batch, over batches and over instances', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      const same = { ...onHit(record, 1, CLICK), key: 'key' };
      const outcomes = await Promise.all(
        [world.here, world.here, world.elsewhere, world.elsewhere].map((instance) => report(instance, same)),
      );
      const again = await report(world.elsewhere, same);
      expect(outcomes.filter(({ status }) => status === 'recorded')).toHaveLength(1);
      expect(again.status).toBe('repeated');
      const ids = [...outcomes, again].map((outcome) =>
        outcome.status === 'refused' ? null : outcome.interaction.id,
      );
      expect(new Set(ids).size).toBe(1);
      const other = await report(world.here, { ...onHit(record, 2, CLICK), key: 'key' });
      expect(stateOf(other)).toBe('IDEMPOTENCY_CONFLICT');
      expect((await countersOf(world.here, retrieverId))[1]).toBe(1);
      const elsewhereKeyed = await served(world, retrieverId, { namespace: 'second' });
      const free = await report(world.here, {
        ...onHit(elsewhereKeyed, 1, CLICK),
        key: 'key',
        namespace: 'second',
      });
      expect(free.status).toBe('recorded');
    });

    test('two rewards of one hit at the same moment on two instances end as one after the other', async () => {
      retrieverId = await addRetriever(world.sql);
      const expected = new Expected();
      const records = Array.from({ length: 40 }, (_, index) => aRecord({ retrieverId, seed: `p${index}` }));
      await serve(world.here, records);
      for (const record of records) {
        expected.shown(record, 10);
        expected.add(record, 1, CLICK | PURCHASE);
        await Promise.all([
          report(world.here, onHit(record, 1, CLICK)),
          report(world.elsewhere, onHit(record, 1, PURCHASE)),
        ]);
      }
      const sums = await countersOf(world.here, retrieverId);
      expect(distance(sums, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
    });
  });

  describe('deletion', () => {
    test('equals never having been reported, and leaves what others reported', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      const [first, second] = await Promise.all([
        report(world.here, onHit(record, 1, CLICK | PURCHASE)),
        report(world.here, onHit(record, 1, CLICK)),
      ]);
      const idOf = (outcome: RecordOutcome | undefined): Uuid =>
        outcome?.status === 'recorded' ? outcome.interaction.id : ('' as Uuid);
      const expected = new Expected();
      expected.shown(record, 10);
      expected.set(record, 1, CLICK);
      expect(await world.elsewhere.interactions.delete('other', idOf(first))).toBeNull();
      expect(await world.elsewhere.interactions.delete(NAMESPACE, idOf(first))).toMatchObject({ rank: 1 });
      const left = await countersOf(world.here, retrieverId);
      expect(distance(left, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
      await world.here.interactions.delete(NAMESPACE, idOf(second));
      expected.set(record, 1, 0);
      const none = await countersOf(world.here, retrieverId);
      expect(distance(none, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
      expect(await world.here.interactions.delete(NAMESPACE, idOf(second))).toBeNull();
    });

    test('of one that waits takes its place away', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = aRecord({ retrieverId, seed: 'late' });
      const draft = aDraft(onHit(record, 1, CLICK));
      await world.here.interactions.record(draft);
      await world.here.interactions.delete(NAMESPACE, draft.id);
      await serve(world.here, [record]);
      await world.here.interactions.sweep(new Date());
      expect((await countersOf(world.here, retrieverId))[1]).toBe(0);
    });
  });

  describe('failure', () => {
    test('a batch whose answer is lost is written once', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      let losses = 3;
      const losing: Sql = {
        query: (text, params) => world.sql.query(text, params),
        transaction: async (work) => {
          const result = await world.sql.transaction(work);
          if (losses > 0) {
            losses -= 1;
            throw unavailable();
          }
          return result;
        },
      };
      const outcomes = await Promise.all(
        [1, 2, 3].map((rank) => report(startInstance(losing), onHit(record, rank, CLICK))),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(['recorded', 'recorded', 'recorded']);
      const sums = await countersOf(world.here, retrieverId);
      expect(sums.slice(0, 4)).toEqual(Float64Array.of(1, 3, 3, 3));
    });

    test('a batch that fails half-way leaves nothing, and is written when it is tried again', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      let failures = 3;
      const failing: Sql = {
        query: (text, params) => world.sql.query(text, params),
        transaction: (work) =>
          world.sql.transaction((inner) =>
            work({
              transaction: inner.transaction,
              query: async <Row>(text: string, params?: readonly unknown[]) => {
                const rows = await inner.query<Row>(text, params);
                if (text.includes('into impression_kinds') && failures > 0) {
                  failures -= 1;
                  throw unavailable();
                }
                return rows;
              },
            }),
          ),
      };
      const instance = startInstance(failing);
      await Promise.all([1, 2, 3].map((rank) => report(instance, onHit(record, rank, CLICK))));
      expect(failures).toBe(0);
      expect((await countersOf(world.here, retrieverId)).slice(0, 4)).toEqual(Float64Array.of(1, 3, 3, 3));
    });

    test('an interaction that cannot be written is refused alone', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      const wishes = [1, 2, 3, 4, 5].map((rank) => ({
        ...onHit(record, rank, CLICK),
        metadata: rank === 3 ? 'no JSON' : null,
      }));
      const outcomes = await Promise.allSettled(wishes.map((wish) => report(world.here, wish)));
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect((await countersOf(world.here, retrieverId))[1]).toBe(4);
    });
  });
}

function unavailable(): Error {
  return new ReweighError('STORE_UNAVAILABLE', 'the connection was cut');
}
