import { namedDocuments } from '../embedding/named-documents.ts';
import type { Degradation, Notice } from '../execution/record.ts';
import type { ExecutionRequest } from '../execution/read-request.ts';
import type { NamedDocument } from '../retriever/retriever.ts';
import type { Plan } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';
import type { RankedList } from '../fusion/ranked-list.ts';
import type { SearchInput } from '../embedding/embed-inputs.ts';
import type { KnnOutcome, KnnRequest } from './search-backend.ts';

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

/**
 * Searches all features of the plan at once, each within the search deadline. Documents that were searched with are
 * left out: each list is asked for that many more.
 */
export async function searchFeatures(
  ports: Pick<Ports, 'backend' | 'settings'>,
  plan: Plan,
  what: { readonly inputs: readonly SearchInput[]; readonly request: ExecutionRequest },
): Promise<FeatureLists> {
  const own = namedDocuments(plan, what.request.values).map(({ document }) => document);
  const asked = plan.searches.flatMap((planned, index) => {
    const input = what.inputs[index];
    if (input?.kind !== 'vector') return [];
    const { search, collection, feature } = planned;
    const request: KnnRequest = {
      collection,
      feature,
      vector: input.vector,
      topK: search.topK + own.filter((document) => document.collection === collection.name).length,
      numCandidates: search.numCandidates,
      oversample: search.oversample,
      filter: what.request.filters[index] ?? null,
      minScore: search.minScore,
    };
    return [{ index, request }];
  });
  const answers = await ports.backend.search(
    asked.map(({ request }) => request),
    ports.settings.searchDeadline,
  );
  const outcomes = new Map<number, KnnOutcome>();
  asked.forEach(({ index }, position) => {
    const answer = answers[position];
    if (answer !== undefined) outcomes.set(index, answer);
  });
  return gather(plan, { inputs: what.inputs, outcomes, own });
}

interface Gathering {
  readonly inputs: readonly SearchInput[];
  /** By place of the search. */
  readonly outcomes: ReadonlyMap<number, KnnOutcome>;
  /** Documents that were searched with. */
  readonly own: readonly NamedDocument[];
}

function gather(plan: Plan, { inputs, outcomes, own }: Gathering): FeatureLists {
  const lists: RankedList[] = [];
  const available: boolean[] = [];
  const milliseconds: (number | null)[] = [];
  const degradations: Degradation[] = [];
  const notices: Notice[] = [];
  plan.searches.forEach(({ search, collection }, index) => {
    const outcome = outcomes.get(index) ?? withoutSearch(inputs[index]);
    const place = plan.collections.indexOf(collection);
    milliseconds.push(outcomes.has(index) ? outcome.milliseconds : null);
    available.push(outcome.status === 'ok');
    const isOwn = (id: string): boolean =>
      own.some((document) => document.id === id && document.collection === collection.name);
    const hits = outcome.status === 'ok' ? outcome.hits.filter(({ id }) => !isOwn(id)) : [];
    lists.push(hits.slice(0, search.topK).map(({ id, score }) => ({ collection: place, id, score })));
    const { feature } = search;
    if (outcome.status === 'failed')
      degradations.push({ code: outcome.failure, feature, message: outcome.reason });
    else if (outcome.partial)
      degradations.push({ code: 'FEATURE_PARTIAL', feature, message: 'some shards did not answer' });
    if (inputs[index]?.kind === 'empty')
      notices.push({ code: 'EMPTY_SEARCH', feature, message: 'nothing to search with: an empty list' });
  });
  const completed = lists.map(() => []);
  return { lists, completed, available, degradations, notices, milliseconds };
}

function withoutSearch(input: SearchInput | undefined): KnnOutcome {
  return input?.kind === 'failed'
    ? { status: 'failed', failure: 'FEATURE_FAILED', reason: input.reason, milliseconds: 0 }
    : { status: 'ok', hits: [], partial: false, milliseconds: 0 };
}
