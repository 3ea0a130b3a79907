import type { Clock } from './clock.ts';
import type { Jobs } from './jobs.ts';
import type { Logger } from './ports.ts';

export interface JobSettings {
  /** A work starts when its key has not been asked for this long, in milliseconds. */
  readonly quiet: number;
  /** But never later than this after it was first asked for, in milliseconds. */
  readonly longest: number;
}

interface Waiting {
  readonly since: number;
  readonly work: () => Promise<void>;
  readonly cancel: AbortController;
}

/** Jobs in this process, one after the other. What waits when the process ends is lost: a start asks again. */
export class InProcessJobs implements Jobs {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #settings: JobSettings;
  readonly #waiting = new Map<string, Waiting>();
  #running: Promise<void> = Promise.resolve();
  readonly #long = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed = false;

  constructor(ports: { readonly clock: Clock; readonly logger: Logger }, settings: JobSettings) {
    this.#clock = ports.clock;
    this.#logger = ports.logger;
    this.#settings = settings;
  }

  schedule(key: string, work: () => Promise<void>): void {
    if (this.#closed) return;
    const before = this.#waiting.get(key);
    // A reason given here spares the error that would be made otherwise, on every execution.
    before?.cancel.abort('asked for again');
    const now = this.#clock.monotonic();
    const since = before?.since ?? now;
    const waiting: Waiting = { since, work, cancel: new AbortController() };
    this.#waiting.set(key, waiting);
    const rest = Math.max(0, Math.min(this.#settings.quiet, since + this.#settings.longest - now));
    void this.#clock.delay(rest, waiting.cancel.signal).then(() => {
      if (this.#waiting.get(key) === waiting) this.#start(key, waiting);
    });
  }

  start(key: string, work: (signal: AbortSignal) => Promise<void>): void {
    const running = this.#run(key, () => work(this.#closing.signal)).then(() => {
      this.#long.delete(running);
    });
    this.#long.add(running);
  }

  async settle(): Promise<void> {
    for (const [key, waiting] of [...this.#waiting]) {
      waiting.cancel.abort();
      this.#start(key, waiting);
    }
    await Promise.all([this.#running, ...this.#long]);
    if (this.#waiting.size > 0 || this.#long.size > 0) await this.settle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort('closed');
    for (const { cancel } of this.#waiting.values()) cancel.abort();
    this.#waiting.clear();
    await Promise.all([this.#running, ...this.#long]);
  }

  #start(key: string, { work }: Waiting): void {
    this.#waiting.delete(key);
    this.#running = this.#running.then(() => this.#run(key, work));
  }

  async #run(key: string, work: () => Promise<void>): Promise<void> {
    if (this.#closed) return;
    try {
      await work();
    } catch (error) {
      this.#logger.error({ job: key, error }, 'a job failed');
    }
  }
}
