/**
 * Fusing 5 lists of 100 hits, the work of one execution.
 *   node bench/fuse.ts
 * Prints the time per fusion by strategy, and beside it the time of the least that any fusion must do on the
 * same lists: add up one number per document in a map and sort the sums. Aim: 60 µs.
 */
import { fuse, type FusionInput } from '../src/engine/fusion/fuse.ts';
import { helpOnRequest } from './support/help.ts';
import { compareUtf8 } from '../src/engine/ids.ts';
import { seededRandom } from '../src/engine/random.ts';
import type { RankedList } from '../src/engine/fusion/ranked-list.ts';

helpOnRequest(import.meta.filename);
const LISTS = 5;
const HITS = 100;
/** Documents the lists are drawn from: about 40 % of a list is in another one too. */
const DOCUMENTS = 1_000;
const ROUNDS = 60;
const FUSIONS_A_ROUND = 200;
const AIM = 60;

const random = seededRandom('fuse');
/** Several questions, so that no branch is learned by heart. */
const questions = Array.from({ length: 20 }, () => Array.from({ length: LISTS }, drawList));

function drawList(): RankedList {
  const ids = new Set<string>();
  while (ids.size < HITS) ids.add(`document-${Math.floor(random.next() ** 2 * DOCUMENTS)}`);
  return [...ids]
    .map((id) => ({ collection: 0, id, score: random.next() }))
    .sort((a, b) => b.score - a.score || compareUtf8(a.id, b.id));
}

function inputOf(lists: readonly RankedList[], strategy: FusionInput['strategy']): FusionInput {
  return {
    strategy,
    rrfK: 60,
    lists,
    rules: lists.map(() => ({ kind: 'BACKGROUND' as const, mean: 0.1, deviation: 0.2 })),
    weights: Float64Array.of(0.4, 0.2, 0.2, 0.1, 0.1),
    limit: 25,
    depth: 100,
    collections: ['films'],
  };
}

function addAndSort(lists: readonly RankedList[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const list of lists) for (const { id, score } of list) sums.set(id, (sums.get(id) ?? 0) + score);
  return [...sums.keys()].sort((a, b) => sums.get(b)! - sums.get(a)!).slice(0, 125);
}

interface Timed {
  readonly median: number;
  readonly fastest: number;
}

/** Microseconds of processor time of one call, over rounds of many: what other processes take does not count. */
function time(work: (index: number) => unknown): Timed {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const began = process.cpuUsage();
    for (let index = 0; index < FUSIONS_A_ROUND; index += 1) work(index % questions.length);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / FUSIONS_A_ROUND;
  });
  rounds.sort((a, b) => a - b);
  return { median: rounds[ROUNDS / 2]!, fastest: rounds[0]! };
}

function print(name: string, { median, fastest }: Timed, more = ''): void {
  console.log(
    `${name.padEnd(22)} ${median.toFixed(1).padStart(7)} ${fastest.toFixed(1).padStart(9)}   ${more}`,
  );
}

console.log(`${'µs of processor time'.padEnd(22)}  median   fastest   against the first line`);
const least = time((index) => addAndSort(questions[index]!));
print('add up and sort only', least);
for (const strategy of ['WEIGHTED', 'RRF', 'DBSF', 'MAX'] as const) {
  const inputs = questions.map((lists) => inputOf(lists, strategy));
  const took = time((index) => fuse(inputs[index]!));
  const ratio = (took.median / least.median).toFixed(2);
  print(
    strategy.toLowerCase(),
    took,
    `${ratio} ×, ${took.median <= AIM ? 'within' : 'above'} the aim of ${AIM} µs`,
  );
}
