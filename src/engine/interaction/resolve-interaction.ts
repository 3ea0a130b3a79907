import type { DocumentRef, InteractionDraft, InteractionState, UncreditedReason } from './interaction.ts';
import type { Fault, Path } from '../errors.ts';
import type { Uuid } from '../ids.ts';

/** What the record of an execution says about its hits. */
export interface ServedHits {
  readonly retrieverId: Uuid;
  readonly teaches: boolean;
  readonly hitCount: number;
  /** The documents of the hits, by rank from 1. */
  readonly documents: readonly DocumentRef[];
}

/** Which hit an interaction means and what becomes of it. */
export interface Resolution {
  readonly retrieverId: Uuid | null;
  readonly rank: number | null;
  readonly document: DocumentRef | null;
  readonly state: InteractionState;
  readonly reason: UncreditedReason | null;
  /** Whether it is credited once its execution comes. */
  readonly waiting: boolean;
}

export type Resolved =
  { readonly ok: true; readonly resolution: Resolution } | { readonly ok: false; readonly fault: Fault };

type Question = Pick<InteractionDraft, 'target' | 'position'>;

/** An interaction whose execution is not there yet. */
export function unresolved({ target }: Question): Resolution {
  return {
    retrieverId: null,
    rank: target.kind === 'hit' ? target.rank : null,
    document: target.kind === 'document' ? { collectionId: null, documentId: target.documentId } : null,
    state: 'PENDING',
    reason: null,
    waiting: true,
  };
}

/**
 * Meets an interaction with the record of its execution. Refused: a rank beyond the served order, a document that is
 * not among the hits, a position that is not the hit's.
 */
export function resolveInteraction(question: Question, hits: ServedHits): Resolved {
  const { target } = question;
  const { retrieverId } = hits;
  if (target.kind === 'execution')
    return settled({ retrieverId, rank: null, document: null }, 'OF_EXECUTION');
  const rank = target.kind === 'hit' ? target.rank : rankOf(hits, target.documentId);
  if (rank === null)
    return refused('NOT_FOUND', ['documentId'], 'the document is not among the hits of this execution');
  const document = hits.documents[rank - 1];
  if (rank < 1 || rank > hits.hitCount || document === undefined)
    return refused('OUT_OF_RANGE', ['hit'], `the execution served ${hits.hitCount} hits, got rank ${rank}`);
  if (question.position !== null && question.position !== rank)
    return refused(
      'CONTRADICTS_RECORD',
      ['position'],
      `the hit was served at position ${rank}, got ${question.position}`,
    );
  return settled({ retrieverId, rank, document }, hits.teaches ? null : 'PAGE_DOES_NOT_TEACH');
}

/** What becomes of a waiting interaction that its execution, come at last, contradicts: it is too late to refuse. */
export function contradicted(question: Question, hits: ServedHits): Resolution {
  return {
    ...unresolved(question),
    retrieverId: hits.retrieverId,
    state: 'UNCREDITED',
    reason: 'CONTRADICTS_RECORD',
    waiting: false,
  };
}

function rankOf(hits: ServedHits, wanted: string): number | null {
  const index = hits.documents.findIndex(({ documentId }) => documentId === wanted);
  return index < 0 ? null : index + 1;
}

function settled(
  found: Pick<Resolution, 'retrieverId' | 'rank' | 'document'>,
  reason: UncreditedReason | null,
): Resolved {
  const state = reason === null ? 'CREDITED' : 'UNCREDITED';
  return { ok: true, resolution: { ...found, state, reason, waiting: false } };
}

function refused(code: Fault['code'], path: Path, message: string): Resolved {
  return { ok: false, fault: { code, path, message } };
}
