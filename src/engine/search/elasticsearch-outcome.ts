/** One part of a multi-search's answer as an outcome. Pure. */
import { compareUtf8 } from '../ids.ts';
import { failed, found } from './knn-outcome.ts';
import { hasMoved } from './elasticsearch-again.ts';
import { refusedAccess } from './elasticsearch-refused-access.ts';
import { rawScoreOf } from './similarity.ts';
import type { Failure, KnnOutcome, KnnRequest, ScoredDocument } from './search-backend.ts';

/** What is read of a part; the whole answers 200 even where every part failed. */
export interface SearchPart {
  readonly status?: number;
  readonly timed_out?: boolean;
  readonly _shards?: { readonly total: number; readonly successful: number; readonly failed: number };
  readonly hits?: { readonly hits: readonly { readonly _id: string; readonly _score: number }[] };
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly root_cause?: readonly { readonly type?: string; readonly reason?: string }[];
  };
}

/** Elasticsearch answers in 32-bit floats: a score this near below minScore may be minScore itself. */
const SCORE_ROUNDING = 2e-7;

/** Hits with raw scores, or why there are none; partial where a shard failed or ran out of time. */
export function outcomeOf(request: KnnRequest, part: SearchPart, milliseconds: number): KnnOutcome {
  const { status = 200, error, _shards: shards } = part;
  if (error !== undefined || status >= 300) return failed(failureOf(part), reasonOf(part), milliseconds);
  if (shards !== undefined && shards.failed > 0 && shards.successful === 0)
    return failed('FEATURE_FAILED', 'all shards failed', milliseconds);
  const { similarity } = request.feature;
  const least =
    request.minScore === null
      ? -Infinity
      : request.minScore - SCORE_ROUNDING * Math.max(1, Math.abs(request.minScore));
  const hits = (part.hits?.hits ?? [])
    .map(({ _id, _score }) => ({ id: _id, score: rawScoreOf(similarity, _score) }))
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score || compareUtf8(a.id, b.id));
  const once = request.collection.attached === undefined ? hits : withoutRepeats(hits);
  return found(once, milliseconds, part.timed_out === true || (shards?.failed ?? 0) > 0);
}

/** Several indexes behind one alias may hold the same id: the best of them counts. */
function withoutRepeats(hits: readonly ScoredDocument[]): readonly ScoredDocument[] {
  const seen = new Set<string>();
  return hits.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** What the server said that refused a call as a whole. */
export interface RefusedCall {
  readonly statusCode?: number | undefined;
  readonly body?: unknown;
}

/** The refusal of a whole multi-search, as it befalls one of its requests. */
export function outcomeOfRefusal(refused: RefusedCall, milliseconds: number): KnnOutcome {
  const failure = refused.statusCode === 400 ? 'FEATURE_REJECTED' : 'FEATURE_FAILED';
  return failed(failure, refusalOf(refused), milliseconds);
}

/** Why a call was refused: its status, and what the server says about it. */
export function refusalOf({ statusCode: status, body }: RefusedCall): string {
  const { error } = (body ?? {}) as { readonly error?: SearchPart['error'] | string };
  const answered = `Elasticsearch answered ${status ?? 'an error'}`;
  if (error === undefined || typeof error === 'string') return [answered, error].filter(Boolean).join('; ');
  const cause = reasonOf({ ...(status === undefined ? {} : { status }), error });
  const root = error.root_cause?.[0];
  const isWhole = root === undefined || root.reason === error.reason || refusedAccess(root) !== null;
  return isWhole ? cause : `${cause}; ${error.reason}`;
}

/** 400, or 404 for anything but the index or a shard that moved: a model that is not there. The rest may pass. */
function failureOf(part: SearchPart): Failure {
  const { status, error } = part;
  const isMissing = status === 404 && error?.type !== 'index_not_found_exception' && !hasMoved(part);
  return status === 400 || isMissing ? 'FEATURE_REJECTED' : 'FEATURE_FAILED';
}

/** Longest reason, in characters: it is shown to callers and kept in the record. */
const REASON_CHARACTERS = 300;

function reasonOf({ status, error }: SearchPart): string {
  const cause = error?.root_cause?.[0] ?? error;
  // What it says of an overload are addresses inside the server.
  if (status === 429) return 'Elasticsearch is overloaded and refused the search';
  const said =
    refusedAccess(cause ?? {}) ??
    [cause?.type, cause?.reason].filter((text) => text !== undefined).join(': ');
  const reason = [`Elasticsearch answered ${status ?? 'an error'}`, said].filter(Boolean).join('; ');
  return reason.slice(0, REASON_CHARACTERS);
}
