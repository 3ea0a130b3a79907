/** Loaded into a server before its own code (`--import`): tells its memory to the process that started it, on request. */
import type { Worker } from 'node:worker_threads';

/** In bytes. */
export interface Memory {
  readonly rss: number;
  /** Used by JavaScript objects in the main thread. */
  readonly heap: number;
  /** Outside the heap, of the main thread: buffers. */
  readonly external: number;
  /** Heaps of the other threads, in order of their start: used, and outside the heap. */
  readonly threads: readonly { readonly heap: number; readonly external: number }[];
}

const workers = new Set<Worker>();
process.on('worker', (worker: Worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});

process.on('message', (message) => {
  if (message !== 'memory') return;
  void tell();
});
// Asking must not keep the server alive.
process.channel?.unref();

async function tell(): Promise<void> {
  globalThis.gc?.();
  const statistics = await Promise.all([...workers].map((worker) => worker.getHeapStatistics()));
  const { rss, heapUsed, external } = process.memoryUsage();
  const threads = statistics.map((all) => ({ heap: all.used_heap_size, external: all.external_memory }));
  const memory: Memory = { rss, heap: heapUsed, external, threads };
  process.send?.(memory);
}
