import { heldOutNdcg, pageNdcg, servePage, type Best } from './judge.ts';
import { PAGE, type Candidates } from './candidates.ts';
import { TRAINING, type World } from './world.ts';
import { react } from './users.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { Learner, Who } from './learner.ts';

/** Sessions after which a learner is judged. */
export const MARKS = [100, 300, 1_000, 3_000, 10_000] as const;

/** NDCG@10, means over groups (held out) or over the sessions since the last mark (served). */
export interface Judged {
  readonly session: number;
  /** The learner's point weights, the best static and equal weights, on held-out queries. */
  readonly point: Compared;
  /** Pages as served, exploration included, and what the others would have served in the same sessions. */
  readonly served: Compared;
  /** Whether all weights so far, served and point, were exactly equal weights. */
  readonly untouched: boolean;
}
export interface Compared {
  readonly value: number;
  readonly equal: number;
  readonly best: number;
}

interface Visitor {
  readonly who: Who;
  readonly group: number;
}

/** Plays `sessions` sessions of a world's users against a learner. */
export function play(
  { world, best, learner }: { readonly world: World; readonly best: Best; readonly learner: Learner },
  sessions: number,
  seed: string,
): readonly Judged[] {
  const random = seededRandom(JSON.stringify(['play', seed, world.scenario.name]));
  const equal = new Float64Array(world.features).fill(1 / world.features);
  const judged: Judged[] = [];
  let served = nothing();
  let since = 0;
  let untouched = true;
  for (let session = 1; session <= sessions; session += 1) {
    const candidates = world.queries[Math.floor(random.next() * TRAINING)]!;
    const visitor = visitorAt(world, session, random.next());
    const weights = learner.weights(visitor.who, session, 'DRAW');
    untouched &&= isSame(weights, equal);
    const ndcg = (of: Float64Array): number => {
      servePage(candidates, of, SCRATCH);
      return pageNdcg(candidates, visitor.group, SCRATCH);
    };
    const page = new Int32Array(PAGE);
    const shown = servePage(candidates, weights, page);
    served.value += pageNdcg(candidates, visitor.group, page);
    served.equal += ndcg(equal);
    served.best += ndcg(best.weights[visitor.group]!);
    const kinds = react(random, world.scenario, gradesOn(page, candidates, visitor.group));
    const hits = Array.from(page.subarray(0, shown), (row, place) => hitOf(candidates, row, kinds[place]!));
    learner.learn({ who: visitor.who, session, weights, hits });
    if (!(MARKS as readonly number[]).includes(session)) continue;
    const point = judgePoint({ world, best, learner }, session, equal);
    untouched &&= point.untouched;
    judged.push({ session, point: point.compared, served: over(served, session - since), untouched });
    served = nothing();
    since = session;
  }
  return judged;
}

const SCRATCH = new Int32Array(PAGE);
const nothing = (): { value: number; equal: number; best: number } => ({ value: 0, equal: 0, best: 0 });
const over = (sums: Compared, count: number): Compared => ({
  value: sums.value / count,
  equal: sums.equal / count,
  best: sums.best / count,
});

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, index) => Object.is(value, b[index]));
}

function gradesOn(page: Int32Array, candidates: Candidates, group: number): Uint8Array {
  return Uint8Array.from(page, (row) => candidates.grades[group]![row]!);
}

function hitOf(
  { x, ranks, count }: Candidates,
  row: number,
  kinds: number,
): { x: Float64Array; ranks: Uint32Array; kinds: number } {
  const features = x.length / count;
  const from = row * features;
  return { x: x.subarray(from, from + features), ranks: ranks.subarray(from, from + features), kinds };
}

/** Who comes, from a uniform `chance`. Segments and users are told only where the scenario has several. */
function visitorAt(world: World, session: number, chance: number): Visitor {
  const { flipsAfter, usersPerGroup } = world.scenario;
  if (flipsAfter !== null) return visitorOf(world, session > flipsAfter ? 1 : 0, 0);
  const user = Math.floor(chance * world.groups * usersPerGroup);
  return visitorOf(world, Math.floor(user / usersPerGroup), user);
}

function visitorOf(world: World, group: number, user: number): Visitor {
  const { flipsAfter, groupsPerSegment } = world.scenario;
  if (world.groups === 1 || flipsAfter !== null) return { group, who: { segment: null, user: null } };
  return {
    group,
    who: { segment: String(Math.floor(group / groupsPerSegment)), user: String(user) },
  };
}

/** Judges point weights for the first user of every group; for tastes that flip, of the group that is now. */
function judgePoint(
  { world, best, learner }: { readonly world: World; readonly best: Best; readonly learner: Learner },
  session: number,
  equal: Float64Array,
): { readonly compared: Compared; readonly untouched: boolean } {
  const { flipsAfter, usersPerGroup } = world.scenario;
  const now = visitorAt(world, session, 0).group;
  const groups = flipsAfter === null ? Array.from({ length: world.groups }, (_, group) => group) : [now];
  const sums = nothing();
  let untouched = true;
  for (const group of groups) {
    const { who } = visitorOf(world, group, group * usersPerGroup);
    const weights = learner.weights(who, session, 'POINT');
    untouched &&= isSame(weights, equal);
    sums.value += heldOutNdcg(world, weights)[group]!;
    sums.equal += best.equal[group]!;
    sums.best += best.ndcg[group]!;
  }
  return { compared: over(sums, groups.length), untouched };
}
