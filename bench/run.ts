/**
 * Lists the benches and runs them one after the other.
 *   npm run bench                     the list, then all that need nothing from outside
 *   npm run bench -- fuse execute     these
 *   npm run bench -- fuse --help      what it measures and which options it has
 *   npm run bench -- knn 20000        words after the names that are no names are passed on
 * Ends with status 1 where one of them failed. An aim that is missed is printed, and is no failure.
 */
import { spawnSync } from 'node:child_process';
import { firstComment } from './support/help.ts';

interface Bench {
  readonly name: string;
  readonly what: string;
  /** What it needs beside `npm ci`; null: nothing. */
  readonly needs: string | null;
}

const BENCHES: readonly Bench[] = [
  { name: 'fuse', what: 'fusing 5 lists of 100 hits', needs: null },
  { name: 'choose-weights', what: 'choosing weights from counters in memory', needs: null },
  { name: 'execute', what: 'execute above the search backend’s own time', needs: null },
  { name: 'learned', what: 'execute with learned weights beside fixed ones', needs: null },
  { name: 'overhead', what: 'processor time per request beside plain graphql-js', needs: null },
  { name: 'start', what: 'the first answer after npm start beside bare PGlite', needs: null },
  { name: 'memory', what: 'memory of the server with the demo', needs: null },
  { name: 'knn', what: 'embedded kNN beside bare usearch', needs: null },
  { name: 'interactions', what: 'durable interactions with exact counters', needs: null },
  { name: 'weights', what: 'choosing weights for one of a million users', needs: null },
  {
    name: 'elasticsearch',
    what: 'the product on Elasticsearch beside the bare server',
    needs: 'Elasticsearch',
  },
  { name: 'msrd', what: 'judged film searches through the API', needs: '--data <folder>' },
  { name: 'msrd-learning', what: 'learning from simulated clicks on them', needs: '--data <folder>' },
];

function list(): void {
  for (const { name, what, needs } of BENCHES)
    console.log(`  ${name.padEnd(20)}${what}${needs === null ? '' : ` (needs ${needs})`}`);
}

function run({ name }: Bench, args: readonly string[]): boolean {
  console.log(`\n== ${name} ==`);
  const began = performance.now();
  const { status } = spawnSync(process.execPath, [`bench/${name}.ts`, ...args], { stdio: 'inherit' });
  console.log(`(${((performance.now() - began) / 1_000).toFixed(0)} s)`);
  return status === 0;
}

const words = process.argv.slice(2);
const named = BENCHES.filter(({ name }) => words.includes(name));
const passed = words.filter((word) => !BENCHES.some(({ name }) => name === word));
if (passed.includes('--help')) {
  for (const { name } of named) console.log(`${firstComment(`bench/${name}.ts`)}\n`);
  if (named.length === 0) console.log(firstComment(import.meta.filename));
} else if (named.length > 0) {
  process.exitCode = named.map((bench) => run(bench, passed)).every(Boolean) ? 0 : 1;
} else if (passed.length > 0) {
  console.error(`there is no bench named ${passed[0]}; there are:`);
  list();
  process.exitCode = 1;
} else {
  list();
  const alone = BENCHES.filter(({ needs }) => needs === null);
  process.exitCode = alone.map((bench) => run(bench, [])).every(Boolean) ? 0 : 1;
}
