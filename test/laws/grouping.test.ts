import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addShelf, addShelfRetriever, DIMS, runShelf, vectorInput, type Item } from '../support/shelf.ts';
import { openApi, type Api } from '../support/api.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';

const random = seededRandom('grouping');
const vector = (): readonly number[] => Array.from({ length: DIMS }, () => random.next() * 2 - 1);
/** 160 items in groups of very different sizes, one in eight without any group. */
const ITEMS: readonly Item[] = Array.from({ length: 160 }, (_, index) => ({
  id: `item ${index}`,
  fields:
    index % 8 === 7
      ? {}
      : { team: `team ${Math.floor(random.next() ** 3 * 20)}`, level: index % 13, open: index % 3 === 0 },
  left: vector(),
  right: index % 5 === 0 ? null : vector(),
}));

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addShelf(api, 'shelf', ITEMS);
  await addShelfRetriever(api, 'plain', { finalTopK: 500 });
});
afterAll(() => api.close());

const groupOf = (id: string, field: string): unknown =>
  ITEMS.find((item) => item.id === id)?.fields[field] ?? null;
const hitsOf = ({ candidates, hitCount }: ExecutionRecord): readonly string[] =>
  candidates.ids.slice(0, hitCount);

/** Word by word: go down the fused order, leave out what its group has no room for. */
function naive(
  order: readonly string[],
  { field, limit, hits }: { readonly field: string; readonly limit: number; readonly hits: number },
): readonly string[] {
  const served: string[] = [];
  for (const id of order) {
    const group = groupOf(id, field);
    const before = served.filter((other) => group !== null && groupOf(other, field) === group).length;
    if (before < limit && served.length < hits) served.push(id);
  }
  return served;
}

describe('grouped executions', () => {
  test('serve what the naive rule makes of the order without groups; the others follow in that order', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('team', 'level', 'open'),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: DIMS, maxLength: DIMS }),
        async (field, limit, finalTopK, numbers) => {
          fc.pre(numbers.some((value) => value !== 0));
          const inputs = [vectorInput('left', numbers), vectorInput('right', [...numbers].reverse())];
          const name = `grouped-${(number += 1)}`;
          await addShelfRetriever(api, name, { finalTopK, groupBy: { field, limit } });
          const order = hitsOf(await runShelf(api, 'plain', inputs));
          const grouped = await runShelf(api, name, inputs);
          const wanted = naive(order, { field, limit, hits: finalTopK });
          expect(hitsOf(grouped)).toEqual(wanted);
          expect(grouped.candidates.ids).toEqual([...wanted, ...order.filter((id) => !wanted.includes(id))]);
          expect(grouped.candidateCount).toBe(order.length);
        },
      ),
      { seed: 51, numRuns: 40 },
    );
  });

  test('keep the scores and parts that each document has without groups', async () => {
    const inputs = [vectorInput('left', [1, 2, 3, 4]), vectorInput('right', [4, -3, 2, 1])];
    await addShelfRetriever(api, 'scores', { groupBy: { field: 'team' }, finalTopK: 30 });
    const plain = (await runShelf(api, 'plain', inputs)).candidates;
    const grouped = (await runShelf(api, 'scores', inputs)).candidates;
    const row = (table: typeof plain, id: string): readonly unknown[] => {
      const at = table.ids.indexOf(id);
      const cells = [at * 2, at * 2 + 2] as const;
      return [
        table.fused[at],
        ...(['ranks', 'raw', 'normalized', 'contributions'] as const).map((name) => [
          ...table[name].subarray(...cells),
        ]),
      ];
    };
    expect(grouped.ids).not.toEqual(plain.ids);
    for (const id of plain.ids) expect(row(grouped, id)).toEqual(row(plain, id));
  });
});
