import { plainArray } from '../../store/plain-array.ts';
import type { Interaction, InteractionDraft, InteractionState, UncreditedReason } from './interaction.ts';
import type { Resolution } from './resolve-interaction.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

export interface InteractionRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly execution_id: Uuid;
  readonly retriever_id: Uuid | null;
  readonly rank: number | null;
  readonly collection_id: Uuid | null;
  readonly document_id: string | null;
  readonly kinds: number;
  readonly position: number | null;
  readonly external_id: string | null;
  readonly session: string | null;
  /** Milliseconds since 1970. */
  readonly occurred_at: number;
  readonly received_at: number;
  readonly metadata: string | null;
  readonly idempotency_key: string | null;
  readonly fingerprint: string;
  readonly state: InteractionState;
  readonly reason: UncreditedReason | null;
}

/** Reads whole interactions; `i` is the interaction, `u` its user. */
export const SELECT_INTERACTION = `select i.id, i.namespace, i.execution_id, i.retriever_id, i.rank, i.collection_id,
  i.document_id, i.kinds, i.position, u.external_id, i.session,
  (extract(epoch from i.occurred_at) * 1000)::float8 as occurred_at,
  (extract(epoch from i.received_at) * 1000)::float8 as received_at,
  i.metadata::text as metadata, i.idempotency_key, i.fingerprint, i.state, i.reason
  from interaction i left join user_identity u on u.id = i.user_id`;

export function toInteraction(row: InteractionRow): Interaction {
  return {
    id: row.id,
    namespace: row.namespace,
    executionId: row.execution_id,
    retrieverId: row.retriever_id,
    rank: row.rank,
    document:
      row.document_id === null ? null : { collectionId: row.collection_id, documentId: row.document_id },
    kinds: row.kinds,
    user: row.external_id,
    session: row.session,
    occurredAt: new Date(row.occurred_at),
    receivedAt: new Date(row.received_at),
    metadata: row.metadata,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    reason: row.reason,
  };
}

/** What a draft became. */
export interface ResolvedDraft {
  readonly draft: InteractionDraft;
  readonly resolution: Resolution;
}

export function interactionOf({ draft, resolution }: ResolvedDraft): Interaction {
  const { target, position, fingerprint, ...kept } = draft;
  void position;
  void fingerprint;
  const { retrieverId, rank, document, state, reason } = resolution;
  return { ...kept, executionId: target.executionId, retrieverId, rank, document, state, reason };
}

/** Makes sure that the users named have a row; in order of their names. */
export async function ensureUsers(sql: Sql, drafts: readonly InteractionDraft[]): Promise<void> {
  const named = drafts.filter(({ user }) => user !== null);
  if (named.length === 0) return;
  await sql.query(
    `insert into user_identity (id, namespace, external_id)
     select gen_random_uuid(), namespace, external_id
     from (select distinct * from unnest($1::text[], $2::text[]) as n(namespace, external_id)) n
     order by namespace collate "C", external_id collate "C" on conflict do nothing`,
    [named.map(({ namespace }) => namespace), named.map(({ user }) => user)],
  );
}

/**
 * Inserts drafts, in order of their idempotency keys; ids of those that were inserted. The others were there
 * already, by key or (where an earlier attempt succeeded unseen) by id.
 */
export async function insertInteractions(
  sql: Sql,
  resolved: readonly ResolvedDraft[],
): Promise<ReadonlySet<Uuid>> {
  const column = <T>(of: (item: ResolvedDraft) => T): readonly T[] => resolved.map(of);
  const plain = (of: (item: ResolvedDraft) => string | number | boolean | null): string =>
    plainArray(column(of));
  const rows = await sql.query<{ readonly id: Uuid }>(
    `insert into interaction (id, namespace, execution_id, retriever_id, rank, collection_id, document_id, kinds,
       position, user_id, session, occurred_at, received_at, metadata, idempotency_key, fingerprint, state, reason,
       waiting)
     select d.id, d.namespace, d.execution_id, d.retriever_id, d.rank, d.collection_id, d.document_id, d.kinds,
       d.position, u.id, d.session, d.occurred_at, d.received_at, d.metadata::json, d.idempotency_key, d.fingerprint,
       d.state, d.reason, d.waiting
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::text[], $8::int[],
       $9::int[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::text[],
       $16::text[], $17::text[], $18::text[], $19::boolean[])
       as d(id, namespace, execution_id, retriever_id, rank, collection_id, document_id, kinds, position, user_name,
         session, occurred_at, received_at, metadata, idempotency_key, fingerprint, state, reason, waiting)
     left join user_identity u on u.namespace = d.namespace and u.external_id = d.user_name
     order by d.namespace collate "C", d.idempotency_key collate "C", d.id
     on conflict do nothing returning id`,
    [
      plain(({ draft }) => draft.id),
      column(({ draft }) => draft.namespace),
      plain(({ draft }) => draft.target.executionId),
      plain(({ resolution }) => resolution.retrieverId),
      plain(({ resolution }) => resolution.rank),
      plain(({ resolution }) => resolution.document?.collectionId ?? null),
      column(({ resolution }) => resolution.document?.documentId ?? null),
      plain(({ draft }) => draft.kinds),
      plain(({ draft }) => draft.position),
      column(({ draft }) => draft.user),
      column(({ draft }) => draft.session),
      plain(({ draft }) => draft.occurredAt.toISOString()),
      plain(({ draft }) => draft.receivedAt.toISOString()),
      column(({ draft }) => draft.metadata),
      column(({ draft }) => draft.idempotencyKey),
      plain(({ draft }) => draft.fingerprint),
      plain(({ resolution }) => resolution.state),
      plain(({ resolution }) => resolution.reason),
      plain(({ resolution }) => resolution.waiting),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** What is stored of drafts, by their ids and by their keys. */
export async function findStored(
  sql: Sql,
  drafts: readonly InteractionDraft[],
): Promise<readonly InteractionRow[]> {
  if (drafts.length === 0) return [];
  const keyed = drafts.filter(({ idempotencyKey }) => idempotencyKey !== null);
  return sql.query<InteractionRow>(
    `${SELECT_INTERACTION} where i.id = any($1::uuid[])
     union all
     ${SELECT_INTERACTION} join unnest($2::text[], $3::text[]) as k(namespace, key)
       on k.namespace = i.namespace and k.key = i.idempotency_key where i.id <> all($1::uuid[])`,
    [
      drafts.map(({ id }) => id),
      keyed.map(({ namespace }) => namespace),
      keyed.map(({ idempotencyKey }) => idempotencyKey),
    ],
  );
}
