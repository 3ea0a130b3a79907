/**
 * How long choosing weights takes from counters in memory, by number of features. Prints medians in µs.
 *   node bench/choose-weights.ts
 */
import { addExecution, addImpression, emptyCounters } from '../src/engine/learning/counters.ts';
import { beliefOf, type LevelCounters } from '../src/engine/learning/belief.ts';
import { chooseWeights } from '../src/engine/learning/choose-weights.ts';
import { drawSeed } from '../src/engine/learning/draw.ts';
import { helpOnRequest } from './support/help.ts';
import { seededRandom, type Random } from '../src/engine/random.ts';
import { DEFAULT_LEARNING } from '../test/support/learning.ts';

helpOnRequest(import.meta.filename);
const CALLS = 20_000;
const BATCH = 50;

const countersOf = (random: Random, features: number, pages: number): Float64Array => {
  const sums = emptyCounters(features);
  const weights = new Float64Array(features).fill(1 / features);
  const ranks = new Uint32Array(features).fill(1);
  for (let page = 0; page < pages; page += 1) {
    addExecution(sums, 1);
    for (let position = 1; position <= 10; position += 1) {
      const x = weights.map(() => 4 * random.next());
      addImpression(sums, { position, x, weights, ranks }, random.next() < x[0]! / 20 ? 1 : 0, 1);
    }
  }
  return sums;
};

/** Median time of one call in µs, over batches, after as many calls to warm up. */
const median = (call: (index: number) => void): number => {
  const times: number[] = [];
  for (let index = 0; index < CALLS; index += 1) call(index);
  for (let at = 0; at < CALLS; at += BATCH) {
    const start = performance.now();
    for (let index = at; index < at + BATCH; index += 1) call(index);
    times.push(((performance.now() - start) / BATCH) * 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
};

console.log('features  belief of 3 levels (µs)  draw from a kept belief (µs)  both (µs)');
for (const features of [1, 3, 5, 10]) {
  const random = seededRandom(`bench ${features}`);
  const given = new Array<null>(features).fill(null);
  const levels: readonly LevelCounters[] = [
    { level: 'GLOBAL', sums: countersOf(random, features, 2_000) },
    { level: 'SEGMENT', sums: countersOf(random, features, 300) },
    { level: 'USER', sums: countersOf(random, features, 40) },
  ];
  const question = { given, levels, learning: DEFAULT_LEARNING };
  const kept = beliefOf(question);
  const choose = (belief: typeof kept, index: number): number => {
    const seed = drawSeed({
      retriever: 'r',
      generation: 'g',
      session: null,
      execution: `execution ${index}`,
    });
    const learned = { belief, mode: 'DRAW' as const, seed };
    return chooseWeights({ strategy: 'LEARNED', given, generation: 'g', learned }).weights[0]!;
  };
  const times = [
    median(() => beliefOf(question)),
    median((index) => choose(kept, index)),
    median((index) => choose(beliefOf(question), index)),
  ];
  console.log(
    `${String(features).padStart(8)}  ${times.map((time) => time.toFixed(1).padStart(20)).join('  ')}`,
  );
}
