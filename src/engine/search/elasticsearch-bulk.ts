/** Writing many documents in few requests. */
import { ReweighError } from '../errors.ts';
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

const REQUEST_CHARACTERS = 8_000_000;
const TRIES = 5;
const FIRST_PAUSE = 100;
/** The server gives up waiting for a lost shard before we do, so that we hear which documents it has. */
const SHARE_OF_DEADLINE = 0.8;

/**
 * Runs all actions, with `now` until searches see them; the result of each (created, updated, deleted, not_found).
 * What an overloaded server refuses is tried again with growing pauses. Any other refusal, or the last of them,
 * throws; documents that were not there before are then removed again, replaced ones stay replaced.
 */
export async function bulk(
  target: BulkTarget,
  actions: readonly BulkAction[],
  searchable: Searchable,
): Promise<readonly string[]> {
  const results = new Map<string, string>();
  const refresh = searchable === 'now' ? 'wait_for' : 'false';
  try {
    let rest = actions;
    for (let tries = 1; rest.length > 0; tries += 1) {
      if (tries > 1) await target.clock.delay(FIRST_PAUSE * 2 ** tries);
      const refused = await Promise.all(
        portions(rest).map((some) => send(target, some, { refresh, results })),
      );
      rest = refused.flat();
      if (rest.length > 0 && tries === TRIES)
        throw new ReweighError(
          'SEARCH_UNAVAILABLE',
          `Elasticsearch refused ${rest.length} documents: overloaded`,
        );
    }
  } catch (error) {
    await undo(target, results);
    throw error;
  }
  return actions.map(({ id }) => results.get(id) ?? 'unknown');
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
): Promise<readonly BulkAction[]> {
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
  const again: BulkAction[] = [];
  let fault: BulkItem | null = null;
  actions.forEach((action, index) => {
    const item = answer?.items[index]?.[action.kind];
    if (item === undefined || item.status === 429) again.push(action);
    else if (item.error !== undefined) fault ??= item;
    else results.set(action.id, item.result ?? 'unknown');
  });
  if (fault !== null) throw refused(fault, alias);
  return again;
}

function refused({ status, error }: BulkItem, alias: string): Error {
  const said = `${error?.type ?? 'error'}: ${error?.reason ?? 'no reason given'}`;
  if (status === 404) return new ReweighError('SEARCH_UNAVAILABLE', `the index ${alias} is gone (${said})`);
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
