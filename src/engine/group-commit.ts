import type { Clock } from './clock.ts';

export interface GroupCommitLimits {
  /** Items in one batch, at most. */
  readonly batchItems: number;
  /** Bytes of one batch, at most; a single larger item makes a batch of its own. */
  readonly batchBytes: number;
  /** Items and bytes that may wait, those being written included; beyond that an item is refused at once. */
  readonly queueItems: number;
  readonly queueBytes: number;
  /**
   * Milliseconds between the beginnings of two batches, in which items gather; a flush or a full batch is not kept
   * waiting.
   */
  readonly pace: number;
  /** Milliseconds an item is tried again before its promise rejects with the last error; null: without end. */
  readonly patience: number | null;
  /** Milliseconds that closing waits for what is still queued. */
  readonly closeWithin: number;
}

export interface GroupCommitOptions<T, R> {
  /** Writes a batch whole or not at all, and is safe to repeat; one result per item, in order. */
  write(batch: readonly T[]): Promise<readonly R[]>;
  bytesOf(item: T): number;
  /** Whether the same batch may succeed later. Any other error is the fault of an item in it. */
  isTransient(error: unknown): boolean;
  /** Told of every batch that will be tried again. */
  onRetry(error: unknown): void;
  readonly clock: Clock;
  readonly limits: GroupCommitLimits;
}

export interface GroupCommit<T, R> {
  /**
   * Takes an item; null where the queue is full or closed. The promise resolves when the item is durable and rejects
   * when it never will be.
   */
  offer(item: T): Promise<R> | null;
  /** Items taken and not settled yet. */
  readonly pending: number;
  /** Milliseconds the oldest of them has waited; 0 where there is none. */
  readonly oldestMilliseconds: number;
  /** Resolves when all that was taken so far is settled. */
  flush(): Promise<void>;
  /** Takes no more, and waits for what was taken; how many of that were not written in time, were given up and reject. */
  close(): Promise<number>;
}

interface Entry<T, R> {
  readonly item: T;
  readonly bytes: number;
  /** Monotonic time at which it was taken. */
  readonly taken: number;
  /** Monotonic time after which it is not tried again. */
  readonly expires: number;
  readonly promise: Promise<R>;
  resolve(result: R): void;
  reject(error: unknown): void;
}

interface Writer<T, R> {
  readonly options: GroupCommitOptions<T, R>;
  /** Taken and not settled, in order; the queue is what of it was not begun. */
  readonly live: Set<Entry<T, R>>;
  queue: Entry<T, R>[];
  bytes: number;
  running: boolean;
  closed: boolean;
  /** Monotonic time at which the last batch began. */
  begun: number;
  /** How many wait for all that was taken. */
  flushing: number;
  /** Aborted when the next batch is to begin at once. */
  hurry: AbortController;
  /** Aborted when the rest is given up. */
  readonly stop: AbortController;
}

/**
 * One ordered, bounded writer: items are written in the order they were taken, in batches; while one batch is on its
 * way, and until the pace allows another, the next one gathers. A batch that fails for a passing reason is tried again
 * with back-off; one that fails for the fault of an item is halved until that item stands alone and is rejected, so
 * that it never blocks the rest.
 */
export function startGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const writer: Writer<T, R> = {
    options,
    live: new Set(),
    queue: [],
    bytes: 0,
    running: false,
    closed: false,
    begun: -Infinity,
    flushing: 0,
    hurry: new AbortController(),
    stop: new AbortController(),
  };
  return {
    offer: (item) => take(writer, item),
    get pending() {
      return writer.live.size;
    },
    get oldestMilliseconds() {
      const [oldest] = writer.live;
      return oldest === undefined ? 0 : options.clock.monotonic() - oldest.taken;
    },
    flush: async () => {
      await flush(writer);
    },
    close: () => close(writer),
  };
}

function take<T, R>(writer: Writer<T, R>, item: T): Promise<R> | null {
  const { bytesOf, clock, limits } = writer.options;
  const bytes = bytesOf(item);
  const full = writer.live.size >= limits.queueItems || writer.bytes + bytes > limits.queueBytes;
  if (writer.closed || full) return null;
  const taken = clock.monotonic();
  const expires = limits.patience === null ? Infinity : taken + limits.patience;
  const entry: Entry<T, R> = { item, bytes, taken, expires, ...Promise.withResolvers<R>() };
  writer.live.add(entry);
  writer.queue.push(entry);
  writer.bytes += bytes;
  if (!writer.running) {
    writer.running = true;
    queueMicrotask(() => void run(writer));
  }
  if (isFull(writer)) writer.hurry.abort('a batch is full');
  return entry.promise;
}

async function run<T, R>(writer: Writer<T, R>): Promise<void> {
  const { clock, limits } = writer.options;
  while (writer.queue.length > 0) {
    await keepPace(writer);
    writer.begun = clock.monotonic();
    await settle(writer, writer.queue.splice(0, batchLength(writer.queue, limits)));
  }
  writer.running = false;
}

/** Lets items gather until another batch may begin. */
async function keepPace<T, R>(writer: Writer<T, R>): Promise<void> {
  const { clock, limits } = writer.options;
  const rest = writer.begun + limits.pace - clock.monotonic();
  if (rest <= 0 || writer.flushing > 0 || isFull(writer)) return;
  writer.hurry = new AbortController();
  await clock.delay(rest, writer.hurry.signal);
}

/** Whether a whole batch waits; also while one is on its way. */
function isFull<T, R>({ queue, bytes, options: { limits } }: Writer<T, R>): boolean {
  return queue.length >= limits.batchItems || bytes >= limits.batchBytes;
}

const FIRST_BACKOFF_MILLISECONDS = 25;
const LAST_BACKOFF_MILLISECONDS = 1_000;

/** Resolves when every item of the batch is settled, one way or the other. */
async function settle<T, R>(writer: Writer<T, R>, batch: readonly Entry<T, R>[]): Promise<void> {
  const { options, stop } = writer;
  let left = batch;
  for (let wait = FIRST_BACKOFF_MILLISECONDS; left.length > 0; wait *= 2) {
    const failed = await attempt(writer, left);
    if (failed === null) return;
    if (!options.isTransient(failed.error)) return isolate(writer, left, failed.error);
    options.onRetry(failed.error);
    await options.clock.delay(Math.min(wait, LAST_BACKOFF_MILLISECONDS), stop.signal);
    left = expire(writer, left, failed.error);
    writer.queue = expire(writer, writer.queue, failed.error);
  }
}

async function attempt<T, R>(
  writer: Writer<T, R>,
  batch: readonly Entry<T, R>[],
): Promise<{ readonly error: unknown } | null> {
  try {
    const results = await writer.options.write(batch.map(({ item }) => item));
    batch.forEach((entry, index) => {
      drop(writer, entry);
      entry.resolve(results[index]!);
    });
    return null;
  } catch (error) {
    return { error };
  }
}

async function isolate<T, R>(
  writer: Writer<T, R>,
  batch: readonly Entry<T, R>[],
  error: unknown,
): Promise<void> {
  if (batch.length === 1) {
    drop(writer, batch[0]!);
    batch[0]!.reject(error);
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await settle(writer, batch.slice(0, middle));
  await settle(writer, batch.slice(middle));
}

/** Rejects the entries whose time is over and returns the others. */
function expire<T, R>(writer: Writer<T, R>, entries: readonly Entry<T, R>[], error: unknown): Entry<T, R>[] {
  const now = writer.options.clock.monotonic();
  return entries.filter((entry) => {
    if (!writer.stop.signal.aborted && entry.expires > now) return true;
    drop(writer, entry);
    entry.reject(error);
    return false;
  });
}

function drop<T, R>(writer: Writer<T, R>, entry: Entry<T, R>): void {
  writer.live.delete(entry);
  writer.bytes -= entry.bytes;
}

/** Waits for all that was taken so far; how many of it were rejected. */
async function flush<T, R>(writer: Writer<T, R>): Promise<number> {
  writer.flushing += 1;
  writer.hurry.abort('all that was taken is waited for');
  const settled = await Promise.allSettled([...writer.live].map(({ promise }) => promise));
  writer.flushing -= 1;
  return settled.filter(({ status }) => status === 'rejected').length;
}

async function close<T, R>(writer: Writer<T, R>): Promise<number> {
  const { clock, limits } = writer.options;
  writer.closed = true;
  const written = new AbortController();
  const giveUp = clock.delay(limits.closeWithin, written.signal).then(() => writer.stop.abort());
  const lost = await flush(writer);
  written.abort();
  await giveUp;
  return lost;
}

function batchLength(queue: readonly Entry<unknown, unknown>[], limits: GroupCommitLimits): number {
  let bytes = 0;
  for (let length = 0; length < queue.length; length += 1) {
    bytes += queue[length]!.bytes;
    if (length === limits.batchItems || (length > 0 && bytes > limits.batchBytes)) return length;
  }
  return queue.length;
}
