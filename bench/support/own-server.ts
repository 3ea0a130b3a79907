import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessorTime } from './processor.ts';

export interface OwnServer {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Milliseconds from the start of the process until it answered. */
  readonly startedIn: number;
  readonly process: ChildProcess;
  /** So far, of all its threads. */
  processorTime(): Promise<ProcessorTime>;
  stop(): Promise<void>;
}

/** Loaded before the server's own code: the process answers what it is asked. */
const TELL_PROCESSOR = new URL('./tell-processor.ts', import.meta.url).href;

const READY = /GraphQL\s+(http:\S+\/graphql)/;

/** What `npm start` starts, on a free port, in an empty folder that is removed again. */
export async function startOwnServer(environment: Readonly<Record<string, string>>): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reweigh-bench-'));
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', TELL_PROCESSOR, 'scripts/start.js'], {
    env: { ...process.env, PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    remove();
  };
  try {
    const url = await urlOf(child);
    const startedIn = performance.now() - began;
    return { url, startedIn, process: child, stop, processorTime: () => processorTimeOf(child) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function processorTimeOf(child: ChildProcess): Promise<ProcessorTime> {
  const answer = once(child, 'message');
  child.send('processor');
  const [time] = (await answer) as [ProcessorTime];
  return time;
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (data) => {
      said += String(data);
      const url = READY.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}
