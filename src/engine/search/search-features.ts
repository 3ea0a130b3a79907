import { degradationOf, hitsOf, type TargetOutcome } from './search-outcome.ts';
import { mergeHits } from './merge-hits.ts';
import { namedDocuments } from '../embedding/named-documents.ts';
import type { Degradation, Notice } from '../execution/record.ts';
import type { ExecutionRequest } from '../execution/read-request.ts';
import type { NamedDocument } from '../retriever/retriever.ts';
import type { Plan } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';
import type { RankedList } from '../fusion/ranked-list.ts';
import type { SearchInput } from '../embedding/embed-inputs.ts';
import type { SearchTarget } from '../retriever/search-targets.ts';
import type { Caller, KnnRequest } from './search-backend.ts';

/** What came back: one ranked list per search (empty where it failed or had nothing to search with). */
export interface FeatureLists {
  readonly lists: readonly RankedList[];
  /** Candidates of other lists with their exact scores, one list per search; empty unless the retriever completes. */
  readonly completed: readonly RankedList[];
  /** False for a feature that is left out. */
  readonly available: readonly boolean[];
  readonly degradations: readonly Degradation[];
  readonly notices: readonly Notice[];
  /** Milliseconds per search; null where none was made. */
  readonly milliseconds: readonly (number | null)[];
}

interface Searching {
  readonly inputs: readonly SearchInput[];
  readonly request: ExecutionRequest;
  readonly caller?: Caller | undefined;
}

/** One kNN: which search, in which collection. */
interface Asked {
  readonly index: number;
  readonly target: SearchTarget;
  readonly request: KnnRequest;
}

/**
 * Searches all features of the plan at once, in all their collections, each within the search deadline. Documents
 * that were searched with are left out: each list is asked for that many more.
 */
export async function searchFeatures(
  ports: Pick<Ports, 'backend' | 'settings'>,
  plan: Plan,
  what: Searching,
): Promise<FeatureLists> {
  const own = namedDocuments(plan, what.request.values).map(({ document }) => document);
  const asked = requestsOf(plan, what, own);
  const answers = await ports.backend.search(
    asked.map(({ request }) => request),
    ports.settings.searchDeadline,
    what.caller,
  );
  const outcomes: TargetOutcome[][] = plan.searches.map(() => []);
  asked.forEach(({ index, target }, position) => {
    const outcome = answers[position];
    if (outcome !== undefined) outcomes[index]!.push({ target, outcome });
  });
  return gather(plan, { inputs: what.inputs, outcomes, own });
}

function requestsOf(plan: Plan, what: Searching, own: readonly NamedDocument[]): readonly Asked[] {
  return plan.searches.flatMap(({ search, targets }, index) => {
    const input = what.inputs[index];
    if (input?.kind !== 'vector') return [];
    return targets.map((target, position): Asked => {
      const { collection, feature } = target;
      const request: KnnRequest = {
        collection,
        feature,
        vector: input.vector,
        topK: search.topK + own.filter((document) => document.collection === collection.name).length,
        numCandidates: search.numCandidates,
        oversample: search.oversample,
        filter: what.request.filters[index]?.[position] ?? null,
        minScore: search.minScore,
      };
      return { index, target, request };
    });
  });
}

interface Gathering {
  readonly inputs: readonly SearchInput[];
  /** Per search; empty where nothing was asked. */
  readonly outcomes: readonly (readonly TargetOutcome[])[];
  /** Documents that were searched with. */
  readonly own: readonly NamedDocument[];
}

function gather(plan: Plan, { inputs, outcomes, own }: Gathering): FeatureLists {
  const names = plan.collections.map(({ name }) => name);
  const degradations: Degradation[] = [];
  const notices: Notice[] = [];
  const available = plan.searches.map(({ search: { feature } }, index) => {
    const input = inputs[index];
    const degradation =
      input?.kind === 'failed' ? failed(feature, input.reason) : degradationOf(feature, outcomes[index]!);
    if (degradation !== null) degradations.push(degradation);
    if (input?.kind === 'empty')
      notices.push({ code: 'EMPTY_SEARCH', feature, message: 'nothing to search with: an empty list' });
    return degradation === null || degradation.code === 'FEATURE_PARTIAL';
  });
  const lists = plan.searches.map(({ search }, index) =>
    mergeHits(
      outcomes[index]!.map((outcome) => withoutOwn(hitsOf(outcome), names, own)),
      names,
      search.topK,
    ),
  );
  const milliseconds = outcomes.map((of) =>
    of.length === 0 ? null : Math.max(...of.map(({ outcome }) => outcome.milliseconds)),
  );
  return { lists, completed: lists.map(() => []), available, degradations, notices, milliseconds };
}

function withoutOwn(hits: RankedList, names: readonly string[], own: readonly NamedDocument[]): RankedList {
  if (own.length === 0) return hits;
  return hits.filter(
    (hit) => !own.some(({ collection, id }) => hit.id === id && names[hit.collection] === collection),
  );
}

function failed(feature: string, message: string): Degradation {
  return { code: 'FEATURE_FAILED', feature, message };
}
