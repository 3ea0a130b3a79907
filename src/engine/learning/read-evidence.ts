import { beliefOf, type Belief, type LevelCounters } from './belief.ts';
import { canonicalOrder, invertOrder, reorderCounters } from './canonical-order.ts';
import { contextsOf, type Audience } from './context.ts';
import { frameOfEra } from './era.ts';
import { learningGeneration } from './generation.ts';
import { isMeasured } from '../fusion/rule-for.ts';
import { readingFactor } from './half-life.ts';
import type { CountersRead } from './counter-cache.ts';
import type { Notice, WeightChoice } from '../execution/record.ts';
import type { Plan } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';
import type { StoredCounters } from './counter-store.ts';

/** What is known when an execution chooses its weights. */
export interface Evidence {
  readonly generation: string;
  readonly epochs: WeightChoice['epochs'];
  /** Null: no counters could be read, so the prior is served. */
  readonly belief: Belief | null;
  readonly notices: readonly Notice[];
}

/** Longest wait for counters; then older ones serve, or the prior. */
const EVIDENCE_MILLISECONDS = 500;

/** The learning generation of a plan. */
export function generationOf(plan: Plan): string {
  const { fusion, learning } = plan.version.spec;
  return learningGeneration({
    features: plan.searches.flatMap(({ targets }) =>
      targets.map(({ feature }) => (isMeasured(targets) ? feature : { uri: feature.uri, background: null })),
    ),
    normalization: fusion.normalization,
    missing: fusion.missing,
    halfLife: learning.halfLife,
  });
}

/**
 * Reads the counters of everybody, the segment, the user (and the session) for an execution of this plan, and what
 * follows from them. Meant to run while the features are searched. Never fails: where the counters cannot be read in
 * time older ones serve, or the prior, with the notice STALE_WEIGHTS.
 */
export async function readEvidence(
  ports: Pick<Ports, 'counterCache' | 'clock'>,
  plan: Plan,
  audience: Audience,
): Promise<Evidence> {
  const { spec } = plan.version;
  const generation = generationOf(plan);
  const read = await ports.counterCache.read(
    {
      namespace: plan.retriever.namespace,
      retrieverId: plan.retriever.id,
      generation,
      contexts: contextsOf(audience, spec.learning),
    },
    EVIDENCE_MILLISECONDS,
  );
  const learned = spec.fusion.strategy === 'LEARNED';
  const belief = learned && read.counters !== null ? believe(plan, read.counters, ports.clock.now()) : null;
  return {
    generation,
    epochs: epochsOf(read.counters ?? []),
    belief,
    notices: learned ? staleNotices(read) : [],
  };
}

/** The belief that follows from stored counters, read at `now`. */
export function believe(plan: Plan, counters: readonly StoredCounters[], now: Date): Belief {
  return beliefOf({
    given: plan.searches.map(({ search }) => search.weight),
    levels: levelsOf(plan, counters, now),
    learning: plan.version.spec.learning,
  });
}

/** Counters with the features in order of the searches, faded to `now`. */
export function levelsOf(
  plan: Plan,
  counters: readonly StoredCounters[],
  now: Date,
): readonly LevelCounters[] {
  const { halfLife } = plan.version.spec.learning;
  const milliseconds = halfLife === null ? null : halfLife * 1_000;
  const order = invertOrder(canonicalOrder(plan.searches.map(({ feature }) => feature.uri)));
  return counters.map(({ level, era, sums }) => {
    if (sums === null) return { level, sums };
    const factor = readingFactor(now.getTime(), frameOfEra(era, milliseconds));
    const ordered = reorderCounters(sums, order);
    return { level, sums: factor === 1 ? ordered : ordered.map((sum) => sum * factor) };
  });
}

function epochsOf(counters: readonly StoredCounters[]): WeightChoice['epochs'] {
  const own = (level: StoredCounters['level']): number =>
    counters.find((row) => row.level === level)?.ownEpoch ?? 0;
  return { global: counters[0]?.epoch ?? 0, segment: own('SEGMENT'), user: own('USER') };
}

function staleNotices({ counters, stale }: CountersRead): readonly Notice[] {
  if (!stale) return [];
  const message =
    counters === null
      ? 'the counters could not be read in time: the prior is served'
      : 'the counters could not be read in time: weights rest on older ones';
  return [{ code: 'STALE_WEIGHTS', feature: null, message }];
}
