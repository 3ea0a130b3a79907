import { continueRebuild, readProgress, startRebuild } from './postgres-rebuild.ts';
import { readFloatArray } from './postgres-float-array.ts';
import { storedSubject } from './postgres-counter-rows.ts';
import type { ContextLevel } from './context.ts';
import type { CounterStore, EvidenceQuestion, RebuildProgress, StoredCounters } from './counter-store.ts';
import type { PostgresCreditRules } from './postgres-credit-rules.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** Counters in PostgreSQL, one row a context. Interactions and pages write them, in their own transactions. */
export class PostgresCounterStore implements CounterStore {
  readonly #sql: Sql;
  readonly #rules: PostgresCreditRules;

  constructor(sql: Sql, rules: PostgresCreditRules) {
    this.#sql = sql;
    this.#rules = rules;
  }

  async read(question: EvidenceQuestion): Promise<readonly StoredCounters[]> {
    const { contexts } = question;
    const rows = await this.#sql.query<CounterRow>(READ, [
      question.retrieverId,
      question.generation,
      contexts.map(({ level }) => level),
      contexts.map(({ level, subject }) => (level === 'USER' ? subject : storedSubject(subject))),
      question.namespace,
    ]);
    return rows.map((row, index) => ({
      level: row.level,
      subject: contexts[index]!.subject,
      epoch: row.epoch,
      ownEpoch: row.own_epoch,
      era: row.era ?? 0,
      sums: row.sums === null ? null : readFloatArray(row.sums),
    }));
  }

  startRebuild(retrieverId: Uuid, creditVersion: number, now: Date): Promise<RebuildProgress> {
    return startRebuild(this.#sql, { retrieverId, creditVersion }, now);
  }

  continueRebuild(retrieverId: Uuid, now: Date): Promise<RebuildProgress | null> {
    return continueRebuild(this.#sql, this.#rules, { retrieverId, now });
  }

  rebuildProgress(retrieverId: Uuid): Promise<RebuildProgress | null> {
    return readProgress(this.#sql, retrieverId);
  }

  async unfinishedRebuilds(): Promise<readonly Uuid[]> {
    const rows = await this.#sql.query<{ readonly retriever_id: Uuid }>(
      'select retriever_id from learning_state where next_build is not null order by retriever_id',
    );
    return rows.map(({ retriever_id }) => retriever_id);
  }
}

interface CounterRow {
  readonly level: ContextLevel;
  readonly epoch: number;
  readonly own_epoch: number;
  readonly era: number | null;
  readonly sums: Buffer | null;
}

/** Users are stored by their ids in the table of users; a segment's reset count by its level and subject. */
const READ = `
  select a.level, coalesce(s.epoch, 0) as epoch, coalesce(o.epoch, 0) as own_epoch, c.era, array_send(c.sums) as sums
  from unnest($3::text[], $4::text[]) with ordinality as a(level, subject, place)
  left join learning_state s on s.retriever_id = $1
  left join user_identity u on a.level = 'USER' and u.namespace = $5 and u.external_id = a.subject
  cross join lateral (select case when a.level = 'USER' then u.id::text else a.subject end as subject) k
  left join learning_epoch o on o.retriever_id = $1 and o.level = a.level and o.subject = k.subject
  left join counter c on c.retriever_id = $1 and c.build = coalesce(s.build, 0) and c.generation = $2
    and c.level = a.level and c.subject = k.subject and c.epoch = coalesce(s.epoch, 0)
    and c.own_epoch = coalesce(o.epoch, 0)
  order by a.place`;
