import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { KeepAlive } from '../support/keep-alive.ts';
import type { Order, Report } from './protocol.ts';
import type { ProcessorTime } from '../support/processor.ts';

/** A process whose processor time is read while it answers. */
export interface Measured {
  readonly url: string;
  ask(order: Order): Promise<ProcessorTime>;
  stop(): Promise<void>;
}

export async function startMeasured(file: string, args: readonly string[]): Promise<Measured> {
  const child = fork(new URL(file, import.meta.url), args);
  const report = await nextReport(child);
  if (report.kind !== 'listening') throw new Error(`${file} said ${report.kind} first`);
  return {
    url: report.url,
    ask: async (order) => {
      const answer = nextReport(child);
      child.send(order);
      const said = await answer;
      if (said.kind !== 'time') throw new Error(`${file} said ${said.kind}`);
      return said.time;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The next thing it says; rejects where it ends instead. */
function nextReport(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a server ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (report) => {
      child.off('exit', onExit);
      resolve(report as Report);
    });
  });
}

/** A kind of request to one of the processes. */
export interface Subject {
  readonly name: string;
  readonly process: Measured;
  /** Null: not over HTTP, but run there by itself. */
  readonly body: ((index: number) => object) | null;
  /** Which page, where it is run there. */
  readonly page: string;
  /** Per request, in microseconds, of every round. */
  readonly taken: ProcessorTime[];
}

export const CONNECTIONS = 4;

/** One round: so many requests, four at a time. The warm-up is not kept. */
export async function playRound(
  client: KeepAlive,
  subject: Subject,
  round: { readonly requests: number; readonly kept: boolean },
): Promise<void> {
  const { process, body, page } = subject;
  const before = await process.ask({ kind: 'time' });
  if (body === null) await process.ask({ kind: 'run', page, times: round.requests });
  else {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < round.requests) await client.post(process.url, body(next++));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  }
  const after = await process.ask({ kind: 'time' });
  const each = (part: keyof ProcessorTime): number => (after[part] - before[part]) / round.requests;
  if (round.kept) subject.taken.push({ main: each('main'), all: each('all') });
}
