import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { takeLock } from './turns.ts';

const LOCK = join('node_modules', '.reweigh-test-build.lock');

/** Compiles src/ where it has changed; suites that come together wait for the one that does. */
export async function ensureBuilt(): Promise<void> {
  const unlock = await takeLock(LOCK);
  try {
    const built = spawnSync(process.execPath, ['scripts/build.ts', '--if-stale'], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`src/ does not compile:\n${built.stdout}${built.stderr}`);
  } finally {
    unlock();
  }
}

/** What a search may take where its deadline is not what is tested: a busy machine is slow. */
export const PATIENT = { SEARCH_DEADLINE_MS: '25000', EMBEDDING_DEADLINE_MS: '25000' };

export interface ServerProcess {
  readonly child: ChildProcess;
  /** What it has printed for people, and what it has logged. */
  readonly output: { out: string; err: string };
  /** Resolves with the URL when it is ready; rejects with what it said where it ended before. */
  readonly ready: Promise<string>;
  /** Resolves with its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the built server as a process of its own. Only the environment given here and below, and PATH, reach it. */
export function startProcess(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ServerProcess {
  const child = spawn(process.execPath, [...args, 'dist/main.js'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DEMO: 'false', ...PATIENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watched(child);
}

/** Runs the built command with arguments until it ends. */
export function runMain(args: readonly string[]): ServerProcess {
  return watched(spawn(process.execPath, ['dist/main.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
}

function watched(child: ChildProcess): ServerProcess {
  const output = { out: '', err: '' };
  child.stdout?.on('data', (data) => (output.out += String(data)));
  child.stderr?.on('data', (data) => (output.err += String(data)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const [, url] = /GraphQL {3}(http:\S+)\/graphql/.exec(output.out) ?? [];
      if (url !== undefined) resolve(url);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${output.out}${output.err}`)));
  });
  ready.catch(() => undefined);
  return { child, output, ready, ended };
}

/** A folder that is removed by `remove`. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'reweigh-process-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
