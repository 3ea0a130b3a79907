import { ReweighError } from '../errors.ts';
import { failWhereRefused, newRunState, note, tell, type RunState } from './reindexing-state.ts';
import { reviser } from './revise-documents.ts';
import { scheduleMeasurement } from './measure-background.ts';
import type { Collection, Feature } from './collection.ts';
import type { Ports } from '../ports.ts';
import type { RefusedTexts, ReindexingEnd, ReindexingRun } from './reindexing.ts';
import type { Uuid } from '../ids.ts';

export type ReindexingPorts = Pick<
  Ports,
  'backend' | 'catalog' | 'clock' | 'embedder' | 'jobs' | 'logger' | 'reindexings' | 'settings'
>;

/** A run that holds the claim on its collection. */
export interface ClaimedRun extends ReindexingRun {
  readonly collection: Collection;
  readonly features: readonly Feature[];
  /** Features whose vectors are all made anew. */
  readonly embed: ReadonlySet<Uuid>;
  readonly refusedTexts: RefusedTexts;
}

/** Between two beats, in milliseconds. */
const BEAT = 5_000;
/** Without a beat that was heard for so long, in milliseconds, the run gives up, before others take it for dead. */
const LONGEST_SILENCE = 20_000;
const TRIES_TO_END = 5;

/**
 * Rewrites the documents while it says that it lives. Where it fails, everything is as it was before, and the claim
 * says why; where even that cannot be done, the claim is left to whoever finds it, and this rejects.
 */
export async function runReindexing(
  ports: ReindexingPorts,
  claimed: ClaimedRun,
  closing: AbortSignal,
): Promise<void> {
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort(new ReweighError('SHUTTING_DOWN', 'the instance was stopped'));
  if (closing.aborted) stop();
  closing.addEventListener('abort', stop, { once: true });
  const state = newRunState();
  const over = new AbortController();
  const beating = beat(ports, claimed, { state, giveUp, over: over.signal });
  try {
    const end = await rewrite(ports, claimed, { state, signal: giveUp.signal });
    if (!state.lost) await endRun(ports, claimed, { end: await settled(ports, claimed, end), state });
  } finally {
    closing.removeEventListener('abort', stop);
    over.abort();
    await beating;
  }
}

async function beat(
  { reindexings, clock }: ReindexingPorts,
  claimed: ClaimedRun,
  run: { readonly state: RunState; readonly giveUp: AbortController; readonly over: AbortSignal },
): Promise<void> {
  let heard = clock.monotonic();
  while (!run.over.aborted) {
    const asked = clock.monotonic();
    run.state.news = new AbortController();
    const answer = await reindexings.beat(claimed, run.state.progress).catch(() => null);
    if (answer === true) heard = asked;
    if (answer === false && !run.over.aborted) {
      run.state.lost = true;
      run.giveUp.abort(new ReweighError('NOT_FOUND', 'another instance has taken the reindexing over'));
      return;
    }
    if (clock.monotonic() - heard > LONGEST_SILENCE)
      run.giveUp.abort(new ReweighError('STORE_UNAVAILABLE', 'the database did not answer for too long'));
    await clock.delay(BEAT, AbortSignal.any([run.over, run.state.news.signal]));
  }
}

async function rewrite(
  ports: ReindexingPorts,
  claimed: ClaimedRun,
  { state, signal }: { readonly state: RunState; readonly signal: AbortSignal },
): Promise<ReindexingEnd> {
  const { backend, logger } = ports;
  const { collection, features } = claimed;
  try {
    await backend.prepare(collection, features);
    await backend.rewrite(collection, features, {
      revise: reviser(ports, claimed, { onPortion: (portion) => note(state, portion), signal }),
      onProgress: (progress) => tell(state, progress),
      onRevised: () => failWhereRefused(claimed, state),
      signal,
    });
    return { state: 'DONE', reason: null };
  } catch (error) {
    logger.warn({ err: error, collection: collection.name }, 'a reindexing failed');
    const reason = error instanceof ReweighError ? error.message : 'a fault of the server; its log says more';
    return { state: 'FAILED', reason };
  }
}

/** A failed run cleared away after; it may have come to its end all the same. */
async function settled(
  { backend }: ReindexingPorts,
  { collection }: ClaimedRun,
  end: ReindexingEnd,
): Promise<ReindexingEnd> {
  if (end.state === 'DONE') return end;
  return (await backend.abandonRewrite(collection)) ? { state: 'DONE', reason: null } : end;
}

async function endRun(
  ports: ReindexingPorts,
  claimed: ClaimedRun,
  { end, state }: { readonly end: ReindexingEnd; readonly state: RunState },
): Promise<void> {
  const { reindexings, clock, logger } = ports;
  for (let tries = 1; ; tries += 1)
    try {
      await reindexings.beat(claimed, state.progress);
      await reindexings.end(claimed, end);
      break;
    } catch (error) {
      if (tries === TRIES_TO_END) throw error;
      await clock.delay(BEAT);
    }
  const { documents, total, embedded, refused } = state.progress;
  const collection = claimed.collection.name;
  logger.info({ collection, documents, total, embedded, refused, ...end }, 'a reindexing has ended');
  if (end.state === 'DONE') scheduleMeasurement(ports, claimed.collection);
}
