import { describe, expect, test } from '@jest/globals';
import { addRetriever, onHit, type DraftWish } from '../support/learning-world.ts';
import { CLICK, report, served, type InteractionWorld } from './interaction-log-world.ts';
import { countersOf, EVERYBODY } from '../support/learning-reads.ts';
import type { RecordOutcome } from '../../src/engine/interaction/interaction-log.ts';

/** The instance that served an execution still knows it; any other reads it from the log. */
export function keptLaws(world: InteractionWorld): void {
  describe('an execution that was served here', () => {
    test('means the same hits as to an instance that reads it', async () => {
      const record = await served(world, await addRetriever(world.sql), { hits: 7 });
      const { id: executionId } = record;
      const document = (documentId: string): DraftWish => ({
        target: { kind: 'document', executionId, documentId },
        kinds: CLICK,
      });
      const wishes: readonly DraftWish[] = [
        onHit(record, 7, CLICK),
        onHit(record, 8, CLICK),
        onHit(record, 0, CLICK),
        { ...onHit(record, 2, CLICK), position: 3 },
        { ...onHit(record, 2, CLICK), namespace: 'other' },
        document('doc-3'),
        document('doc-7'),
        { ...document('doc-3'), position: 4 },
        { target: { kind: 'execution', executionId }, kinds: CLICK },
      ];
      for (const wish of wishes) {
        const here = await report(world.here, wish);
        const elsewhere = await report(world.elsewhere, wish);
        expect(told(here)).toEqual(told(elsewhere));
      }
      expect(told(await report(world.here, document('doc-3')))).toMatchObject({ rank: 4, state: 'CREDITED' });
    });

    test('is credited as it stands by now: not to a user who was erased', async () => {
      const retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId, { user: 'erased soon' });
      const user = { level: 'USER', subject: 'erased soon' } as const;
      const rewarded = async (): Promise<readonly unknown[]> => [
        (await countersOf(world.here, retrieverId, EVERYBODY))[1],
        (await countersOf(world.here, retrieverId, user))[1],
      ];
      await report(world.here, onHit(record, 1, CLICK));
      expect(await rewarded()).toEqual([1, 1]);
      await world.sql.query('update execution set user_id = null where id = $1', [record.id]);
      await report(world.here, onHit(record, 2, CLICK));
      expect(await rewarded()).toEqual([2, 1]);
    });

    test('earns nothing once it was deleted', async () => {
      const retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      await world.sql.query('delete from execution where id = $1', [record.id]);
      await report(world.here, onHit(record, 1, CLICK));
      expect((await countersOf(world.here, retrieverId, EVERYBODY))[1]).toBe(0);
    });
  });
}

/** What an outcome says of the hit that was meant. */
function told(outcome: RecordOutcome): unknown {
  if (outcome.status === 'refused') return outcome.fault;
  const { retrieverId, rank, document, state, reason } = outcome.interaction;
  return { retrieverId, rank, document, state, reason };
}
