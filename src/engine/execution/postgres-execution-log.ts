import { ReweighError } from '../errors.ts';
import { startGroupCommit, type GroupCommit, type GroupCommitLimits } from '../group-commit.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import { claimKey, releaseKey } from './postgres-execution-key.ts';
import { listExecutions } from './postgres-execution-list.ts';
import { SELECTED, toRecord, type ExecutionRow } from './postgres-execution-row.ts';
import { writeExecutions, type Offered, type OnWritten } from './postgres-execution-write.ts';
import type { Clock } from '../clock.ts';
import type { ExecutionFilter, ExecutionLog, KeyClaim } from './execution-log.ts';
import type { ExecutionRecord, Impression } from './record.ts';
import type { Logger } from '../ports.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Sql } from '../../store/sql.ts';

export interface PostgresExecutionLogOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs inside the transaction of every batch, with what the batch added; what it returns runs after the commit. */
  readonly onWritten?: OnWritten;
  readonly limits?: Partial<GroupCommitLimits>;
}

export const EXECUTION_LOG_LIMITS: GroupCommitLimits = {
  batchItems: 500,
  // Packing holds up the thread that serves: about 25 ms for this many.
  batchBytes: 2_000_000,
  queueItems: 20_000,
  queueBytes: 128_000_000,
  // A batch of five costs hardly more than one of one. Whoever asks for an execution finds it in the queue.
  pace: 100,
  patience: null,
  closeWithin: 10_000,
};

/** Executions and impressions in PostgreSQL, behind one group-committing writer. */
export class PostgresExecutionLog implements ExecutionLog {
  readonly #options: PostgresExecutionLogOptions;
  readonly #writer: GroupCommit<Offered, void>;
  /** What was taken and is not durable, by execution. */
  readonly #queued = new Map<Uuid, Set<Offered>>();

  constructor(options: PostgresExecutionLogOptions) {
    this.#options = options;
    this.#writer = startGroupCommit<Offered, void>({
      write: (batch) => this.#write(batch),
      bytesOf,
      isTransient: (error) => error instanceof ReweighError && error.code === 'STORE_UNAVAILABLE',
      onRetry: (error) =>
        options.logger.warn(
          { pending: this.pending, fault: faultOf(error) },
          'executions not stored; trying again',
        ),
      clock: options.clock,
      limits: { ...EXECUTION_LOG_LIMITS, ...options.limits },
    });
  }

  offer(record: ExecutionRecord, firstImpression: Impression | null): boolean {
    return this.#take(record.id, { record, impression: this.#identified(firstImpression) });
  }

  offerImpression(_namespace: string, impression: Impression): boolean {
    return this.#take(impression.executionId, { record: null, impression: this.#identified(impression) });
  }

  async find(namespace: string, id: Uuid): Promise<ExecutionRecord | null> {
    const queued = this.#queuedRecord(id);
    if (queued !== null) return queued.namespace === namespace ? queued : null;
    const [row] = await this.#options.sql.query<ExecutionRow>(
      `${SELECTED} where e.id = $1 and e.namespace = $2`,
      [id, namespace],
    );
    return row === undefined ? null : toRecord(row);
  }

  isQueued(id: Uuid): boolean {
    return this.#queued.has(id);
  }

  async isLogged(namespace: string, id: Uuid): Promise<boolean> {
    if (this.#queuedRecord(id) !== null) return false;
    const rows = await this.#options.sql.query('select 1 from execution where id = $1 and namespace = $2', [
      id,
      namespace,
    ]);
    return rows.length > 0;
  }

  async impressions(namespace: string, id: Uuid): Promise<readonly Impression[]> {
    if ((await this.find(namespace, id)) === null) return [];
    const queued = [...(this.#queued.get(id) ?? [])].flatMap(({ impression }) => impression ?? []);
    const rows = await this.#options.sql.query<{
      readonly id: Uuid;
      readonly from: number;
      readonly to: number;
      readonly at_ms: number;
    }>(
      `select id, from_rank as from, to_rank as to, (extract(epoch from at) * 1000)::float8 as at_ms
       from impression where execution_id = $1`,
      [id],
    );
    const stored = rows.map((row) => ({ ...row, executionId: id, at: new Date(row.at_ms) }));
    const known = new Set(rows.map((row) => row.id));
    return [...stored, ...queued.filter((impression) => !known.has(impression.id))]
      .sort((a, b) => a.at.getTime() - b.at.getTime() || a.from - b.from || a.to - b.to)
      .map(({ executionId, from, to, at }) => ({ executionId, from, to, at }));
  }

  list(namespace: string, filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionRecord>> {
    return listExecutions(this.#options.sql, { namespace, filter }, page);
  }

  claimKey(namespace: string, key: string, fingerprint: string, executionId: Uuid): Promise<KeyClaim> {
    const now = this.#options.clock.now();
    return claimKey(this.#options.sql, { namespace, key, fingerprint, executionId, now });
  }

  releaseKey(namespace: string, key: string, executionId: Uuid): Promise<void> {
    return releaseKey(this.#options.sql, { namespace, key, executionId });
  }

  get pending(): number {
    return this.#writer.pending;
  }

  get oldestPending(): number {
    return this.#writer.oldestMilliseconds;
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  close(): Promise<number> {
    return this.#writer.close();
  }

  #identified(impression: Impression | null): Offered['impression'] {
    return impression === null ? null : { ...impression, id: uuidV7(impression.at) };
  }

  #queuedRecord(id: Uuid): ExecutionRecord | null {
    for (const { record } of this.#queued.get(id) ?? []) if (record !== null) return record;
    return null;
  }

  #take(id: Uuid, offered: Offered): boolean {
    const stored = this.#writer.offer(offered);
    if (stored === null) return false;
    const queued = this.#queued.get(id) ?? new Set<Offered>();
    this.#queued.set(id, queued.add(offered));
    stored
      .catch((error: unknown) =>
        this.#options.logger.error({ execution: id, fault: faultOf(error) }, 'execution lost'),
      )
      .finally(() => {
        queued.delete(offered);
        if (queued.size === 0) this.#queued.delete(id);
      });
    return true;
  }

  async #write(batch: readonly Offered[]): Promise<readonly void[]> {
    const { sql, clock, onWritten } = this.#options;
    const committed = await sql.transaction(async (transaction) => {
      const written = await writeExecutions(transaction, batch, clock.now());
      return onWritten?.(transaction, written);
    });
    try {
      committed?.();
    } catch (error) {
      this.#options.logger.error({ fault: faultOf(error) }, 'what follows a commit has failed');
    }
    return batch.map(() => undefined);
  }
}

/** About what an item takes in memory and on the wire. */
function bytesOf({ record }: Offered): number {
  if (record === null) return 100;
  const { candidates, inputs } = record;
  const numbers = candidates.collection.length * 10 + candidates.raw.length * 28;
  const texts = candidates.ids.reduce((sum, id) => sum + id.length + 8, 0);
  const given = inputs.reduce((sum, input) => sum + ('value' in input ? String(input.value).length : 64), 0);
  return 1_000 + numbers + texts + given;
}

/** Only what cannot hold a user id or an input: messages of the database quote values. */
function faultOf(error: unknown): string {
  const { name, code, cause } = error as Partial<Error & { readonly code: unknown }>;
  return [name, code, cause instanceof Error ? faultOf(cause) : null].filter(Boolean).join(' ');
}
