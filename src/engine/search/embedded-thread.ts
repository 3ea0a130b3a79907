import { Worker } from 'node:worker_threads';
import type { Nearest } from './embedded-nearest.ts';
import type { Ticketed, WorkerAnswer, WorkerMessage } from './embedded-protocol.ts';

/** The search worker as seen from the main thread. */
export interface SearchThread {
  /** Its answer; rejects with the worker's reason, or when the worker dies first. */
  ask(message: WorkerMessage): Promise<Nearest | null>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: Nearest | null) => void;
  readonly reject: (error: Error) => void;
}

/** This file's own ending: .ts from source, .js in a build. */
const ENDING = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
export const WORKER_URL = new URL(`./embedded-worker${ENDING}`, import.meta.url);

/** Starts the worker. `onDeath` is called once, when it ends in any way but `close`. */
export function startSearchThread(url: URL, onDeath: (reason: Error) => void): SearchThread {
  const worker = new Worker(url, { name: 'reweigh-search', execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let tickets = 0;
  let death: Error | null = null;
  const die = (reason: Error): void => {
    if (death !== null) return;
    death = reason;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
    onDeath(reason);
  };
  worker.on('message', (answer: WorkerAnswer) => {
    const waiter = waiting.get(answer.ticket);
    waiting.delete(answer.ticket);
    if (answer.ok) waiter?.resolve(answer.value);
    else waiter?.reject(new Error(answer.reason));
  });
  worker.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => die(new Error(`the search worker ended with code ${code}`)));
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (death !== null) {
          reject(death);
          return;
        }
        tickets += 1;
        waiting.set(tickets, { resolve, reject });
        const ticketed: Ticketed = { ticket: tickets, message };
        worker.postMessage(ticketed, transfers(message));
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Memory that moves to the worker instead of being copied: blocks are made for one message each. */
function transfers(message: WorkerMessage): ArrayBuffer[] {
  if (message.kind !== 'put') return [];
  return message.blocks.flatMap(({ positions, vectors }) => [
    positions.buffer as ArrayBuffer,
    vectors.buffer as ArrayBuffer,
  ]);
}
