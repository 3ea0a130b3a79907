import { execute } from '../../src/engine/retriever/execute.ts';
import { FEATURES, type World } from './vectors.ts';
import { fuseLists } from '../../src/engine/fusion/fuse-lists.ts';
import { loadPlan, type Plan } from '../../src/engine/retriever/plan.ts';
import { DEADLINE, NAMESPACE, RETRIEVER, type Site } from './site.ts';
import { TOP_K } from './exact.ts';
import type { KnnRequest } from '../../src/engine/search/search-backend.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';

const PAGE = 10;

/** Means over all questions; 1 where everything is as an exact search has it. */
export interface Quality {
  /** Share of the exact 100 hits of a feature that are in its list. */
  readonly recall: number;
  /** NDCG@10 of the lists of features. */
  readonly lists: number;
  /** NDCG@10 of the served pages. */
  readonly pages: number;
}

/**
 * How near the lists of each feature and the fused pages come to those of an exact search. For NDCG the exact order is
 * the judgment: its hit at rank r of 1..10 has the grade 11 − r, all others 0. The exact page is the engine's own
 * fusion of the exact lists; pages are those of `execute` without a trace, under equal weights.
 */
export async function measureQuality(
  { engine }: Site,
  { questions }: World,
  exact: readonly (readonly RankedList[])[],
): Promise<Quality> {
  const plan = await loadPlan(engine.ports, { namespace: NAMESPACE, retriever: RETRIEVER, version: null });
  const sums = { recall: 0, lists: 0, pages: 0 };
  for (const [index, vectors] of questions.entries()) {
    const outcomes = await engine.ports.backend.search(requestsOf(plan, vectors), DEADLINE);
    for (const [feature, outcome] of outcomes.entries()) {
      if (outcome.status === 'failed' || outcome.partial) throw new Error('a search was not answered whole');
      const found = outcome.hits.map(({ id }) => id);
      const wanted = exact[index]![feature]!.map(({ id }) => id);
      sums.recall += recall(found, wanted) / outcomes.length;
      sums.lists += ndcg(found, wanted) / outcomes.length;
    }
    sums.pages += ndcg(await pageOf(engine, vectors), exactPage(plan, exact[index]!));
  }
  const mean = (sum: number): number => sum / questions.length;
  return { recall: mean(sums.recall), lists: mean(sums.lists), pages: mean(sums.pages) };
}

/** The three searches of a question, as `execute` asks for them. */
export function requestsOf(plan: Plan, vectors: readonly Float32Array[]): readonly KnnRequest[] {
  return plan.searches.map(({ search, targets }, index) => ({
    collection: targets[0]!.collection,
    feature: targets[0]!.feature,
    vector: vectors[index]!,
    topK: search.topK,
    numCandidates: search.numCandidates,
    oversample: search.oversample,
    filter: null,
    minScore: null,
  }));
}

async function pageOf(
  { ports }: Site['engine'],
  vectors: readonly Float32Array[],
): Promise<readonly string[]> {
  const { record } = await execute(ports, {
    namespace: NAMESPACE,
    retriever: RETRIEVER,
    version: null,
    inputs: FEATURES.map((name, index) => ({ name, value: vectors[index]! })),
    user: null,
    session: null,
    first: PAGE,
    executionKey: null,
    learn: false,
  });
  return record.candidates.ids.slice(0, PAGE);
}

function exactPage(plan: Plan, lists: readonly RankedList[]): readonly string[] {
  const { table } = fuseLists(plan, {
    lists,
    completed: [],
    available: lists.map(() => true),
    weights: Float64Array.from(lists, () => 1 / lists.length),
    depth: 0,
  });
  return table.ids;
}

function recall(found: readonly string[], wanted: readonly string[]): number {
  const there = new Set(found);
  return wanted.filter((id) => there.has(id)).length / TOP_K;
}

function ndcg(found: readonly string[], wanted: readonly string[]): number {
  const grades = new Map(wanted.slice(0, PAGE).map((id, rank) => [id, PAGE - rank]));
  const gain = (ids: readonly string[]): number =>
    ids.slice(0, PAGE).reduce((sum, id, rank) => sum + (grades.get(id) ?? 0) / Math.log2(rank + 2), 0);
  return gain(found) / gain(wanted);
}
