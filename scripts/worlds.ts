/**
 * Plays simulated worlds against the engine's own learning and prints what it reached beside the bounds.
 *   node scripts/worlds.ts [--rows 1,2] [--worlds 12] [--seed text]
 * Ends with status 1 where a bound does not hold.
 */
import { parseArgs } from 'node:util';
import { CHECKS } from '../test/simulation/rows.ts';
import { HEADER, judgeChecks, lineOf } from '../test/simulation/table.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    worlds: { type: 'string', default: '12' },
    seed: { type: 'string', default: 'worlds' },
  },
});
const rows = values.rows?.split(',').map(Number);
const worlds = Number(values.worlds);
const checks = CHECKS.filter(({ row }) => rows === undefined || rows.includes(row));
if (!Number.isInteger(worlds) || worlds < 1 || checks.length === 0) {
  process.stderr.write('usage: node scripts/worlds.ts [--rows 1,2] [--worlds 12] [--seed text]\n');
  process.exit(2);
}

const start = performance.now();
const outcomes = judgeChecks(checks, {
  worlds,
  seed: values.seed,
  progress: (text) => void process.stderr.write(`${text}\n`),
});
const seconds = Math.round((performance.now() - start) / 1000);
const failed = outcomes.filter(({ holds }) => !holds).length;
process.stdout.write(`${[HEADER, ...outcomes.map(lineOf)].join('\n')}\n\n`);
process.stdout.write(
  `${worlds} worlds a row, seed "${values.seed}", ${seconds} s; ${outcomes.length - failed} hold, ${failed} do not\n`,
);
process.exit(failed === 0 ? 0 : 1);
