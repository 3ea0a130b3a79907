import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addShelf,
  addShelfRetriever,
  DIMS,
  LEFT,
  RIGHT,
  runShelf,
  vectorInput,
  type Item,
} from '../support/shelf.ts';
import { openApi, type Api } from '../support/api.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';

const random = seededRandom('collections');
const vector = (scale: number): readonly number[] =>
  Array.from({ length: DIMS }, (_, axis) => Math.fround(random.next() * 2 - 1 + (axis === 0 ? scale : 0)));
/** 120 items; those of the collection `low` point more the same way, so that chance looks different there. */
const ITEMS: readonly Item[] = Array.from({ length: 120 }, (_, index) => ({
  id: `item ${index}`,
  fields: { team: `team ${index % 5}`, level: index % 7 },
  left: index % 6 === 5 ? null : vector(index < 60 ? 1 : 0),
  right: index % 4 === 3 ? null : vector(0),
}));
const LOW = ITEMS.slice(0, 60);
const HIGH = ITEMS.slice(60);

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addShelf(api, 'shelf', ITEMS);
  await addShelf(api, 'low', LOW);
  await addShelf(api, 'high', HIGH);
  const measure =
    'mutation ($input: MeasureBackgroundInput!) { measureBackground(input: $input) { userErrors { code } } }';
  // The right one has too few vectors to be measured.
  for (const collection of ['low', 'high'])
    await api.ask(measure, { input: { collection, features: [LEFT] } });
});
afterAll(() => api.close());

const query = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: DIMS, maxLength: DIMS })
  .filter((numbers) => numbers.some((number) => number !== 0));
const recipe = fc.record({
  topK: fc.constantFrom(1, 4, 30, 120),
  strategy: fc.constantFrom('WEIGHTED', 'RRF', 'MAX'),
  missing: fc.constantFrom('ZERO', 'COMPLETE'),
  groupBy: fc.constantFrom(null, { field: 'team', limit: 3 }),
  level: fc.constantFrom(null, 3),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

const made = new Set<string>();
async function run(
  collections: readonly string[],
  { topK, strategy, missing, groupBy, level }: Recipe,
  queries: readonly [readonly number[], readonly number[]],
): Promise<ExecutionRecord> {
  const name = [...collections, topK, strategy, missing, groupBy?.field, level].join('-');
  if (!made.has(name))
    await addShelfRetriever(api, name, {
      collections,
      searches: [
        { feature: LEFT, input: '{{INPUT.left}}', topK },
        { feature: RIGHT, input: '{{INPUT.right}}', topK },
      ],
      fusion: { strategy, normalization: 'SIMILARITY', missing: strategy === 'RRF' ? 'ZERO' : missing },
      groupBy,
      filter: level === null ? null : { field: 'level', lt: level },
      finalTopK: 50,
    });
  made.add(name);
  return runShelf(api, name, [vectorInput('left', queries[0]), vectorInput('right', queries[1])]);
}

describe('several collections', () => {
  test('are searched as if their documents stood in one', async () => {
    await fc.assert(
      fc.asyncProperty(recipe, fc.tuple(query, query), async (how, queries) => {
        const whole = await run(['shelf'], how, queries);
        const parts = await run(['low', 'high'], how, queries);
        // Fused ties are by collection and id, so the order inside a tie may differ: scores decide the rest.
        const rows = ({ candidates, hitCount }: ExecutionRecord): readonly unknown[] => [
          hitCount,
          ...candidates.ids
            .map((id, row) => [
              id,
              row < hitCount,
              Math.round(candidates.fused[row]! * 1e9),
              [...candidates.ranks.subarray(row * 2, row * 2 + 2)],
              [...candidates.raw.subarray(row * 2, row * 2 + 2)],
            ])
            .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
        ];
        expect(rows(parts)).toEqual(rows(whole));
        const { candidates } = parts;
        candidates.ids.forEach((id, row) => {
          const inLow = LOW.some((item) => item.id === id);
          expect(candidates.collection[row]).toBe(inLow ? 0 : 1);
        });
      }),
      { seed: 91, numRuns: 60 },
    );
  });

  test('are normalized each by its own background', async () => {
    await addShelfRetriever(api, 'backgrounds', {
      collections: ['low', 'high'],
      fusion: { strategy: 'WEIGHTED', normalization: 'BACKGROUND' },
    });
    const backgrounds = await Promise.all(
      ['low', 'high'].map(async (name) => {
        const { id } = (await api.ports.catalog.collectionByName('default', name))!;
        return (await api.ports.catalog.featuresOf(id)).find(({ uri }) => uri === LEFT)!.background!;
      }),
    );
    expect(Math.abs(backgrounds[0]!.mean - backgrounds[1]!.mean)).toBeGreaterThan(0.1);
    const { candidates, notices } = await runShelf(api, 'backgrounds', [vectorInput('left', [3, 1, 2, 1])]);
    // The right one has too few vectors to be measured, and is not asked for anything.
    expect(notices.filter(({ feature }) => feature === LEFT)).toEqual([]);
    let seen = 0;
    candidates.ids.forEach((_, row) => {
      const raw = candidates.raw[row * 2]!;
      if (Number.isNaN(raw)) return;
      const { mean, deviation } = backgrounds[candidates.collection[row]!]!;
      expect(candidates.normalized[row * 2]).toBeCloseTo(Math.max(0, (raw - mean) / deviation), 9);
      seen += 1;
    });
    expect(seen).toBeGreaterThan(90);
  });
});
