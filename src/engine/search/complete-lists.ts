import type { Degradation } from '../execution/record.ts';
import type { FeatureLists } from './search-features.ts';
import type { Caller, KnnOutcome, KnnRequest } from './search-backend.ts';
import type { Plan } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';
import type { RankedList } from '../fusion/ranked-list.ts';
import type { SearchInput } from '../embedding/embed-inputs.ts';

/** A second search: the exact scores of candidates that one feature's list lacks. */
interface Completion {
  readonly index: number;
  /** Place of the collection. */
  readonly place: number;
  readonly request: KnnRequest;
}

/**
 * Asks for the exact score of every candidate in every list that lacks it, where the retriever says COMPLETE: the
 * same kNN over those documents only, without its filter (they passed one) and its minScore. A document without the
 * feature stays absent. What does not answer within the `milliseconds` left is a degradation FEATURE_PARTIAL: the
 * list is used as it is, and the page does not teach. A feature that was left out is not completed.
 */
export async function completeLists(
  ports: Pick<Ports, 'backend'>,
  plan: Plan,
  what: {
    readonly inputs: readonly SearchInput[];
    readonly found: FeatureLists;
    readonly milliseconds: number;
    readonly caller?: Caller | undefined;
  },
): Promise<FeatureLists> {
  const { found, inputs, milliseconds } = what;
  if (plan.version.spec.fusion.missing !== 'COMPLETE') return found;
  const asked = completionsOf(plan, inputs, found);
  if (asked.length === 0) return found;
  const answers = await ports.backend.search(
    asked.map(({ request }) => request),
    milliseconds,
    what.caller,
  );
  const completed: RankedList[] = found.lists.map(() => []);
  const degradations: Degradation[] = [];
  asked.forEach(({ index, place, request }, position) => {
    const answer = answers[position];
    if (answer?.status === 'ok') {
      const hits = answer.hits.map(({ id, score }) => ({ collection: place, id, score }));
      completed[index] = [...completed[index]!, ...hits];
    }
    const reason = reasonOf(answer);
    const message = `the scores of ${request.topK} candidates could not be completed: ${reason}`;
    if (reason !== null)
      degradations.push({ code: 'FEATURE_PARTIAL', feature: request.feature.uri, message });
  });
  return { ...found, completed, degradations: [...found.degradations, ...degradations] };
}

function reasonOf(answer: KnnOutcome | undefined): string | null {
  if (answer === undefined) return 'no answer';
  if (answer.status === 'failed') return answer.reason;
  return answer.partial ? 'some shards did not answer' : null;
}

function completionsOf(
  plan: Plan,
  inputs: readonly SearchInput[],
  found: FeatureLists,
): readonly Completion[] {
  const idsIn = (lists: readonly RankedList[], place: number): ReadonlySet<string> =>
    new Set(lists.flatMap((list) => list.flatMap((hit) => (hit.collection === place ? hit.id : []))));
  const candidates = plan.collections.map((_, place) => idsIn(found.lists, place));
  return plan.searches.flatMap(({ search, targets }, index) => {
    const input = inputs[index];
    if (input?.kind !== 'vector' || found.available[index] !== true) return [];
    return targets.flatMap(({ place, collection, feature }): readonly Completion[] => {
      const known = idsIn([found.lists[index]!], place);
      const values = [...candidates[place]!].filter((id) => !known.has(id));
      if (values.length === 0) return [];
      const request: KnnRequest = {
        collection,
        feature,
        vector: input.vector,
        topK: values.length,
        numCandidates: values.length,
        oversample: search.oversample,
        filter: { kind: 'id', values },
        minScore: null,
      };
      return [{ index, place, request }];
    });
  });
}
