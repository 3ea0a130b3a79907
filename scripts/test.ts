/** The whole test command: lint, types, every suite; closes with "N passed, N failed". */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const run = (name: string, args: readonly string[]): boolean => {
  console.log(`\n== ${name}`);
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
};

const bin = (path: string): string => join('node_modules', path);
const folder = mkdtempSync(join(tmpdir(), 'reweigh-test-'));
const report = join(folder, 'jest.json');
const checks = [
  run('lint', [bin('eslint/bin/eslint.js'), '.']),
  run('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  run('types', [bin('typescript/bin/tsc'), '--noEmit']),
  run('suites', [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    bin('jest/bin/jest.js'),
    '--maxWorkers=2',
    '--json',
    `--outputFile=${report}`,
  ]),
];
const result = JSON.parse(readFileSync(report, 'utf8')) as JestResult;
rmSync(folder, { recursive: true, force: true });

const skipped = result.numPendingTests;
const ok = checks.every(Boolean) && !(process.env['CI'] === 'true' && skipped > 0);
const failed =
  result.numFailedTests +
  result.numRuntimeErrorTestSuites +
  checks.slice(0, 3).filter((check) => !check).length;
console.log(
  `\n${result.numPassedTests + 3 - checks.slice(0, 3).filter((check) => !check).length} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
process.exit(ok ? 0 : 1);
