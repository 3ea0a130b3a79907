/**
 * How long a newcomer waits: from `npm start` to the first answer, beside a process that only opens PGlite.
 *   node bench/start.ts [--rounds 5]
 * Both twice on a folder of their own: empty (first), then as the first start left it (second). dist/ is built before.
 *   bare     a process that opens PGlite with the same settings and answers `select 1`
 *   node     scripts/start.js, what npm starts
 *   npm      `npm start` itself
 * The server's answer is a search of the demo, which the first start loads; the time runs from the start of the
 * process until that answer is there. Aim: node at most 2.5 × bare; npm's own time is shown and is not ours.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './support/built.ts';
import { graphqlClient } from './support/graphql.ts';
import { helpOnRequest } from './support/help.ts';
import { median, medianRatio, verdict } from './support/statistics.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const AIM = 2.5;
const WAYS = ['bare', 'node', 'npm'] as const;
type Way = (typeof WAYS)[number];

const BARE = `
  import { PGlite } from '@electric-sql/pglite';
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
  const database = await PGlite.create(process.argv[1], { startParams });
  await database.query('select 1');
  console.log('answered');
  process.stdin.once('data', () => void database.close().then(() => process.exit(0)));`;
const SEARCH = `{ execute(retriever: "demo", inputs: [{ name: "query", text: "sea" }]) { hits { nodes { rank } } } }`;
const READY = /GraphQL\s+(http:\S+\/graphql)/;

function launch(way: Way, folder: string): ChildProcess {
  const env = { ...process.env, PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' };
  const options: SpawnOptions = { env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] };
  if (way === 'bare')
    return spawn(process.execPath, ['--input-type=module', '-e', BARE, join(folder, 'bare')], options);
  if (way === 'node') return spawn(process.execPath, ['scripts/start.js'], options);
  return spawn('npm', ['start', '--silent'], options);
}

/** Resolves when the child prints what matches. */
function said(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data) => {
      text += String(data);
      const match = wanted.exec(text);
      if (match !== null) resolve(match);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it answered`)));
  });
}

/** Milliseconds from the start of the process to its first answer. It is stopped again. */
async function answerTime(way: Way, folder: string): Promise<number> {
  const began = performance.now();
  const child = launch(way, folder);
  if (way === 'bare') await said(child, /answered/);
  else await graphqlClient((await said(child, READY))[1]!).ask(SEARCH);
  const took = performance.now() - began;
  const ended = once(child, 'close');
  if (way === 'bare') child.stdin?.write('stop');
  // The whole group: npm does not hand the signal on to what it started.
  else process.kill(-child.pid!, 'SIGTERM');
  await ended;
  return took;
}

ensureBuilt();
const first: Record<Way, number[]> = { bare: [], node: [], npm: [] };
const second: Record<Way, number[]> = { bare: [], node: [], npm: [] };
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const way of WAYS) {
    const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
    first[way].push(await answerTime(way, folder));
    second[way].push(await answerTime(way, folder));
    rmSync(folder, { recursive: true, force: true });
  }

const seconds = (times: readonly number[]): string => (median(times) / 1_000).toFixed(2).padStart(7);
console.log(`${first.bare.length} rounds, seconds (median)`);
console.log(`${'start'.padEnd(10)}   bare   node    npm   node ÷ bare   npm ÷ bare`);
for (const [name, times] of [
  ['first', first],
  ['second', second],
] as const) {
  const node = medianRatio(times.node, times.bare);
  const npm = medianRatio(times.npm, times.bare);
  const figures = WAYS.map((way) => seconds(times[way])).join('');
  console.log(
    `${name.padEnd(10)}${figures}${node.toFixed(2).padStart(14)}${npm.toFixed(2).padStart(13)}   ${verdict(node, AIM)}`,
  );
}
