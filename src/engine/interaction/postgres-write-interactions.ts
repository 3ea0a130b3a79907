import { creditKinds } from './postgres-credit-kinds.ts';
import {
  ensureUsers,
  findStored,
  insertInteractions,
  interactionOf,
  toInteraction,
  type InteractionRow,
  type ResolvedDraft,
} from './postgres-interaction-rows.ts';
import { findServedHits, type StoredHit } from './postgres-served-hits.ts';
import { resolveInteraction, unresolved, type Resolved } from './resolve-interaction.ts';
import type { CreditedExecution } from '../learning/credit.ts';
import type { ExecutionsKept } from '../learning/executions-kept.ts';
import type { HitKinds } from '../learning/postgres-hit-states.ts';
import type { InteractionDraft } from './interaction.ts';
import type { PostgresCreditRules } from '../learning/postgres-credit-rules.ts';
import type { RecordOutcome } from './interaction-log.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** What a batch came to, one outcome per draft, and the executions whose counters changed. */
export interface WrittenBatch {
  readonly outcomes: readonly RecordOutcome[];
  readonly credited: readonly CreditedExecution[];
}

/**
 * Writes a batch of interactions and the differences they make to the counters in one transaction. The locks are
 * taken in one order everywhere: idempotency keys, learning states, executions, counters. Trying a batch again after
 * its answer was lost finds the rows there by their ids and counts nothing twice.
 */
export async function writeInteractions(
  database: Sql,
  { rules, kept }: { readonly rules: PostgresCreditRules; readonly kept: ExecutionsKept },
  drafts: readonly InteractionDraft[],
): Promise<WrittenBatch> {
  const { hits, executions } = await findServedHits(
    database,
    kept,
    drafts.map(({ target }) => target),
  );
  const resolved = drafts.map((draft, index) => resolve(draft, hits[index] ?? null));
  const accepted = firstOfEachKey(
    drafts.flatMap((draft, index): ResolvedDraft[] => {
      const found = resolved[index]!;
      return found.ok ? [{ draft, resolution: found.resolution }] : [];
    }),
  );
  const stored = await database.transaction(async (sql) => {
    await ensureUsers(sql, drafts);
    const inserted = await insertInteractions(sql, accepted);
    const fresh = accepted.filter(({ draft }) => inserted.has(draft.id));
    const added = fresh.flatMap(kindsOfDraft);
    const credited = await creditKinds(sql, rules, {
      executions,
      hits: added,
      added: () => Promise.resolve(added),
    });
    const others = drafts.filter(({ id }) => !inserted.has(id));
    return { fresh, credited, rows: await findStored(sql, others) };
  });
  const answers = { resolved, fresh: byId(stored.fresh), rows: stored.rows };
  return {
    outcomes: drafts.map((draft, index) => outcomeOf(draft, resolved[index]!, answers)),
    credited: stored.credited,
  };
}

function resolve(draft: InteractionDraft, hit: StoredHit | null): Resolved {
  if (hit === null) return { ok: true, resolution: unresolved(draft) };
  if (hit.namespace !== draft.namespace)
    return {
      ok: false,
      fault: { code: 'NOT_FOUND', path: ['hit'], message: 'there is no such execution' },
    };
  return resolveInteraction(draft, hit);
}

/** The first draft of each idempotency key; the rest of a batch is compared with it afterwards. */
function firstOfEachKey(resolved: readonly ResolvedDraft[]): readonly ResolvedDraft[] {
  const seen = new Set<string>();
  return resolved.filter(({ draft: { namespace, idempotencyKey } }) => {
    if (idempotencyKey === null) return true;
    const key = `${namespace}\0${idempotencyKey}`;
    return !seen.has(key) && seen.add(key);
  });
}

function kindsOfDraft({ draft, resolution }: ResolvedDraft): readonly HitKinds[] {
  if (resolution.state !== 'CREDITED' || resolution.rank === null) return [];
  return [{ executionId: draft.target.executionId, rank: resolution.rank, kinds: draft.kinds }];
}

const byId = (fresh: readonly ResolvedDraft[]): ReadonlyMap<Uuid, ResolvedDraft> =>
  new Map(fresh.map((item) => [item.draft.id, item]));

function outcomeOf(
  draft: InteractionDraft,
  resolved: Resolved,
  answers: {
    readonly fresh: ReadonlyMap<Uuid, ResolvedDraft>;
    readonly rows: readonly InteractionRow[];
  },
): RecordOutcome {
  const fresh = answers.fresh.get(draft.id);
  if (fresh !== undefined) return { status: 'recorded', interaction: interactionOf(fresh) };
  const mine = answers.rows.find(({ id }) => id === draft.id);
  if (mine !== undefined) return { status: 'recorded', interaction: toInteraction(mine) };
  const same = answers.rows.find(
    ({ namespace, idempotency_key }) =>
      namespace === draft.namespace && idempotency_key !== null && idempotency_key === draft.idempotencyKey,
  );
  if (same !== undefined && same.fingerprint === draft.fingerprint)
    return { status: 'repeated', interaction: toInteraction(same) };
  if (same !== undefined) return { status: 'refused', fault: KEY_CONFLICT };
  if (!resolved.ok) return { status: 'refused', fault: resolved.fault };
  throw new Error('an interaction was neither written nor there before');
}

const KEY_CONFLICT = {
  code: 'IDEMPOTENCY_CONFLICT',
  path: ['idempotencyKey'],
  message: 'used before for an interaction with other content',
} as const;
