/**
 * What `execute` adds to the search backend's own time: the use case on embedded parts, over the demo library.
 *   node bench/execute.ts [--executions 1000] [--users 1000]
 * One execution after the other, four features of some 570 books, 25 hits recorded and 20 served. "Above the
 * backend" is the time of the use case without the time of the backend's `search` in it: definitions, embedding the
 * query, reading counters, choosing weights, fusing, building and offering the record. Reading the documents of
 * the hits is the resolvers' and not part of it. Three ways, in turns:
 *   quiet      the log has written the execution before: as on a server with time to spare
 *   at once    the next one follows at once: its counters are read behind the transaction that writes the last one,
 *              because the embedded database has one session
 *   no trace   quiet, and with `learn: false`: nothing is written, weights are not drawn
 * Aim: p50 of 1 ms above the backend, quiet. `--users 0`: nobody says who they are.
 */
import { parseArgs } from 'node:util';
import { clock, type Took } from './support/demo-execute.ts';
import { demoQuestions } from './support/questions.ts';
import { helpOnRequest } from './support/help.ts';
import { quantile, verdict } from './support/statistics.ts';
import { startDemoEngine } from './support/demo-engine.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '1000' },
    users: { type: 'string', default: '1000' },
  },
});
const AIM = 1;
const WARM_UP = 200;
const WAYS = ['quiet', 'at once', 'no trace'] as const;
const questions = demoQuestions();
const users = Number(values.users);
const engine = await startDemoEngine();
const taken: Record<(typeof WAYS)[number], Took[]> = { quiet: [], 'at once': [], 'no trace': [] };

for (let index = -WARM_UP; index < Number(values.executions); index += 1) {
  const text = questions[(index + WARM_UP) % questions.length]!;
  for (const way of WAYS) {
    const user = users === 0 ? null : `${way} ${index % users}`;
    if (way !== 'at once') await engine.ports.executions.flush();
    const took = await clock(engine, { retriever: 'demo', text, user, learn: way !== 'no trace' });
    if (index >= 0) taken[way].push(took);
  }
}

function print(name: string, times: readonly number[], remark = ''): void {
  const figures = [0.5, 0.9, 0.99].map((share) => quantile(times, share).toFixed(3).padStart(9));
  console.log(`${name.padEnd(34)}${figures.join('')}   ${remark}`);
}

console.log(`${taken.quiet.length} executions each way, milliseconds`);
console.log(`${''.padEnd(34)}      p50      p90      p99`);
for (const way of WAYS) {
  const all = taken[way];
  const above = all.map((took) => took.above);
  const whole = all.map((took) => took.whole);
  const processor = all.map((took) => took.processor);
  print(`${way}: whole`, whole);
  print('  above the backend', above, way === 'at once' ? '' : verdict(quantile(above, 0.5), AIM));
  print('  processor time of this thread', processor);
}
await engine.ports.executions.flush();
await engine.close();
