import type { DocumentRef, InteractionDraft, InteractionState, UncreditedReason } from './interaction.ts';
import type { Fault, Path } from '../errors.ts';
import type { Uuid } from '../ids.ts';

/** What the record of an execution says about the hit that is meant. */
export interface ServedHit {
  readonly retrieverId: Uuid;
  readonly teaches: boolean;
  readonly hitCount: number;
  /** Of the hit, as it was given or as its document has it; null: no such document, or no hit is meant. */
  readonly rank: number | null;
  /** Null: there is no hit of this rank. */
  readonly document: DocumentRef | null;
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
export function resolveInteraction(question: Question, hit: ServedHit): Resolved {
  const { target } = question;
  const { retrieverId, rank, document, hitCount } = hit;
  if (target.kind === 'execution')
    return settled({ retrieverId, rank: null, document: null }, 'OF_EXECUTION');
  if (rank === null)
    return refused('NOT_FOUND', ['documentId'], 'the document is not among the hits of this execution');
  if (rank < 1 || rank > hitCount || document === null)
    return refused('OUT_OF_RANGE', ['hit'], `the execution served ${hitCount} hits, got rank ${rank}`);
  if (question.position !== null && question.position !== rank)
    return refused(
      'CONTRADICTS_RECORD',
      ['position'],
      `the hit was served at position ${rank}, got ${question.position}`,
    );
  return settled({ retrieverId, rank, document }, hit.teaches ? null : 'PAGE_DOES_NOT_TEACH');
}

/** What becomes of a waiting interaction that its execution, come at last, contradicts: it is too late to refuse. */
export function contradicted(question: Question, hit: ServedHit): Resolution {
  return {
    ...unresolved(question),
    retrieverId: hit.retrieverId,
    state: 'UNCREDITED',
    reason: 'CONTRADICTS_RECORD',
    waiting: false,
  };
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
