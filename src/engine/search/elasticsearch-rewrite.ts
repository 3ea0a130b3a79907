/** A new index behind a collection's alias, without downtime. */
import {
  block,
  carryFeatures,
  clearAway,
  finishNext,
  makeNext,
  swap,
  type RewriteIndexes,
} from './elasticsearch-rewrite-index.ts';
import { copyDocuments, removeDeleted, type Copying } from './elasticsearch-rewrite-copy.ts';
import { countIn, marksOf, refresh, WHOLE_ORDER, type Marks } from './elasticsearch-rewrite-read.ts';
import { indexedFeatures, type IndexSettings } from './elasticsearch-mapping.ts';
import { readMapping, removeIndex } from './elasticsearch-index.ts';
import { ReweighError } from '../errors.ts';
import type { BulkTarget } from './elasticsearch-bulk.ts';
import type { Collection, Feature } from '../collection/collection.ts';
import type { Rewriting } from './search-backend.ts';
import type { Uuid } from '../ids.ts';
import type { VectorForm } from './elasticsearch-document.ts';

export interface IndexRewriting extends Rewriting {
  readonly collection: Collection;
  readonly features: readonly Feature[];
  readonly settings: IndexSettings;
  readonly form: VectorForm;
}

/** So few changes are left to the last step, while writes wait; more are copied before it, a few times over. */
const FEW_CHANGES = 500;
const ROUNDS = 5;
/** The last step takes no longer than this, in milliseconds: writes wait for it, until their own deadline. */
const LONGEST_BLOCK = 30_000;
/** How long the copies of the new index are waited for, in milliseconds. Without them it serves as well. */
const LONGEST_WAIT_FOR_COPIES = 60_000;
const LOOK_PAUSE = 250;
/** The old index stays for this long, in milliseconds, for searches and reads that were on their way to it. */
const LEAVE_AFTER = 5_000;

/**
 * Copies all documents into a new index while the old one serves, and what has changed meanwhile after that, until
 * little is left; then blocks writes, copies the rest, and moves the alias.
 */
export async function rewriteIndex(target: BulkTarget, how: IndexRewriting): Promise<void> {
  await clearAway(target);
  const before = await readMapping(target);
  const kept = new Set(how.features.map(({ id }) => id));
  const dropped = new Set([...indexedFeatures(before ?? {}).keys()].filter((id) => !kept.has(id)));
  const indexes = await makeNext(target, how);
  const round = await startRounds(target, { ...how, indexes, dropped });
  let copied = await round();
  for (let rounds = 1; copied > FEW_CHANGES && rounds < ROUNDS; rounds += 1) copied = await round();
  await finishNext(target, indexes, how.settings);
  await waitForCopies(target, indexes, how.signal);
  await round();
  await lastStep(target, indexes, { round, signal: how.signal });
  await target.clock.delay(how.settings.leaveAfter ?? LEAVE_AFTER, how.signal);
  await removeIndex(target, indexes.serving);
}

type Round = () => Promise<number>;

/** Each round copies what has changed since the one before, the first one everything. */
async function startRounds(
  target: BulkTarget,
  how: IndexRewriting & { readonly indexes: RewriteIndexes; readonly dropped: ReadonlySet<Uuid> },
): Promise<Round> {
  const { indexes } = how;
  let total = await countIn(target, indexes.serving, WHOLE_ORDER);
  let documents = 0;
  how.onProgress({ documents, total });
  let seen: Marks | null = null;
  const onCopied = (copied: number): void => {
    documents += copied;
    total = Math.max(total, documents);
    how.onProgress({ documents, total });
  };
  return async () => {
    const now = await marksOf(target, indexes.serving);
    await refresh(target, indexes.serving);
    const features = await carryFeatures(target, indexes, how);
    const copying: Copying = { ...how, features, onCopied };
    const copied = await copyDocuments(target, copying, seen);
    await refresh(target, indexes.next);
    await removeDeleted(target, indexes);
    how.onRevised();
    seen = now;
    return copied;
  };
}

/** While writes wait: the rest is copied, both indexes are found to be the same, and the alias moves. */
async function lastStep(
  target: BulkTarget,
  indexes: RewriteIndexes,
  { round, signal }: { readonly round: Round; readonly signal: AbortSignal },
): Promise<void> {
  const started = target.clock.monotonic();
  signal.throwIfAborted();
  await block(target, indexes.serving);
  const blocked = await marksOf(target, indexes.serving);
  await round();
  await refresh(target, indexes.next);
  if (!(await removeDeleted(target, indexes)) || !isSame(blocked, await marksOf(target, indexes.serving)))
    throw new ReweighError('SEARCH_UNAVAILABLE', 'the index was written to while it was blocked');
  signal.throwIfAborted();
  if (target.clock.monotonic() - started > LONGEST_BLOCK)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the last changes took longer than ${LONGEST_BLOCK} ms`);
  await swap(target, indexes);
}

function isSame(before: Marks, after: Marks): boolean {
  return [...before].every(([shard, { last }]) => after.get(shard)?.last === last);
}

async function waitForCopies(
  { calls, clock, deadlines }: BulkTarget,
  { next }: RewriteIndexes,
  signal: AbortSignal,
): Promise<void> {
  const started = clock.monotonic();
  while (clock.monotonic() - started < LONGEST_WAIT_FOR_COPIES) {
    signal.throwIfAborted();
    const health = await calls.call<{ readonly status: string }>(
      { method: 'GET', path: `/_cluster/health/${next}` },
      deadlines.write,
    );
    if (health?.status === 'green') return;
    await clock.delay(LOOK_PAUSE, signal);
  }
}
