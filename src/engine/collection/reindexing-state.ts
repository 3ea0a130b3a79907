/** How far a run of a reindexing has come, as the run itself knows it. */
import { MAX_LISTED_REFUSALS, type RefusedDocument, type ReindexingProgress } from './reindexing.ts';
import { ReweighError } from '../errors.ts';
import type { ClaimedRun } from './run-reindexing.ts';
import type { RevisedPortion } from './revise-documents.ts';

/** What is told first goes to the database at once, not with the next beat: the total, and that it has begun to grow. */
const TOLD_AT_ONCE = 2;

export interface RunState {
  progress: ReindexingProgress;
  /** Documents with a refused text, by id; one that is revised again counts as it is then. */
  readonly refused: Map<string, RefusedDocument>;
  /** How often progress was told. */
  told: number;
  /** Aborts where the next beat is not to be waited for. */
  news: AbortController;
  /** Whether another run has taken the claim over. */
  lost: boolean;
}

export function newRunState(): RunState {
  return {
    progress: { documents: 0, total: 0, embedded: 0, refused: 0, refusedDocuments: [] },
    refused: new Map(),
    told: 0,
    news: new AbortController(),
    lost: false,
  };
}

/** Takes progress down for the next beat; what is told first does not wait for it. */
export function tell(state: RunState, progress: Partial<ReindexingProgress>): void {
  state.progress = { ...state.progress, ...progress };
  state.told += 1;
  if (state.told <= TOLD_AT_ONCE) state.news.abort('progress');
}

/** Takes down what became of some documents, for the next beat. */
export function note(state: RunState, { ids, embedded, refused: now }: RevisedPortion): void {
  const { refused } = state;
  for (const id of ids) refused.delete(id);
  for (const one of now) refused.set(one.id, one);
  state.progress = {
    ...state.progress,
    embedded: state.progress.embedded + embedded,
    refused: refused.size,
    refusedDocuments: firstOf(refused),
  };
}

/**
 * All documents were revised, so that whoever asked learns of all texts that are refused. Vectors that were to be made
 * anew are not given up for none at all.
 */
export function failWhereRefused({ refusedTexts, embed }: ClaimedRun, { progress }: RunState): void {
  const { refused, embedded } = progress;
  if (refused === 0) return;
  const isNothingMade = embed.size > 0 && embedded === 0;
  if (refusedTexts === 'LEAVE_OUT' && !isNothingMade) return;
  const texts = refused === 1 ? 'the text of one document' : `the texts of ${refused} documents`;
  throw new ReweighError('EMBEDDING_FAILED', `${texts} cannot be embedded; see refusedDocuments`);
}

function firstOf(refused: ReadonlyMap<string, RefusedDocument>): readonly RefusedDocument[] {
  const first: RefusedDocument[] = [];
  for (const one of refused.values()) {
    if (first.length === MAX_LISTED_REFUSALS) break;
    first.push(one);
  }
  return first;
}
