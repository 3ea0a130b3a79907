import type { Collection } from './collection.ts';
import type {
  Reindexing,
  ReindexingEnd,
  ReindexingProgress,
  ReindexingRun,
  ReindexingState,
  ReindexingStore,
} from './reindexing.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

interface Row extends ReindexingProgress {
  readonly state: ReindexingState;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly finished: number | null;
  readonly reason: string | null;
}

/** Claims on reindexing, in the table `reindexing`. All times are the database's. */
export class PostgresReindexingStore implements ReindexingStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  begin({ collectionId, run }: ReindexingRun): Promise<boolean> {
    return this.#changes(
      `insert into reindexing (collection_id, run, state, started_at, beat_at)
       select id, $2, 'RUNNING', now(), now() from collection where id = $1
       on conflict (collection_id) do update set run = excluded.run, state = 'RUNNING', documents = 0, total = 0,
         embedded = 0, refused = 0, refused_documents = '[]', started_at = now(), beat_at = now(),
         finished_at = null, reason = null
       where reindexing.state <> 'RUNNING' returning 1`,
      [collectionId, run],
    );
  }

  beat({ collectionId, run }: ReindexingRun, progress: ReindexingProgress): Promise<boolean> {
    const { documents, total, embedded, refused, refusedDocuments } = progress;
    return this.#changes(
      `update reindexing set beat_at = now(), documents = $3, total = $4, embedded = $5, refused = $6,
         refused_documents = $7::json
       where collection_id = $1 and run = $2 and state = 'RUNNING' returning 1`,
      [collectionId, run, documents, total, embedded, refused, JSON.stringify(refusedDocuments)],
    );
  }

  end({ collectionId, run }: ReindexingRun, { state, reason }: ReindexingEnd): Promise<boolean> {
    return this.#changes(
      `update reindexing set state = $3, reason = $4, finished_at = now()
       where collection_id = $1 and run = $2 and state = 'RUNNING' returning 1`,
      [collectionId, run, state, reason],
    );
  }

  async find(collectionId: Uuid): Promise<Reindexing | null> {
    const [row] = await this.#sql.query<Row>(
      `select state, documents::float8, total::float8, embedded::float8, reason, refused::float8,
         refused_documents as "refusedDocuments",
         (extract(epoch from started_at) * 1000)::float8 as started,
         (extract(epoch from finished_at) * 1000)::float8 as finished
       from reindexing where collection_id = $1`,
      [collectionId],
    );
    if (row === undefined) return null;
    const { started, finished, ...rest } = row;
    return {
      ...rest,
      startedAt: new Date(started),
      finishedAt: finished === null ? null : new Date(finished),
    };
  }

  takeOver(run: Uuid): Promise<readonly Pick<Collection, 'id' | 'namespace'>[]> {
    return this.#sql.query(
      `update reindexing r set run = $1, beat_at = now() from collection c
       where c.id = r.collection_id and r.state = 'RUNNING' and r.beat_at < now() - interval '30 seconds'
       returning c.id, c.namespace`,
      [run],
    );
  }

  async #changes(statement: string, params: readonly unknown[]): Promise<boolean> {
    return (await this.#sql.query(statement, params)).length > 0;
  }
}
