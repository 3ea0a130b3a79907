import { PAGE } from './candidates.ts';
import { kindMask } from '../../src/engine/learning/reward.ts';
import type { Random } from '../../src/engine/random.ts';
import type { Scenario } from './scenarios.ts';

const CLICK = kindMask(['CLICK']);
const BOUGHT = kindMask(['CLICK', 'PURCHASE']);
const DISLIKED = kindMask(['CLICK', 'NEGATIVE_FEEDBACK']);

/** P(stop | clicked, grade) of a cascading user, and P(go on) from any position. */
const STOPS = [0.1, 0.3, 0.5, 0.8];
const GOES_ON = 0.95;
/** P(bought | clicked, grade) and P(disliked | clicked, grade). */
const BUYS = [0, 0.05, 0.2, 0.5];
const DISLIKES = [0.4, 0.15, 0.03, 0];

/** What a user does to a page with these grades: kinds of interaction as bits, per position. */
export function react(random: Random, scenario: Scenario, grades: Uint8Array): Uint32Array {
  const kinds = new Uint32Array(PAGE);
  let scanning = true;
  for (let place = 0; place < PAGE && scanning; place += 1) {
    const grade = grades[place]!;
    const examined = scenario.cascade ? 1 : (place + 1) ** -scenario.bias;
    const clicked = random.next() < examined * scenario.attraction[grade]!;
    if (clicked) kinds[place] = scenario.signals ? judgement(random, grade) : CLICK;
    if (!scenario.cascade) continue;
    if (clicked && random.next() < STOPS[grade]!) scanning = false;
    if (random.next() >= GOES_ON) scanning = false;
  }
  return kinds;
}

function judgement(random: Random, grade: number): number {
  const chance = random.next();
  if (chance < BUYS[grade]!) return BOUGHT;
  return chance > 1 - DISLIKES[grade]! ? DISLIKED : CLICK;
}
