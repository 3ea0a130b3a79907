/** Writing many documents in few requests. */
import { ReweighError } from '../errors.ts';
import { refusedAccess } from './elasticsearch-refused-access.ts';
import type { Clock } from '../clock.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import type { Searchable } from './search-backend.ts';

/** One action: its line, and the document's line where it has one. */
export interface BulkAction {
  readonly id: string;
  readonly kind: 'index' | 'delete';
  readonly document?: string;
}

export interface BulkTarget extends ElasticsearchTarget {
  readonly clock: Clock;
}

interface BulkItem {
  readonly status: number;
  readonly result?: string;
  readonly error?: { readonly type?: string; readonly reason?: string };
}
interface BulkAnswer {
  readonly items: readonly Readonly<Record<string, BulkItem>>[];
}

/** What is to be sent again. BLOCKED: the index takes no writes just now. GONE: it is not there. */
interface Refused {
  readonly action: BulkAction;
  readonly why: 'OVERLOADED' | 'BLOCKED' | 'GONE';
}

const REQUEST_CHARACTERS = 8_000_000;
const TRIES = 5;
/** Where an index takes the place of another one, requests on their way meet the old one. */
const TRIES_WHEN_GONE = 3;
const FIRST_PAUSE = 100;
/** The server gives up waiting for a lost shard before we do, so that we hear which documents it has. */
const SHARE_OF_DEADLINE = 0.8;
const LONGEST_PAUSE_WHEN_BLOCKED = 500;

/**
 * Runs all actions, with `now` until searches see them; the result of each (created, updated, deleted, not_found).
 * What an overloaded server refuses is tried again with growing pauses, what a blocked index refuses until the write
 * deadline: an index that is about to be replaced is blocked for a moment. Any other refusal, or the last of them,
 * throws; documents that were not there before are then removed again, replaced ones stay replaced.
 */
export async function bulk(
  target: BulkTarget,
  actions: readonly BulkAction[],
  searchable: Searchable,
): Promise<readonly string[]> {
  const results = new Map<string, string>();
  const refresh = searchable === 'now' ? 'wait_for' : 'false';
  const started = target.clock.monotonic();
  try {
    let rest = actions;
    for (let tries = 1; rest.length > 0; tries += 1) {
      const refused = await Promise.all(
        portions(rest).map((some) => send(target, some, { refresh, results })),
      );
      const all = refused.flat();
      rest = all.map(({ action }) => action);
      const pause = pauseBefore(tries + 1, all);
      const late = target.clock.monotonic() + pause - started > target.deadlines.write;
      refuseIfHopeless(all, tries, late);
      if (rest.length > 0) await target.clock.delay(pause);
    }
  } catch (error) {
    await undo(target, results);
    throw error;
  }
  return actions.map(({ id }) => results.get(id) ?? 'unknown');
}

function pauseBefore(tries: number, refused: readonly Refused[]): number {
  const growing = FIRST_PAUSE * 2 ** Math.min(tries, 10);
  const blocked = refused.some(({ why }) => why === 'BLOCKED');
  return blocked ? Math.min(growing, LONGEST_PAUSE_WHEN_BLOCKED) : growing;
}

function refuseIfHopeless(refused: readonly Refused[], tries: number, late: boolean): void {
  const count = (why: Refused['why']): number => refused.filter((one) => one.why === why).length;
  const [overloaded, blocked, gone] = [count('OVERLOADED'), count('BLOCKED'), count('GONE')];
  const said =
    gone > 0 && tries >= TRIES_WHEN_GONE
      ? 'its index is gone'
      : overloaded > 0 && tries >= TRIES
        ? 'overloaded'
        : blocked > 0 && late
          ? 'the index takes no writes'
          : null;
  if (said === null) return;
  throw new ReweighError('SEARCH_UNAVAILABLE', `Elasticsearch refused ${refused.length} documents: ${said}`);
}

/** Portions of at most 8 million characters, or of one action. */
function portions(actions: readonly BulkAction[]): readonly (readonly BulkAction[])[] {
  const all: BulkAction[][] = [];
  let size = Infinity;
  for (const action of actions) {
    const own = action.id.length + (action.document?.length ?? 0);
    if (size + own > REQUEST_CHARACTERS) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(action);
    size += own;
  }
  return all;
}

/** Sends one request; what is to be tried again. */
async function send(
  { calls, alias, deadlines }: BulkTarget,
  actions: readonly BulkAction[],
  { refresh, results }: { readonly refresh: string; readonly results: Map<string, string> },
): Promise<readonly Refused[]> {
  const answer = await calls.call<BulkAnswer>(
    {
      method: 'POST',
      path: `/${alias}/_bulk`,
      query: { refresh, require_alias: true, timeout: `${Math.ceil(deadlines.write * SHARE_OF_DEADLINE)}ms` },
      lines: actions
        .map(({ id, kind, document }) => {
          const line = JSON.stringify({ [kind]: { _id: id } });
          return document === undefined ? `${line}\n` : `${line}\n${document}\n`;
        })
        .join(''),
    },
    deadlines.write,
  );
  const again: Refused[] = [];
  let fault: BulkItem | null = null;
  actions.forEach((action, index) => {
    const item = answer?.items[index]?.[action.kind];
    const why = whyAgain(item);
    if (why !== null) again.push({ action, why });
    else if (item?.error !== undefined) fault ??= item;
    else results.set(action.id, item?.result ?? 'unknown');
  });
  if (fault !== null) throw refused(fault, alias);
  return again;
}

function whyAgain(item: BulkItem | undefined): Refused['why'] | null {
  if (item === undefined || item.status === 429) return 'OVERLOADED';
  if (item.status === 403 && item.error?.type === 'cluster_block_exception') return 'BLOCKED';
  return item.status === 404 && item.error !== undefined ? 'GONE' : null;
}

function refused({ status, error }: BulkItem, alias: string): Error {
  const access = refusedAccess(error ?? {});
  if (access !== null)
    return new ReweighError('SEARCH_FORBIDDEN', `Elasticsearch answered ${status}: ${access}`);
  const said = `${error?.type ?? 'error'}: ${error?.reason ?? 'no reason given'}`;
  if (status >= 500) return new ReweighError('SEARCH_UNAVAILABLE', `a shard of ${alias} is gone (${said})`);
  return new Error(`Elasticsearch refused a document with ${status}: ${said}`);
}

/** Takes back what was new, as far as the server lets us; the error that led here is the one to be told. */
async function undo(
  { calls, alias, deadlines }: BulkTarget,
  results: ReadonlyMap<string, string>,
): Promise<void> {
  const created = [...results].flatMap(([id, result]) => (result === 'created' ? [id] : []));
  if (created.length === 0) return;
  const lines = created.map((id) => `${JSON.stringify({ delete: { _id: id } })}\n`).join('');
  await calls
    .call({ method: 'POST', path: `/${alias}/_bulk`, query: { refresh: 'wait_for' }, lines }, deadlines.write)
    .catch(() => undefined);
}
