/**
 * The whole test command: lint, form, types, every suite. Closes with "N passed, N failed".
 *   node scripts/test.ts [jest options]     such as test/unit, or -t "a sentence"
 * One Elasticsearch serves all suites: the one that ELASTICSEARCH_URL names, else one that is started here where
 * that can be done, of ES_NODES nodes (1). What is skipped is counted and named at the end; with CI=true nothing may be.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlsOf } from './elasticsearch-server.ts';
import { startOwnElasticsearch, whyNoElasticsearch } from '../test/support/elasticsearch.ts';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

const options = process.argv.slice(2);
const bin = (path: string): string => join('node_modules', path);
const folder = mkdtempSync(join(tmpdir(), 'reweigh-test-'));
const nodes = Number(process.env['ES_NODES'] ?? 1);
const report = join(folder, 'jest.json');

function run(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env): boolean {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: environment });
  console.log(`   ${name}: ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  return status === 0;
}

/** Runs every suite against one Elasticsearch. */
async function runSuites(): Promise<boolean> {
  const started = process.env['ELASTICSEARCH_URL'] === undefined && whyNoElasticsearch() === null;
  const server = started ? await startOwnElasticsearch(nodes) : null;
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [bin('jest/bin/jest.js'), '--maxWorkers=2', '--json', `--outputFile=${report}`, ...options];
  try {
    const given = server === null ? {} : { ELASTICSEARCH_URL: urlsOf(server.cluster) };
    return run('suites', [...flags, ...jest], { ...process.env, ...given, TEST_TURNS: folder });
  } finally {
    await server?.stop();
  }
}

/** What was skipped: the titles that carry the reason, and how many tests each stands for. */
function skippedOf({ testResults }: JestResult): ReadonlyMap<string, number> {
  const groups = new Map<string, number>();
  for (const { status, ancestorTitles, title } of testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    if (status !== 'pending') continue;
    const group = ancestorTitles.length > 0 ? ancestorTitles.join(' › ') : title;
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return groups;
}

const checks = [
  run('lint', [bin('eslint/bin/eslint.js'), '.']),
  run('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  run('types', [bin('typescript/bin/tsc'), '--noEmit']),
];
const suites = await runSuites();
const result = JSON.parse(readFileSync(report, 'utf8')) as JestResult;
rmSync(folder, { recursive: true, force: true });

const faults = checks.filter((check) => !check).length;
const passed = result.numPassedTests + checks.length - faults;
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + faults;
const skipped = result.numPendingTests;
for (const [group, count] of skippedOf(result)) console.log(`skipped ${count}: ${group}`);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
const allowed = process.env['CI'] !== 'true' || skipped === 0;
process.exit(checks.every(Boolean) && suites && allowed ? 0 : 1);
