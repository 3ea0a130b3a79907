import { PostgresSegments } from './postgres-segments.ts';
import type { CreditedExecution, CreditRules } from './credit.ts';
import type { RetrieverSpec } from '../retriever/retriever.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

type Learning = RetrieverSpec['learning'];

/** Rules of the versions that were asked for. */
export interface LoadedRules {
  /**
   * How an execution is credited: half-life and levels of its own version, rewards of that or of `creditVersion`,
   * whichever is newer. Null where the retriever was deleted: nobody reads its counters.
   */
  of(execution: CreditedExecution, creditVersion: number): CreditRules | null;
}

/** Executions that are about to be credited, and the versions whose rules that needs. */
export interface WantedRules {
  readonly versions: readonly { readonly retrieverId: Uuid; readonly version: number }[];
  readonly executions: readonly CreditedExecution[];
}

/** The learning sections of retriever versions, remembered: a version never changes. */
export class PostgresCreditRules {
  readonly #known = new Map<string, Learning>();
  readonly segments: PostgresSegments;

  constructor(segments = new PostgresSegments()) {
    this.segments = segments;
  }

  async load(sql: Sql, { versions, executions }: WantedRules): Promise<LoadedRules> {
    const missing = versions.filter(
      ({ retrieverId, version }) => !this.#known.has(keyOf(retrieverId, version)),
    );
    if (missing.length > 0) await this.#read(sql, missing);
    const counted = await this.segments.counted(sql, executions);
    return {
      of: (execution, creditVersion) => {
        const own = this.#known.get(keyOf(execution.retrieverId, execution.version));
        const version = Math.max(execution.version, creditVersion);
        const credit = this.#known.get(keyOf(execution.retrieverId, version));
        if (own === undefined || credit === undefined) return null;
        return {
          rewardMap: credit.rewardMap,
          halfLife: own.halfLife === null ? null : own.halfLife * 1_000,
          sessionLevel: own.sessionLevel,
          segmentLevel: counted(execution),
        };
      },
    };
  }

  async #read(
    sql: Sql,
    missing: readonly { readonly retrieverId: Uuid; readonly version: number }[],
  ): Promise<void> {
    const rows = await sql.query<{
      readonly retriever_id: Uuid;
      readonly version: number;
      readonly learning: Learning;
    }>(
      `select v.retriever_id, v.version, v.spec->'learning' as learning from retriever_version v
       join (select distinct * from unnest($1::uuid[], $2::int[]) as w(retriever_id, version)) w
       using (retriever_id, version)`,
      [missing.map(({ retrieverId }) => retrieverId), missing.map(({ version }) => version)],
    );
    for (const { retriever_id, version, learning } of rows)
      this.#known.set(keyOf(retriever_id, version), learning);
  }
}

const keyOf = (retrieverId: Uuid, version: number): string => `${retrieverId} ${version}`;
