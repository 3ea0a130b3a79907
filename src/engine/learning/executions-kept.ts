import type { Clock } from '../clock.ts';
import type { CreditedExecution } from './credit.ts';
import type { ExecutionRecord } from '../execution/record.ts';
import type { Uuid } from '../ids.ts';

/** What interactions need to know of an execution. */
export interface KeptExecution {
  readonly credited: CreditedExecution;
  /** Documents of the hits, by rank − 1, and the places of their collections in `collections`. */
  readonly documentIds: readonly string[];
  readonly collectionAt: Uint16Array;
  readonly collections: readonly Uuid[];
}

/**
 * Executions that were stored here a short while ago: most interactions mean one of them, and need not read it back.
 * A record does not change, but its user may be erased or merged and it may be deleted: whoever credits an execution
 * compares it with its row, once that is locked.
 */
export interface ExecutionsKept {
  find(id: Uuid): KeptExecution | null;
  /** To be called once the record is durable. */
  keep(execution: KeptExecution): void;
}

export interface KeptLimits {
  /** Bytes, roughly. */
  readonly bytes: number;
  /** Milliseconds an execution is kept. */
  readonly lifetime: number;
}

export const KEPT_LIMITS: KeptLimits = { bytes: 24 * 2 ** 20, lifetime: 600_000 };

interface Entry {
  readonly execution: KeptExecution;
  readonly bytes: number;
  readonly keptAt: number;
}

export function keepExecutions(clock: Clock, limits: KeptLimits = KEPT_LIMITS): ExecutionsKept {
  const entries = new Map<Uuid, Entry>();
  let bytes = 0;
  const drop = (id: Uuid): void => {
    bytes -= entries.get(id)?.bytes ?? 0;
    entries.delete(id);
  };
  return {
    find: (id) => {
      const entry = entries.get(id);
      if (entry === undefined) return null;
      if (clock.monotonic() - entry.keptAt < limits.lifetime) return entry.execution;
      drop(id);
      return null;
    },
    keep: (execution) => {
      const { id } = execution.credited;
      drop(id);
      const entry = { execution, bytes: bytesOf(execution), keptAt: clock.monotonic() };
      entries.set(id, entry);
      bytes += entry.bytes;
      for (const oldest of entries.keys()) {
        if (bytes <= limits.bytes) break;
        drop(oldest);
      }
    },
  };
}

/** The part of a record that interactions need; candidates beyond the hits are let go. */
export function toKept(record: ExecutionRecord, credited: CreditedExecution): KeptExecution {
  const { candidates, collections, hitCount, features } = record;
  const cells = hitCount * features.length;
  const x = candidates.normalized.slice(0, cells);
  const ranks = candidates.ranks.slice(0, cells);
  const of = <T extends Float64Array | Uint32Array>(all: T, rank: number): T =>
    all.subarray((rank - 1) * features.length, rank * features.length) as T;
  return {
    credited: { ...credited, hitAt: (rank) => ({ x: of(x, rank), ranks: of(ranks, rank) }) },
    documentIds: candidates.ids.slice(0, hitCount),
    collectionAt: candidates.collection.slice(0, hitCount),
    collections,
  };
}

/** An object and its strings, apart from its hits. */
const BYTES_OF_ONE = 1_000;

function bytesOf({ credited, documentIds }: KeptExecution): number {
  const texts = documentIds.reduce((sum, id) => sum + 24 + 2 * id.length, 0);
  return BYTES_OF_ONE + texts + 12 * credited.features.length * documentIds.length;
}
