import { DEFAULT_REWARD_MAP, type RewardMap } from '../../src/engine/learning/reward.ts';
import {
  INTERACTION_LIMITS,
  PostgresInteractionLog,
} from '../../src/engine/interaction/postgres-interaction-log.ts';
import { PostgresCounterStore } from '../../src/engine/learning/postgres-counter-store.ts';
import { PostgresCreditRules } from '../../src/engine/learning/postgres-credit-rules.ts';
import { PostgresExecutionLog } from '../../src/engine/execution/postgres-execution-log.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { sha256, uuidV7, type Uuid } from '../../src/engine/ids.ts';
import type { Clock } from '../../src/engine/clock.ts';
import type { CreditedExecution } from '../../src/engine/learning/credit.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { InteractionDraft, InteractionTarget } from '../../src/engine/interaction/interaction.ts';
import type { Logger } from '../../src/engine/ports.ts';
import type { Sql } from '../../src/store/sql.ts';
import { systemClock } from '../../src/engine/system-clock.ts';

export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const NAMESPACE = 'default';
export const FEATURES = ['embed://b@1/title', 'embed://a@1/text', 'embed://c@1/people'] as const;

/** One instance of the server, as far as logs and counters go. */
export interface Instance {
  readonly sql: Sql;
  readonly executions: PostgresExecutionLog;
  readonly interactions: PostgresInteractionLog;
  readonly counters: PostgresCounterStore;
  /** Every execution that was said to have been rewarded. */
  readonly credited: CreditedExecution[];
  /** Every execution that was said to have been counted without a reward. */
  readonly shown: CreditedExecution[];
}

export function startInstance(
  sql: Sql,
  clock: Clock = systemClock,
  rules = new PostgresCreditRules(),
): Instance {
  const credited: CreditedExecution[] = [];
  const shown: CreditedExecution[] = [];
  const interactions = new PostgresInteractionLog({
    sql,
    rules,
    clock,
    logger: SILENT,
    limits: INTERACTION_LIMITS,
    onCredited: (executions) => credited.push(...executions),
    onShown: (executions) => shown.push(...executions),
  });
  const executions = new PostgresExecutionLog({
    sql,
    clock,
    logger: SILENT,
    onWritten: (transaction, written) => interactions.countImpressions(transaction, written),
  });
  return { sql, executions, interactions, counters: new PostgresCounterStore(sql, rules), credited, shown };
}

export interface LearningSection {
  readonly rewardMap: RewardMap;
  /** Seconds. */
  readonly halfLife: number | null;
  readonly sessionLevel: boolean;
}

export const LEARNING: LearningSection = {
  rewardMap: DEFAULT_REWARD_MAP,
  halfLife: null,
  sessionLevel: false,
};

/** A retriever with one version per learning section; only what crediting reads of it. */
export async function addRetriever(
  sql: Sql,
  sections: readonly LearningSection[] = [LEARNING],
): Promise<Uuid> {
  const id = uuidV7(new Date());
  await sql.query(
    `insert into retriever (id, namespace, name, latest_version, created_at) values ($1::uuid, $2, $1::uuid::text, $3, now())`,
    [id, NAMESPACE, sections.length],
  );
  for (const [index, learning] of sections.entries())
    await sql.query(
      `insert into retriever_version (retriever_id, version, spec, created_at) values ($1, $2, $3, now())`,
      [id, index + 1, JSON.stringify({ learning })],
    );
  return id;
}

export interface PageWish {
  readonly retrieverId: Uuid;
  readonly seed: string;
  readonly hits?: number;
  readonly version?: number;
  readonly user?: string | null;
  readonly session?: string | null;
  readonly segment?: readonly string[] | null;
  readonly features?: readonly string[];
  readonly servedAt?: Date;
  readonly teaches?: boolean;
  readonly namespace?: string;
}

/** A record of invented scores: hits of `doc-0`, `doc-1`, … in that order, features in order of `features`. */
export function aRecord(wish: PageWish): ExecutionRecord {
  const { hits = 10, features = FEATURES, servedAt = new Date() } = wish;
  const random = seededRandom(wish.seed);
  const cells = hits * features.length;
  const weights = Float64Array.from(features, () => random.next());
  return {
    id: uuidV7(servedAt),
    namespace: wish.namespace ?? NAMESPACE,
    retrieverId: wish.retrieverId,
    retrieverName: 'demo',
    version: wish.version ?? 1,
    servedAt,
    executionKey: null,
    inputs: [],
    user: wish.user ?? null,
    session: wish.session ?? null,
    segment: wish.segment ?? null,
    assignment: 'LEARNED',
    strategy: 'LEARNED',
    normalization: 'BACKGROUND',
    finalTopK: 25,
    features,
    weights,
    choice: {
      level: 'PRIOR',
      reason: 'invented',
      generation: 'generation',
      epochs: { global: 0, segment: 0, user: 0 },
      draw: null,
    },
    collections: [COLLECTION],
    hitCount: hits,
    candidates: {
      collection: new Uint16Array(hits),
      ids: Array.from({ length: hits }, (_, index) => `doc-${index}`),
      fused: new Float64Array(hits),
      ranks: Uint32Array.from({ length: cells }, () => Math.floor(random.next() * 30)),
      raw: new Float64Array(cells),
      normalized: Float64Array.from({ length: cells }, () => random.next() * 4),
      contributions: new Float64Array(cells),
    },
    candidateCount: hits,
    timings: [],
    degradations: [],
    notices: [],
    teaches: wish.teaches ?? true,
  };
}

export const COLLECTION = '018f0000-0000-7000-8000-000000000001' as Uuid;

/** Offers records with their first pages (ranks 1 to `to`) and waits until they are durable. */
export async function serve(instance: Instance, records: readonly ExecutionRecord[], to = 10): Promise<void> {
  for (const record of records) {
    const last = Math.min(to, record.hitCount);
    const page = last === 0 ? null : { executionId: record.id, from: 1, to: last, at: record.servedAt };
    if (!instance.executions.offer(record, page)) throw new Error('the log is full');
  }
  await instance.executions.flush();
}

export interface DraftWish {
  readonly target: InteractionTarget;
  readonly kinds: number;
  readonly position?: number | null;
  readonly key?: string | null;
  readonly user?: string | null;
  readonly namespace?: string;
  readonly metadata?: string | null;
  readonly receivedAt?: Date;
}

export function aDraft(wish: DraftWish): InteractionDraft {
  const now = wish.receivedAt ?? new Date();
  const { target, kinds, position = null, key = null, metadata = null } = wish;
  return {
    id: uuidV7(now),
    namespace: wish.namespace ?? NAMESPACE,
    target,
    kinds,
    position,
    user: wish.user ?? null,
    session: null,
    occurredAt: now,
    receivedAt: now,
    metadata,
    idempotencyKey: key,
    fingerprint: sha256(JSON.stringify([target, kinds, position, metadata])),
  };
}

/** An interaction on a hit. */
export const onHit = (record: ExecutionRecord, rank: number, kinds: number): DraftWish => ({
  target: { kind: 'hit', executionId: record.id, rank },
  kinds,
});
