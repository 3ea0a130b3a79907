/**
 * Memory of the server, as `npm start` starts it, when the demo is loaded and after executions.
 *   node bench/memory.ts [--executions 1000]
 * Prints the resident memory of the process and the heaps of its threads, beside a process that only opens PGlite with
 * the same settings and one that does nothing. The garbage of the main thread is collected before each line, that of the
 * others is not. No aim was set.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoQuestions } from './support/questions.ts';
import { ensureBuilt } from './support/built.ts';
import { graphqlClient, type GraphqlClient } from './support/graphql.ts';
import { helpOnRequest } from './support/help.ts';
import type { Memory } from './support/tell-memory.ts';

helpOnRequest(import.meta.filename);
const { values } = parseArgs({ options: { executions: { type: 'string', default: '1000' } } });
const AT_ONCE = 4;
const TELL = new URL('./support/tell-memory.ts', import.meta.url).href;
const READY = /GraphQL\s+(http:\S+\/graphql)/;
const NOTHING = `console.log('ready'); setInterval(() => undefined, 1_000);`;
const BARE = `
  import { PGlite } from '@electric-sql/pglite';
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
  const database = await PGlite.create(process.env.DATA_DIR, { startParams });
  await database.query('select 1');
  console.log('ready');
  setInterval(() => undefined, 1_000);`;
const SEARCH = `query ($text: String!, $user: String!) {
  execute(retriever: "demo", user: $user, first: 20, inputs: [{ name: "query", text: $text }]) {
    hits { nodes { id rank score document { documentId fields(names: ["title", "makers"]) } } } } }`;

async function start(args: readonly string[], ready: RegExp): Promise<[ChildProcess, string, () => void]> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
  const child = spawn(process.execPath, ['--expose-gc', '--import', TELL, ...args], {
    env: { ...process.env, PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (data) => {
      text += String(data);
      const match = ready.exec(text);
      if (match !== null) resolve(match[1] ?? '');
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)));
  });
  return [child, url, () => rmSync(folder, { recursive: true, force: true })];
}

async function memoryOf(child: ChildProcess): Promise<Memory> {
  const answer = once(child, 'message');
  child.send('memory');
  return (await answer)[0] as Memory;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function print(name: string, { rss, heap, external, threads }: Memory): void {
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const others = threads.map((thread) => `${megabytes(thread.heap)} + ${megabytes(thread.external)}`);
  console.log(
    `${name.padEnd(30)}${megabytes(rss).padStart(8)}   ${[`${megabytes(heap)} + ${megabytes(external)}`, ...others].join('; ')}`,
  );
}

async function search(client: GraphqlClient, count: number): Promise<void> {
  const questions = demoQuestions();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      await client.ask(SEARCH, { text: questions[index % questions.length], user: `user ${index % 100}` });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

ensureBuilt();
console.log(`${'megabytes'.padEnd(30)}resident   heap + outside it, by thread`);
for (const [name, program] of [
  ['a process that does nothing', NOTHING],
  ['bare PGlite', BARE],
] as const) {
  const [child, , remove] = await start(['--input-type=module', '-e', program], /ready/);
  print(name, await memoryOf(child));
  await stop(child);
  remove();
}
const [server, url, remove] = await start(['dist/main.js'], READY);
print('the server, demo loaded', await memoryOf(server));
await search(graphqlClient(url), Number(values.executions));
print(`after ${values.executions} executions`, await memoryOf(server));
await search(graphqlClient(url), Number(values.executions));
print('after as many again', await memoryOf(server));
await stop(server);
remove();
