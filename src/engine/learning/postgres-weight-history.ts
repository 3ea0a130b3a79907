import { floatArrayBytes, readFloatArray } from './postgres-float-array.ts';
import { storedSubject } from './postgres-counter-rows.ts';
import type { HistoryQuestion, WeightHistory, WeightSnapshot } from './weight-history.ts';
import type { Sql } from '../../store/sql.ts';

interface Row {
  readonly version: number;
  readonly generation: string;
  readonly at: number;
  readonly pages: number;
  readonly rewarded_impressions: number;
  readonly features: readonly string[];
  readonly weights: Buffer;
}

/** Snapshots of weights in PostgreSQL. */
export class PostgresWeightHistory implements WeightHistory {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async append(snapshots: readonly WeightSnapshot[]): Promise<void> {
    for (const snapshot of snapshots)
      await this.#sql.query(
        `insert into weight_snapshot (retriever_id, level, subject, at, version, generation, pages,
           rewarded_impressions, features, weights)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::float8[]) on conflict do nothing`,
        [
          snapshot.retrieverId,
          snapshot.level,
          storedSubject(snapshot.subject),
          snapshot.at.toISOString(),
          snapshot.version,
          snapshot.generation,
          snapshot.pages,
          snapshot.rewardedImpressions,
          snapshot.features,
          floatArrayBytes(snapshot.weights),
        ],
      );
  }

  async read(question: HistoryQuestion): Promise<readonly WeightSnapshot[]> {
    const { retrieverId, level, subject, since, until, limit } = question;
    const rows = await this.#sql.query<Row>(
      `select version, generation, (extract(epoch from at) * 1000)::float8 as at, pages, rewarded_impressions,
         features, array_send(weights) as weights from weight_snapshot
       where retriever_id = $1 and level = $2 and subject = $3 and ($4::timestamptz is null or at >= $4)
         and ($5::timestamptz is null or at < $5)
       order by at desc limit $6`,
      [
        retrieverId,
        level,
        storedSubject(subject),
        since?.toISOString() ?? null,
        until?.toISOString() ?? null,
        limit,
      ],
    );
    return rows.toReversed().map((row) => ({
      retrieverId,
      level,
      subject,
      version: row.version,
      generation: row.generation,
      at: new Date(row.at),
      pages: row.pages,
      rewardedImpressions: row.rewarded_impressions,
      features: row.features,
      weights: readFloatArray(row.weights),
    }));
  }
}
