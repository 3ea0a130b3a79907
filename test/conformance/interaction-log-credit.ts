import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  addRetriever,
  aDraft,
  aRecord,
  FEATURES,
  LEARNING,
  NAMESPACE,
  onHit,
  serve,
  startInstance,
} from '../support/learning-world.ts';
import { countersOf, Expected, EVERYBODY } from '../support/learning-reads.ts';
import { distance, naiveCounters } from '../support/naive-counters.ts';
import { CLICK, PURCHASE, REFINEMENT, served, report, stateOf } from './interaction-log-world.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Uuid } from '../../src/engine/ids.ts';
import type { InteractionWorld } from './interaction-log-world.ts';

export function creditingLaws(world: InteractionWorld): void {
  let retrieverId: Uuid;

  describe('crediting', () => {
    test('counts a page and its rewards for everybody, the segment, the user and the session', async () => {
      retrieverId = await addRetriever(world.sql, [{ ...LEARNING, sessionLevel: true }]);
      const expected = new Expected();
      const records = Array.from({ length: 24 }, (_, index) =>
        aRecord({
          retrieverId,
          seed: `page ${index}`,
          hits: [25, 10, 1, 0][index % 4]!,
          user: ['ana', '😀"\\', null][index % 3]!,
          session: `s${index % 2}`,
          segment: index % 5 === 0 ? null : ['a"b', String(index % 2)],
          features: index % 2 === 0 ? FEATURES : [...FEATURES].reverse(),
        }),
      );
      await serve(world.here, records);
      records.forEach((record) => expected.shown(record, 10));
      await Promise.all(
        records.flatMap((record) =>
          [1, 3, 9].map((rank) => {
            if (rank > record.hitCount) return null;
            expected.add(record, rank, rank === 3 ? PURCHASE : CLICK);
            return report(world.here, onHit(record, rank, rank === 3 ? PURCHASE : CLICK));
          }),
        ),
      );
      const contexts = [
        [EVERYBODY, () => true],
        [{ level: 'USER', subject: '😀"\\' }, ({ user }: ExecutionRecord) => user === '😀"\\'],
        [{ level: 'SESSION', subject: 's1' }, ({ session }: ExecutionRecord) => session === 's1'],
        [
          { level: 'SEGMENT', subject: '["a\\"b","1"]' },
          ({ segment }: ExecutionRecord) => segment?.[1] === '1',
        ],
      ] as const;
      for (const [context, of] of contexts) {
        const sums = await countersOf(world.here, retrieverId, context);
        expect(sums[0]).toBeGreaterThan(3);
        expect(distance(sums, naiveCounters(expected.states(of), FEATURES))).toBeLessThanOrEqual(1);
      }
    });

    test('takes a reward for what the retriever version of the execution says it is worth', async () => {
      const rewards = LEARNING.rewardMap.rewards.map((reward) => 10 * reward);
      const dear = { ...LEARNING, rewardMap: { rewards, limit: 15 } };
      retrieverId = await addRetriever(world.sql, [LEARNING, dear]);
      const first = await served(world, retrieverId, { version: 1 });
      const second = await served(world, retrieverId, { version: 2 });
      for (const record of [first, second]) await report(world.here, onHit(record, 1, PURCHASE));
      // M = Σ|R|: 3 by the first version, 30 clipped to 15 by the second.
      expect((await countersOf(world.here, retrieverId))[3]).toBe(18);
    });

    test('keeps a reward until its hit is shown, on whichever page', async () => {
      retrieverId = await addRetriever(world.sql);
      const expected = new Expected();
      const record = await served(world, retrieverId, { hits: 25 });
      expect(stateOf(await report(world.here, onHit(record, 15, CLICK)))).toBe('CREDITED');
      expected.shown(record, 10);
      expected.add(record, 15, CLICK);
      const before = await countersOf(world.here, retrieverId);
      expect(before[1]).toBe(0);
      world.elsewhere.executions.offerImpression(NAMESPACE, {
        executionId: record.id,
        from: 11,
        to: 20,
        at: new Date(),
      });
      await world.elsewhere.executions.flush();
      expected.shown(record, 20);
      const after = await countersOf(world.here, retrieverId);
      expect(after.slice(0, 2)).toEqual(Float64Array.of(1, 1));
      expect(distance(after, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
    });

    test('counts a hit once, however many pages overlap on however many instances', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId, { hits: 25 });
      const pages = [
        [1, 10],
        [5, 15],
        [5, 15],
        [11, 25],
        [24, 40],
      ] as const;
      await Promise.all(
        pages.map(async ([from, to], index) => {
          const { executions } = index % 2 === 0 ? world.here : world.elsewhere;
          executions.offerImpression(NAMESPACE, { executionId: record.id, from, to, at: new Date() });
          await executions.flush();
        }),
      );
      const expected = new Expected();
      expected.shown(record, 25);
      const sums = await countersOf(world.here, retrieverId);
      expect(distance(sums, naiveCounters(expected.states(), FEATURES))).toBeLessThanOrEqual(1);
    });

    test('credits nothing to a page that does not teach, nor to a deleted retriever', async () => {
      retrieverId = await addRetriever(world.sql);
      const degraded = await served(world, retrieverId, { teaches: false });
      const outcome = await report(world.here, onHit(degraded, 1, CLICK));
      expect(outcome).toMatchObject({
        status: 'recorded',
        interaction: { state: 'UNCREDITED', reason: 'PAGE_DOES_NOT_TEACH', rank: 1 },
      });
      const taught = await served(world, retrieverId);
      await world.sql.query('delete from retriever where id = $1', [retrieverId]);
      const late = startInstance(world.sql);
      await report(late, onHit(taught, 1, CLICK));
      expect((await countersOf(world.here, retrieverId))[1]).toBe(0);
    });

    test('says which executions changed, after they did', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = await served(world, retrieverId);
      world.here.credited.length = 0;
      await report(world.here, onHit(record, 2, CLICK));
      await report(world.here, onHit(record, 2, CLICK));
      expect(world.here.credited.map(({ id }) => id)).toEqual([record.id]);
    });

    test('tells a page that earned nothing from one whose reward had waited for it', async () => {
      retrieverId = await addRetriever(world.sql);
      const record = aRecord({ retrieverId, seed: 'waiting', hits: 12 });
      world.here.credited.length = world.here.shown.length = 0;
      await serve(world.here, [record]);
      expect([world.here.shown.map(({ id }) => id), world.here.credited]).toEqual([[record.id], []]);
      await report(world.here, onHit(record, 12, CLICK));
      world.here.credited.length = world.here.shown.length = 0;
      const page = { executionId: record.id, from: 11, to: 12, at: new Date() };
      world.here.executions.offerImpression(NAMESPACE, page);
      await world.here.executions.flush();
      expect([world.here.shown, world.here.credited.map(({ id }) => id)]).toEqual([[], [record.id]]);
    });
  });

  describe('resolving', () => {
    let record: ExecutionRecord;
    beforeAll(async () => {
      retrieverId = await addRetriever(world.sql);
      record = await served(world, retrieverId, { hits: 12 });
    });

    test('takes rank and document from the record', async () => {
      const byHit = await report(world.here, { ...onHit(record, 4, CLICK), position: 4 });
      expect(byHit).toMatchObject({
        interaction: { rank: 4, document: { documentId: 'doc-3' }, retrieverId },
      });
      const byDocument = await report(world.here, {
        target: { kind: 'document', executionId: record.id, documentId: 'doc-6' },
        kinds: CLICK,
      });
      expect(byDocument).toMatchObject({ interaction: { rank: 7, state: 'CREDITED' } });
      const ofExecution = await report(world.here, {
        target: { kind: 'execution', executionId: record.id },
        kinds: REFINEMENT,
      });
      expect(ofExecution).toMatchObject({
        interaction: { rank: null, state: 'UNCREDITED', reason: 'OF_EXECUTION' },
      });
    });

    test.each([
      ['a rank beyond the served order', () => onHit(record, 13, CLICK), 'OUT_OF_RANGE'],
      ['rank 0', () => onHit(record, 0, CLICK), 'OUT_OF_RANGE'],
      ['another position', () => ({ ...onHit(record, 4, CLICK), position: 5 }), 'CONTRADICTS_RECORD'],
      [
        'a document that was not served',
        () => ({
          target: { kind: 'document' as const, executionId: record.id, documentId: 'doc-99' },
          kinds: CLICK,
        }),
        'NOT_FOUND',
      ],
      ['a hit of another namespace', () => ({ ...onHit(record, 1, CLICK), namespace: 'other' }), 'NOT_FOUND'],
    ])('refuses %s, and the rest of the batch is written', async (_, wish, code) => {
      const outcomes = await Promise.all([
        report(world.here, onHit(record, 1, CLICK)),
        report(world.here, wish()),
        report(world.here, onHit(record, 2, CLICK)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['recorded', 'refused', 'recorded']);
      expect(stateOf(outcomes[1]!)).toBe(code);
    });

    test('gives back what it was given, bit for bit', async () => {
      const metadata = JSON.stringify({ text: '\u0000 \' " \\ 😀 ${x}', number: -0.1, list: [null, {}] });
      const draft = aDraft({
        ...onHit(record, 1, CLICK | PURCHASE),
        metadata,
        user: '😀\'"',
        key: 'k \\ "1"',
      });
      const outcome = await world.here.interactions.record(draft);
      const found = await world.elsewhere.interactions.find(NAMESPACE, draft.id);
      expect(outcome).toEqual({ status: 'recorded', interaction: found });
      expect(found).toMatchObject({ metadata, user: '😀\'"', idempotencyKey: 'k \\ "1"', kinds: 5 });
      expect(found?.occurredAt).toEqual(draft.occurredAt);
      expect(await world.here.interactions.find('other', draft.id)).toBeNull();
    });
  });
}
