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

const random = seededRandom('more like this');
const vector = (): readonly number[] =>
  Array.from({ length: DIMS }, () => Math.fround(random.next() * 2 - 1));
const ITEMS: readonly Item[] = Array.from({ length: 60 }, (_, index) => ({
  id: `item ${index}`,
  fields: { team: `team ${index % 4}` },
  left: vector(),
  right: vector(),
}));
const searches = (left: string, right: string, topK: number): readonly object[] => [
  { feature: LEFT, input: `{{INPUT.${left}}}`, topK, weight: 2 },
  { feature: RIGHT, input: `{{INPUT.${right}}}`, topK, weight: 1 },
];

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await addShelf(api, 'shelf', ITEMS);
  const inputs = [{ name: 'like', type: 'DOCUMENT' }];
  for (const topK of [1, 5, 59])
    await addShelfRetriever(api, `like-${topK}`, { inputs, searches: searches('like', 'like', topK) });
  for (const topK of [2, 6, 60])
    await addShelfRetriever(api, `with-${topK}`, { searches: searches('left', 'right', topK) });
});
afterAll(() => api.close());

describe('more like a document', () => {
  test('is what its vectors find, one deeper, without the document', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ITEMS), fc.constantFrom(1, 5, 59), async (item, topK) => {
        const named = { name: 'like', value: { collection: 'shelf', id: item.id } };
        const like = (await runShelf(api, `like-${topK}`, [named])).candidates;
        const vectors = [vectorInput('left', item.left!), vectorInput('right', item.right!)];
        const found = (await runShelf(api, `with-${topK + 1}`, vectors)).candidates;
        // The document is the first of both lists, so that without it every rank is one less.
        expect(found.ids[0]).toBe(item.id);
        expect(like.ids).toEqual(found.ids.slice(1));
        expect([...like.fused]).toEqual([...found.fused.slice(1)]);
        expect([...like.ranks]).toEqual([...found.ranks.slice(2)].map((rank) => Math.max(0, rank - 1)));
      }),
      { seed: 61, numRuns: 60 },
    );
  });
});
