import { creditImpressions } from '../learning/postgres-credit.ts';
import { deleteInteraction } from './postgres-delete-interaction.ts';
import { keepExecutions, toKept, type ExecutionsKept } from '../learning/executions-kept.ts';
import { giveUpWaiting, settleWaiting } from './postgres-sweep.ts';
import { PENDING_MILLISECONDS } from './interaction.ts';
import { listInteractions, type ListQuestion } from './postgres-list-interactions.ts';
import { ReweighError } from '../errors.ts';
import { SELECT_INTERACTION, toInteraction, type InteractionRow } from './postgres-interaction-rows.ts';
import { startGroupCommit, type GroupCommit, type GroupCommitLimits } from '../group-commit.ts';
import { writeInteractions } from './postgres-write-interactions.ts';
import type { Clock } from '../clock.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { Interaction, InteractionDraft } from './interaction.ts';
import type { InteractionLog, RecordOutcome } from './interaction-log.ts';
import type { Logger } from '../ports.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';
import type { Written } from '../execution/written.ts';

export interface InteractionLogParts {
  readonly sql: Sql;
  readonly rules: PostgresCreditRules;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: GroupCommitLimits;
  /** Told after every commit which executions were rewarded, so that what was read of their counters can be forgotten. */
  readonly onCredited: (executions: readonly CreditedExecution[]) => void;
  /** Told of executions whose pages were counted and earned nothing: draws may know of them some moments later. */
  readonly onShown: (executions: readonly CreditedExecution[]) => void;
}

/** Enough for a burst of a few seconds; see the configuration for what may be set. */
export const INTERACTION_LIMITS: GroupCommitLimits = {
  batchItems: 500,
  batchBytes: 8 * 2 ** 20,
  queueItems: 20_000,
  queueBytes: 64 * 2 ** 20,
  // Somebody waits for each of them.
  pace: 0,
  patience: 5_000,
  closeWithin: 10_000,
};

/** Interactions in PostgreSQL, written in batches together with the differences they make to the counters. */
export class PostgresInteractionLog implements InteractionLog {
  readonly #parts: InteractionLogParts;
  readonly #kept: ExecutionsKept;
  readonly #writer: GroupCommit<InteractionDraft, RecordOutcome>;
  #sweeps = 0;

  constructor(parts: InteractionLogParts) {
    this.#parts = parts;
    const { sql, rules, clock, logger, limits, onCredited } = parts;
    const kept = (this.#kept = keepExecutions(clock));
    this.#writer = startGroupCommit<InteractionDraft, RecordOutcome>({
      write: async (batch) => {
        const { outcomes, credited } = await writeInteractions(sql, { rules, kept }, batch);
        onCredited(credited);
        return outcomes;
      },
      bytesOf: ({ metadata }) => 500 + (metadata?.length ?? 0),
      isTransient: (error) => error instanceof ReweighError && error.code === 'STORE_UNAVAILABLE',
      onRetry: (error) => logger.warn({ error }, 'a batch of interactions will be tried again'),
      clock,
      limits,
    });
  }

  get pending(): number {
    return this.#writer.pending;
  }

  get oldestPending(): number {
    return this.#writer.oldestMilliseconds;
  }

  async record(draft: InteractionDraft): Promise<RecordOutcome> {
    const outcome = this.#writer.offer(draft);
    if (outcome === null)
      throw new ReweighError('STORE_UNAVAILABLE', 'too many interactions wait to be written; try again');
    return outcome;
  }

  /** To be called within the transaction that writes executions and impressions; what it returns, after the commit. */
  async countImpressions(sql: Sql, written: Written): Promise<() => void> {
    const { rewarded, shown, fresh, crowded } = await creditImpressions(sql, this.#parts.rules, written);
    for (const retriever of crowded)
      this.#parts.logger.warn(
        { retriever, limit: this.#parts.rules.segments.limit },
        'more segments than have counters: pages of new ones teach everybody and the user only',
      );
    return () => {
      for (const { record } of written.records) {
        const execution = fresh.get(record.id);
        if (execution !== undefined) this.#kept.keep(toKept(record, execution));
      }
      this.#parts.onCredited(rewarded);
      this.#parts.onShown(shown);
    };
  }

  async find(namespace: string, id: Uuid): Promise<Interaction | null> {
    const [row] = await this.#parts.sql.query<InteractionRow>(
      `${SELECT_INTERACTION} where i.namespace = $1 and i.id = $2`,
      [namespace, id],
    );
    return row === undefined ? null : toInteraction(row);
  }

  list(namespace: string, question: ListQuestion, page: PageRequest): Promise<Page<Interaction>> {
    return listInteractions(this.#parts.sql, { namespace, ...question }, page);
  }

  async delete(namespace: string, id: Uuid): Promise<Interaction | null> {
    const { sql, rules } = this.#parts;
    const { interaction, credited } = await deleteInteraction(sql, rules, { namespace, id });
    this.#parts.onCredited(credited);
    return interaction;
  }

  async sweep(now: Date): Promise<number> {
    const { sql, rules, onCredited } = this.#parts;
    const everything = this.#sweeps % FULL_SWEEP === 0;
    this.#sweeps += 1;
    const since = new Date(everything ? 0 : now.getTime() - RECENT_MILLISECONDS);
    let total = 0;
    for (let settled = 1; settled > 0;) {
      const swept = await settleWaiting(sql, rules, since);
      onCredited(swept.credited);
      settled = swept.settled;
      total += settled;
    }
    await giveUpWaiting(sql, now);
    return total;
  }

  /** What is given up has been refused to its caller. */
  async close(): Promise<void> {
    await this.#writer.close();
  }
}

/** How far back a sweep looks; the first one after a start, and one in so many, look at everything that waits. */
const RECENT_MILLISECONDS = 2 * PENDING_MILLISECONDS;
const FULL_SWEEP = 120;
