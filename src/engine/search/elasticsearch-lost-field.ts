/** Telling an empty ranked list from a field that is gone: in a field it does not know Elasticsearch finds nothing. */
import { layoutOf } from './elasticsearch-layout.ts';
import { failed } from './knn-outcome.ts';
import type { Clock } from '../clock.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import type { KnnOutcome, KnnRequest } from './search-backend.ts';

/** The outcome as it is; FEATURE_FAILED in place of an empty list where the index no longer has the feature's field. */
export type UnlessLost = (
  target: ElasticsearchTarget,
  request: KnnRequest,
  outcome: KnnOutcome,
) => Promise<KnnOutcome>;

/** How long an answer is taken to hold, in milliseconds: empty lists may be frequent. */
const FRESH = 1_000;

export function watchLostFields(clock: Clock): UnlessLost {
  const known = new Map<string, { readonly at: number; readonly reason: Promise<string | null> }>();
  const lostField = (target: ElasticsearchTarget, path: string): Promise<string | null> => {
    const key = `${target.alias} ${path}`;
    const last = known.get(key);
    const at = clock.monotonic();
    if (last !== undefined && at - last.at < FRESH) return last.reason;
    // Where it cannot be asked the empty list stands.
    const reason = ask(target, path).catch(() => null);
    known.set(key, { at, reason });
    return reason;
  };
  return async (target, { collection, feature }, outcome) => {
    if (outcome.status === 'failed' || outcome.hits.length > 0) return outcome;
    const reason = await lostField(target, layoutOf(collection).vectorPath(feature));
    return reason === null ? outcome : failed('FEATURE_FAILED', reason, outcome.milliseconds);
  };
}

async function ask({ calls, alias, deadlines }: ElasticsearchTarget, path: string): Promise<string | null> {
  const answer = await calls.call<{ readonly fields: Readonly<Record<string, unknown>> }>(
    { method: 'GET', path: `/${encodeURIComponent(alias)}/_field_caps`, query: { fields: path } },
    deadlines.read,
  );
  return answer === null || path in answer.fields ? null : `the index ${alias} has no field ${path}`;
}
