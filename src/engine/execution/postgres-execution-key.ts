import type { KeyClaim } from './execution-log.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** A claim whose execution is not stored may be taken over after this long: its process has died. */
const TAKE_OVER_MILLISECONDS = 30_000;

export interface KeyRequest {
  readonly namespace: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly executionId: Uuid;
  readonly now: Date;
}

/** Claims a key, or says what it stands for. Repeating a claim for the same execution claims it again. */
export async function claimKey(sql: Sql, request: KeyRequest): Promise<KeyClaim> {
  const { namespace, key, fingerprint, executionId, now } = request;
  for (;;) {
    const claimed = await sql.query(
      `insert into execution_key as k (namespace, key, fingerprint, execution_id, claimed_at)
       values ($1, $2, $3, $4, $5)
       on conflict (namespace, key) do update
         set fingerprint = excluded.fingerprint, execution_id = excluded.execution_id, claimed_at = excluded.claimed_at
         where k.execution_id = excluded.execution_id
           or (k.claimed_at <= $6 and not exists (select 1 from execution e where e.id = k.execution_id))
       returning 1`,
      [
        namespace,
        key,
        fingerprint,
        executionId,
        now.toISOString(),
        new Date(now.getTime() - TAKE_OVER_MILLISECONDS).toISOString(),
      ],
    );
    if (claimed.length > 0) return { status: 'claimed' };
    const [held] = await sql.query<{ readonly execution_id: Uuid; readonly fingerprint: string }>(
      'select execution_id, fingerprint from execution_key where namespace = $1 and key = $2',
      [namespace, key],
    );
    // None: it was given back in between.
    if (held !== undefined)
      return { status: 'taken', executionId: held.execution_id, fingerprint: held.fingerprint };
  }
}

export async function releaseKey(
  sql: Sql,
  request: Pick<KeyRequest, 'namespace' | 'key' | 'executionId'>,
): Promise<void> {
  await sql.query('delete from execution_key where namespace = $1 and key = $2 and execution_id = $3', [
    request.namespace,
    request.key,
    request.executionId,
  ]);
}
