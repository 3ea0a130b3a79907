import { addExecution, addImpression, emptyCounters } from '../../src/engine/learning/counters.ts';
import { seededRandom } from '../../src/engine/random.ts';

/** A page as counters see it: scores per hit and feature, a reward per hit. */
export interface TestPage {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

export const equalWeights = (features: number): Float64Array => new Float64Array(features).fill(1 / features);

/** Adds a page to counters, times `scale`. Ranks are those of the page. */
export function addTestPage(sums: Float64Array, page: TestPage, scale = 1): void {
  addExecution(sums, scale);
  page.x.forEach((x, index) => {
    const term = {
      position: index + 1,
      x: Float64Array.from(x),
      weights: equalWeights(x.length),
      ranks: new Uint32Array(x.length).fill(index + 1),
    };
    addImpression(sums, term, page.y[index]!, scale);
  });
}

export function countersOf(pages: readonly TestPage[], features: number): Float64Array {
  const sums = emptyCounters(features);
  for (const page of pages) addTestPage(sums, page);
  return sums;
}

/** Pages of ten hits on which the first feature's score decides what is rewarded. */
export function taughtPages(count: number, features: number, seed: string): readonly TestPage[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const x = Array.from({ length: 10 }, () => Array.from({ length: features }, () => 3 * random.next()));
    return { x, y: x.map(([first]) => Number(random.next() < first! / 6)) };
  });
}
