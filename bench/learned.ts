/**
 * `execute` with learned weights beside `execute` with fixed ones, in one run on embedded parts.
 *   node bench/learned.ts [--executions 1000] [--clicks 2000]
 * Two retrievers over the demo library that differ in their strategy only, LEARNED and WEIGHTED. First both are asked
 * and clicked on, so that there is evidence for everybody and for each of 40 users; then they are asked in turns, with
 * the log written before each question. Counters are kept for both, whatever their strategy. Aim: 1.1 × at the p50.
 */
import { parseArgs } from 'node:util';
import { ask, clock, type Took } from './support/demo-execute.ts';
import { createRetriever } from '../src/engine/retriever/create-retriever.ts';
import { DEMO_SPEC } from '../src/demo/demo-definition.ts';
import { demoQuestions } from './support/questions.ts';
import { encodeGlobalId } from '../src/engine/ids.ts';
import { helpOnRequest } from './support/help.ts';
import { median, medianRatio, quantile, verdict } from './support/statistics.ts';
import { NAMESPACE, startDemoEngine } from './support/demo-engine.ts';
import { recordInteractions } from '../src/engine/interaction/record.ts';
import { seededRandom } from '../src/engine/random.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '1000' },
    clicks: { type: 'string', default: '2000' },
  },
});
const AIM = 1.1;
const WARM_UP = 100;
const USERS = 40;
/** Pages asked before their clicks are reported together. */
const TOGETHER = 100;
const STRATEGIES = ['weighted', 'learned'] as const;
const questions = demoQuestions();
const random = seededRandom('learned');
const engine = await startDemoEngine();
const { ports } = engine;

async function click(retriever: string, from: number): Promise<void> {
  const served = await Promise.all(
    Array.from({ length: TOGETHER }, (_, offset) =>
      ask(engine, { ...questionOf(from + offset), retriever, learn: true }),
    ),
  );
  await ports.executions.flush();
  const interactions = served
    .filter(({ to }) => to > 0)
    .map(({ record, to }) => ({
      hit: encodeGlobalId({ type: 'Hit', id: record.id, rank: 1 + Math.floor(random.next() ** 2 * to) }),
      kinds: ['CLICK' as const],
    }));
  const outcomes = await recordInteractions(ports, { namespace: NAMESPACE, interactions });
  if (outcomes.some(({ status }) => status !== 'recorded')) throw new Error('a click was not recorded');
}

function questionOf(index: number): { readonly text: string; readonly user: string } {
  return { text: questions[index % questions.length]!, user: `user ${index % USERS}` };
}

for (const name of STRATEGIES) {
  const strategy = name === 'learned' ? 'LEARNED' : 'WEIGHTED';
  const spec = { ...DEMO_SPEC, fusion: { ...DEMO_SPEC.fusion, strategy } } as const;
  await createRetriever(ports, { namespace: NAMESPACE, name, spec });
  for (let from = 0; from < Number(values.clicks); from += TOGETHER) await click(name, from);
}
const taken: Record<(typeof STRATEGIES)[number], Took[]> = { weighted: [], learned: [] };
for (let index = -WARM_UP; index < Number(values.executions); index += 1) {
  const order = index % 2 === 0 ? STRATEGIES : STRATEGIES.toReversed();
  for (const retriever of order) {
    await ports.executions.flush();
    const took = await clock(engine, { ...questionOf(index + WARM_UP), retriever, learn: true });
    if (index >= 0) taken[retriever].push(took);
  }
}
const last = await ask(engine, { ...questionOf(0), retriever: 'learned', learn: true });
console.log(`${taken.learned.length} executions each; the last learned one: ${last.record.choice.reason}`);
console.log(`${'milliseconds'.padEnd(30)} weighted   learned   learned ÷ weighted`);
for (const [name, part] of [
  ['whole', (took: Took) => took.whole],
  ['above the backend', (took: Took) => took.above],
  ['processor time of this thread', (took: Took) => took.processor],
] as const) {
  const [weighted, learned] = STRATEGIES.map((strategy) => taken[strategy].map(part)) as [number[], number[]];
  for (const [label, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [under, over] = [quantile(weighted, share), quantile(learned, share)];
    const ratio = over / under;
    const remark = name === 'whole' && label === 'p50' ? `, ${verdict(ratio, AIM)}` : '';
    console.log(
      `${`${name}, ${label}`.padEnd(34)}${under.toFixed(3).padStart(8)}${over.toFixed(3).padStart(10)}   ${ratio.toFixed(2)}${remark}`,
    );
  }
}
const wholes = STRATEGIES.map((strategy) => taken[strategy].map(({ whole }) => whole)) as [
  number[],
  number[],
];
console.log(`median of the ratios question by question: ${medianRatio(wholes[1], wholes[0]).toFixed(2)}`);
console.log(
  `median processor time: ${median(taken.learned.map(({ processor }) => processor)).toFixed(3)} ms`,
);
await ports.executions.flush();
await engine.close();
