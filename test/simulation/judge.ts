import { DISCOUNTS, PAGE, type Candidates } from './candidates.ts';
import { HELD_OUT, TRAINING, type World } from './world.ts';

/**
 * Fills `page` with the candidates that weighted fusion puts first, and returns how many there are. The same order as
 * the engine's `fuse` (a test compares them), without making objects: worlds play millions of pages.
 */
export function servePage(candidates: Candidates, weights: Float64Array, page: Int32Array): number {
  const { count, x } = candidates;
  const features = weights.length;
  let filled = 0;
  let least = LOWEST;
  for (let row = 0; row < count; row += 1) {
    let score = 0;
    for (let f = 0, at = row * features; f < features; f += 1) score += weights[f]! * x[at + f]!;
    if (filled === PAGE && score <= least) continue;
    let place = filled < PAGE ? filled++ : PAGE - 1;
    for (; place > 0 && SCORES[place - 1]! < score; place -= 1) {
      SCORES[place] = SCORES[place - 1]!;
      page[place] = page[place - 1]!;
    }
    SCORES[place] = score;
    page[place] = row;
    if (filled === PAGE) least = SCORES[PAGE - 1]!;
  }
  return filled;
}

/** A constant of the module: looking up a global in this loop costs more than the loop where tests run. */
const LOWEST = -Infinity;
const SCORES = new Float64Array(PAGE);

/** NDCG@10 of a page for a group of users, linear gain; 0 where nothing is relevant. */
export function pageNdcg(candidates: Candidates, group: number, page: Int32Array): number {
  const grades = candidates.grades[group]!;
  const ideal = candidates.ideal[group]!;
  if (ideal === 0) return 0;
  let sum = 0;
  for (let place = 0; place < PAGE; place += 1) sum += grades[page[place]!]! * DISCOUNTS[place]!;
  return sum / ideal;
}

/** Mean NDCG@10 over the held-out queries, for every group, of the same weights. */
export function heldOutNdcg(world: World, weights: Float64Array): Float64Array {
  const page = new Int32Array(PAGE);
  const sums = new Float64Array(world.groups);
  for (const candidates of world.queries.slice(TRAINING)) {
    servePage(candidates, weights, page);
    for (let group = 0; group < world.groups; group += 1) sums[group]! += pageNdcg(candidates, group, page);
  }
  return sums.map((sum) => sum / HELD_OUT);
}

/** The best static weights in hindsight, per group, by a grid on the held-out queries. */
export interface Best {
  readonly weights: readonly Float64Array[];
  readonly ndcg: Float64Array;
  /** NDCG of equal weights. */
  readonly equal: Float64Array;
}

const STEPS = new Map([
  [2, 40],
  [3, 20],
]);

export function bestStatic(world: World): Best {
  const { features, groups } = world;
  const steps = STEPS.get(features) ?? 6;
  const ndcg = new Float64Array(groups).fill(-1);
  const weights = new Array<Float64Array>(groups).fill(new Float64Array(features));
  for (const point of simplex(features, steps)) {
    const candidate = Float64Array.from(point, (part) => part / steps);
    heldOutNdcg(world, candidate).forEach((value, group) => {
      if (value <= ndcg[group]!) return;
      ndcg[group] = value;
      weights[group] = candidate;
    });
  }
  return { weights, ndcg, equal: heldOutNdcg(world, new Float64Array(features).fill(1 / features)) };
}

/** All ways to split `steps` among `parts`. */
function simplex(parts: number, steps: number): readonly (readonly number[])[] {
  if (parts === 1) return [[steps]];
  return Array.from({ length: steps + 1 }, (_, first) =>
    simplex(parts - 1, steps - first).map((rest) => [first, ...rest]),
  ).flat();
}
