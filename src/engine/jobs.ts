/**
 * Work beside the requests: measurements that nobody waits for.
 * Laws: of one key at most one scheduled work waits and at most one runs; a failure is logged and harms no other work.
 */
export interface Jobs {
  /** Runs `work` once things are quiet: asked again before it started, the newest `work` replaces the waiting one. */
  schedule(key: string, work: () => Promise<void>): void;
  /** Runs long work at once, beside all other; its signal aborts when the jobs are closed, and it should end then. */
  start(key: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Starts what waits, without waiting for quiet; resolves when nothing waits or runs. */
  settle(): Promise<void>;
  /** Drops what waits and resolves when what runs has ended. Nothing is taken afterwards. */
  close(): Promise<void>;
}
