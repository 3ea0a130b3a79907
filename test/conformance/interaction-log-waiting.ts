import { describe, expect, test } from '@jest/globals';
import {
  addRetriever,
  aDraft,
  aRecord,
  FEATURES,
  NAMESPACE,
  onHit,
  serve,
} from '../support/learning-world.ts';
import { countersOf, Expected } from '../support/learning-reads.ts';
import { distance, naiveCounters } from '../support/naive-counters.ts';
import { CLICK, PURCHASE, REFINEMENT, EVERYTHING, served, report, stateOf } from './interaction-log-world.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Uuid } from '../../src/engine/ids.ts';
import type { InteractionFilter } from '../../src/engine/interaction/interaction-log.ts';
import type { InteractionWorld } from './interaction-log-world.ts';

export function waitingLaws(world: InteractionWorld): void {
  let retrieverId: Uuid;

  describe('before the execution', () => {
    const unserved = (): ExecutionRecord => aRecord({ retrieverId, seed: 'late', hits: 10 });

    test('an interaction is PENDING, and credited once its execution is stored', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = unserved();
      const outcomes = [
        await report(world.elsewhere, onHit(record, 3, CLICK)),
        await report(world.elsewhere, {
          target: { kind: 'document', executionId: record.id, documentId: 'doc-4' },
          kinds: PURCHASE,
        }),
      ];
      expect(outcomes.map(stateOf)).toEqual(['PENDING', 'PENDING']);
      await serve(world.here, [record]);
      await Promise.all([
        world.here.interactions.sweep(new Date()),
        world.elsewhere.interactions.sweep(new Date()),
      ]);
      const expected = new Expected();
      expected.shown(record, 10);
      expected.add(record, 3, CLICK);
      expected.add(record, 5, PURCHASE);
      const sums = await countersOf(world.here, retrieverId);
      expect(distance(sums, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
      const page = await world.here.interactions.list(
        NAMESPACE,
        { filter: { ...EVERYTHING, executionId: record.id }, order: 'OLDEST' },
        { first: 10, after: null, count: true },
      );
      expect(page.rows.map(({ value }) => [value.state, value.rank])).toEqual([
        ['CREDITED', 3],
        ['CREDITED', 5],
      ]);
    });

    test('after 60 seconds it is UNCREDITED, and still credited if the execution comes', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = unserved();
      const draft = aDraft(onHit(record, 1, CLICK));
      await world.here.interactions.record(draft);
      const later = (seconds: number): Date => new Date(draft.receivedAt.getTime() + seconds * 1_000);
      await world.here.interactions.sweep(later(59));
      expect((await world.here.interactions.find(NAMESPACE, draft.id))?.state).toBe('PENDING');
      await world.here.interactions.sweep(later(61));
      expect(await world.here.interactions.find(NAMESPACE, draft.id)).toMatchObject({
        state: 'UNCREDITED',
        reason: 'UNKNOWN_EXECUTION',
      });
      await serve(world.here, [record]);
      await world.here.interactions.sweep(later(90));
      expect(await world.here.interactions.find(NAMESPACE, draft.id)).toMatchObject({
        state: 'CREDITED',
        reason: null,
        retrieverId,
        document: { documentId: 'doc-0' },
      });
      expect((await countersOf(world.here, retrieverId))[1]).toBe(1);
    });

    test('what the execution contradicts when it comes is kept and earns nothing', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = unserved();
      const drafts = [
        aDraft(onHit(record, 11, CLICK)),
        aDraft({ ...onHit(record, 2, CLICK), position: 3 }),
        aDraft({ target: { kind: 'execution', executionId: record.id }, kinds: REFINEMENT }),
      ];
      await Promise.all(drafts.map((draft) => world.here.interactions.record(draft)));
      await serve(world.here, [record]);
      await world.here.interactions.sweep(new Date());
      const found = await Promise.all(drafts.map(({ id }) => world.here.interactions.find(NAMESPACE, id)));
      expect(found.map((interaction) => interaction?.reason)).toEqual([
        'CONTRADICTS_RECORD',
        'CONTRADICTS_RECORD',
        'OF_EXECUTION',
      ]);
      expect((await countersOf(world.here, retrieverId))[1]).toBe(0);
    });
  });

  describe('listing', () => {
    test('filters, sorts and pages', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      const drafts = Array.from({ length: 7 }, (_, index) => ({
        ...aDraft({
          ...onHit(record, 1 + index, index === 3 ? PURCHASE : CLICK),
          user: index < 2 ? 'ana' : null,
        }),
        occurredAt: new Date(Date.UTC(2025, 0, 10 - index)),
      }));
      for (const draft of drafts) await world.here.interactions.record(draft);
      const list = async (
        filter: Partial<InteractionFilter>,
        order: 'NEWEST' | 'OLDEST' | 'OCCURRED' = 'OLDEST',
      ): Promise<readonly (number | null)[]> => {
        const ranks: (number | null)[] = [];
        for (let after: string | null = null, more = true; more;) {
          const page = await world.here.interactions.list(
            NAMESPACE,
            { filter: { ...EVERYTHING, retrieverId, ...filter }, order },
            { first: 3, after, count: true },
          );
          ranks.push(...page.rows.map(({ value }) => value.rank));
          after = page.rows.at(-1)?.key ?? null;
          more = page.hasNextPage;
          expect(page.total).toBeGreaterThanOrEqual(ranks.length);
        }
        return ranks;
      };
      const all = [1, 2, 3, 4, 5, 6, 7];
      expect((await list({})).toSorted()).toEqual(all);
      expect(await list({}, 'OCCURRED')).toEqual(all);
      expect((await list({}, 'NEWEST')).toReversed()).toEqual(await list({}));
      expect(await list({ kinds: PURCHASE })).toEqual([4]);
      expect((await list({ user: 'ana' })).toSorted()).toEqual([1, 2]);
      expect(await list({ user: 'nobody' })).toEqual([]);
      expect(await list({ document: 'doc-4' })).toEqual([5]);
      expect(await list({ state: 'PENDING' })).toEqual([]);
      expect(
        await list({ since: new Date('2025-01-08'), until: new Date('2025-01-10') }, 'OCCURRED'),
      ).toEqual([2, 3]);
      const foreign = await world.here.interactions.list(
        'other',
        { filter: { ...EVERYTHING, retrieverId }, order: 'NEWEST' },
        { first: 10, after: null, count: true },
      );
      expect(foreign).toEqual({ rows: [], hasNextPage: false, total: 0 });
    });
  });
}
