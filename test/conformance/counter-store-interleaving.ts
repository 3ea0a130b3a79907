import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addRetriever,
  aDraft,
  aRecord,
  NAMESPACE,
  onHit,
  serve,
  type Instance,
} from '../support/learning-world.ts';
import { distanceFrom, rebuild, show } from './counter-store-world.ts';
import { Expected } from '../support/learning-reads.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { InteractionWorld } from './interaction-log-world.ts';
import type { Uuid } from '../../src/engine/ids.ts';

const PAGES = 6;

/** One thing that happens: an execution is served or a later page of it, or a hit of it earns kinds, for good or not. */
const step = fc.record({
  page: fc.nat(PAGES - 1),
  what: fc.oneof(
    fc.constant({ do: 'serve' as const }),
    fc.record({ do: fc.constant('show' as const), from: fc.integer({ min: 1, max: 14 }), length: fc.nat(6) }),
    fc.record({
      do: fc.constant('report' as const),
      rank: fc.integer({ min: 1, max: 14 }),
      kinds: fc.integer({ min: 1, max: 2 ** 15 - 1 }),
      times: fc.integer({ min: 1, max: 3 }),
      kept: fc.boolean(),
    }),
  ),
  elsewhere: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Story {
  readonly instances: readonly [Instance, Instance];
  readonly records: readonly ExecutionRecord[];
  readonly served: Set<Uuid>;
  readonly stored: Set<Uuid>;
  readonly expected: Expected;
}

export function interleavingLaws(world: InteractionWorld): void {
  describe('any story', () => {
    test('told in any order, batches and repetitions by two instances gives the sums of how it ends', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
          async (batches) => {
            const retrieverId = await addRetriever(world.sql);
            const records = Array.from({ length: PAGES }, (_, index) =>
              aRecord({ retrieverId, seed: `story ${index}`, hits: 14, user: `u${index % 2}` }),
            );
            const story: Story = {
              instances: [world.here, world.elsewhere],
              records,
              served: new Set(),
              stored: new Set(),
              expected: new Expected(),
            };
            // What is in one batch happens at once.
            for (const batch of batches) await Promise.all(batch.map((one) => tell(story, one)));
            await serveRest(story);
            await world.here.interactions.sweep(new Date());
            const states = story.expected.states();
            expect(await distanceFrom(world.here, { retrieverId }, states)).toBeLessThanOrEqual(1);
            const context = { level: 'USER' as const, subject: 'u1' };
            const own = states.filter(({ record }) => record.user === 'u1');
            expect(await distanceFrom(world.here, { retrieverId, context }, own)).toBeLessThanOrEqual(1);
            await rebuild([world.elsewhere], retrieverId);
            expect(await distanceFrom(world.here, { retrieverId }, states)).toBeLessThanOrEqual(1);
          },
        ),
        { numRuns: 15, seed: 51 },
      );
    });
  });
}

async function tell(story: Story, { page, what, elsewhere }: Step): Promise<void> {
  const record = story.records[page]!;
  const instance = story.instances[elsewhere ? 1 : 0];
  switch (what.do) {
    case 'serve':
      return serveOnce(story, record, instance);
    case 'show':
      // A later page is only served of an execution that is stored.
      if (!story.stored.has(record.id)) return;
      story.expected.shown(record, Math.max(10, Math.min(what.from + what.length, 14)));
      return show(instance, record, { from: Math.min(what.from, 11), to: what.from + what.length });
    case 'report': {
      const reports = Array.from({ length: what.times }, () => aDraft(onHit(record, what.rank, what.kinds)));
      await Promise.all(reports.map((draft) => instance.interactions.record(draft)));
      if (what.kept) story.expected.add(record, what.rank, what.kinds);
      else for (const { id } of reports) await instance.interactions.delete(NAMESPACE, id);
    }
  }
}

async function serveOnce(story: Story, record: ExecutionRecord, instance: Instance): Promise<void> {
  if (story.served.has(record.id)) return;
  story.served.add(record.id);
  story.expected.shown(record, 10);
  await serve(instance, [record]);
  story.stored.add(record.id);
}

async function serveRest(story: Story): Promise<void> {
  for (const record of story.records) await serveOnce(story, record, story.instances[0]);
}
