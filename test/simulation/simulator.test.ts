import { describe, expect, test } from '@jest/globals';
import { bestStatic, heldOutNdcg, pageNdcg, servePage } from './judge.ts';
import { fuse } from '../../src/engine/fusion/fuse.ts';
import { kindMask } from '../../src/engine/learning/reward.ts';
import { makeWorld, PLAIN_SETTING } from './world.ts';
import { PAGE, type Candidates } from './candidates.ts';
import { react } from './users.ts';
import { SCENARIOS } from './scenarios.ts';
import { seededRandom } from '../../src/engine/random.ts';

const world = makeWorld(SCENARIOS.dominant, PLAIN_SETTING, 'simulator');

/** The page of the engine's own fusion: the candidates' lists again, x as they are. */
const fusedPage = ({ count, x, ranks }: Candidates, weights: Float64Array): readonly number[] => {
  const features = weights.length;
  const rows = Array.from({ length: count }, (_, row) => row);
  const { table } = fuse({
    strategy: 'WEIGHTED',
    rrfK: 60,
    lists: Array.from(weights, (_, f) =>
      rows
        .filter((row) => ranks[row * features + f]! > 0)
        .sort((a, b) => ranks[a * features + f]! - ranks[b * features + f]!)
        .map((row) => ({ collection: 0, id: String(row), score: x[row * features + f]! })),
    ),
    rules: Array.from(weights, () => ({ kind: 'SIMILARITY', similarity: 'COSINE' })),
    weights,
    limit: PAGE,
    depth: 0,
    collections: ['simulated'],
  });
  return table.ids.map(Number);
};

describe('the simulator', () => {
  test('serves the pages that the engine’s fusion serves', () => {
    const random = seededRandom('pages');
    const page = new Int32Array(PAGE);
    for (const candidates of world.queries) {
      const parts = Float64Array.from({ length: 3 }, () => random.next());
      const sum = parts.reduce((total, part) => total + part, 0);
      const weights = parts.map((part) => part / sum);
      servePage(candidates, weights, page);
      expect(Array.from(page)).toEqual(fusedPage(candidates, weights));
    }
  });

  test('the best page has NDCG 1, and grades swapped on it have less', () => {
    const [candidates] = world.queries;
    const grades = candidates!.grades[0]!;
    const best = Array.from(grades.keys()).sort((a, b) => grades[b]! - grades[a]!);
    const found = Int32Array.from(best.slice(0, PAGE));
    const shown = Array.from(found, (row) => grades[row]!);
    const ideal = shown.reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
    const only = { ...candidates!, ideal: Float64Array.of(ideal) };
    expect(shown[0]).toBeGreaterThan(shown[PAGE - 1]!);
    expect(pageNdcg(only, 0, found)).toBeCloseTo(1, 12);
    expect(pageNdcg(only, 0, found.toReversed())).toBeLessThan(1);
  });

  test('weights that differ from the best are no better, and equal weights leave a gap', () => {
    const best = bestStatic(world);
    expect(heldOutNdcg(world, best.weights[0]!)[0]).toBe(best.ndcg[0]);
    expect(heldOutNdcg(world, Float64Array.of(0, 0, 1))[0]).toBeLessThan(best.ndcg[0]!);
    expect(best.ndcg[0]! - best.equal[0]!).toBeGreaterThan(0.05);
  });

  test('the same seed makes the same world, another seed another', () => {
    const firstOf = (seed: string): number =>
      makeWorld(SCENARIOS.dominant, PLAIN_SETTING, seed).queries[0]!.x[0]!;
    expect(firstOf('simulator')).toBe(world.queries[0]!.x[0]);
    expect(firstOf('another')).not.toBe(world.queries[0]!.x[0]);
  });

  test('users click as often as position and grade say: within 4 standard errors of 20,000 pages', () => {
    const random = seededRandom('clicks');
    const grades = Uint8Array.of(3, 3, 0, 0, 1, 1, 1, 1, 1, 2);
    const clicks = new Float64Array(PAGE);
    const pages = 20_000;
    for (let page = 0; page < pages; page += 1)
      react(random, SCENARIOS.dominant, grades).forEach(
        (kinds, place) => (clicks[place]! += Math.sign(kinds)),
      );
    clicks.forEach((count, place) => {
      const chance = SCENARIOS.dominant.attraction[grades[place]!]! / (place + 1);
      expect(Math.abs(count / pages - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / pages));
    });
  });

  test('signals come only with clicks: bought documents are good, disliked ones bad', () => {
    const random = seededRandom('signals');
    const bought = kindMask(['CLICK', 'PURCHASE']);
    const disliked = kindMask(['CLICK', 'NEGATIVE_FEEDBACK']);
    const counts = new Map<string, number>();
    for (let page = 0; page < 5_000; page += 1)
      react(random, SCENARIOS.signals, Uint8Array.of(3, 0, 3, 0, 3, 0, 3, 0, 3, 0)).forEach(
        (kinds, place) => {
          const name = `${place % 2 === 0 ? 'good' : 'bad'} ${kinds}`;
          counts.set(name, (counts.get(name) ?? 0) + 1);
        },
      );
    expect(counts.get(`good ${disliked}`)).toBeUndefined();
    expect(counts.get(`bad ${bought}`)).toBeUndefined();
    expect(counts.get(`good ${bought}`)).toBeGreaterThan(1_000);
    expect(counts.get(`bad ${disliked}`)).toBeGreaterThan(300);
  });
});
