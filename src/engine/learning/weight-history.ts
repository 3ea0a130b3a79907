import { contextBelief } from './context-weights.ts';
import { segmentSubject, type ContextLevel } from './context.ts';
import type { CreditedExecution } from './credit.ts';
import type { Ports } from '../ports.ts';
import type { Uuid } from '../ids.ts';

/** Point weights of a context at a moment. */
export interface WeightSnapshot {
  readonly retrieverId: Uuid;
  readonly version: number;
  readonly generation: string;
  readonly level: ContextLevel;
  /** As in `Subject`. */
  readonly subject: string;
  readonly at: Date;
  /** Executions that served a hit, and rewarded impressions, of this context alone. */
  readonly pages: number;
  readonly rewardedImpressions: number;
  readonly features: readonly string[];
  readonly weights: Float64Array;
}

export interface HistoryQuestion {
  readonly retrieverId: Uuid;
  readonly level: ContextLevel;
  readonly subject: string;
  readonly since: Date | null;
  readonly until: Date | null;
  /** The newest so many. */
  readonly limit: number;
}

/** The history of weights of everybody and of segments. */
export interface WeightHistory {
  append(snapshots: readonly WeightSnapshot[]): Promise<void>;
  /** In order of time. */
  read(question: HistoryQuestion): Promise<readonly WeightSnapshot[]>;
}

/** Segments of one retriever that one round takes snapshots of, at most. */
const SEGMENTS = 50;

type HistoryPorts = Pick<Ports, 'catalog' | 'counters' | 'clock' | 'jobs' | 'weightHistory'>;

/**
 * Takes snapshots of the contexts whose counters changed, some time after they did: under steady traffic one in each
 * longest wait of the jobs. What is lost with the process is a point of a curve, never evidence.
 */
export function startWeightHistory(ports: HistoryPorts): {
  note(executions: readonly CreditedExecution[]): void;
} {
  const changed = new Map<
    Uuid,
    { readonly namespace: string; readonly segments: Map<string, readonly string[]> }
  >();
  return {
    note: (executions) => {
      for (const { retrieverId, namespace, segment } of executions) {
        const known = changed.get(retrieverId) ?? { namespace, segments: new Map() };
        changed.set(retrieverId, known);
        if (segment !== null && known.segments.size < SEGMENTS)
          known.segments.set(segmentSubject(segment), segment);
        ports.jobs.schedule(`weights of ${retrieverId}`, async () => {
          changed.delete(retrieverId);
          await takeSnapshots(ports, { retrieverId, namespace, segments: [...known.segments.values()] });
        });
      }
    },
  };
}

interface Changed {
  readonly retrieverId: Uuid;
  readonly namespace: string;
  readonly segments: readonly (readonly string[])[];
}

async function takeSnapshots(
  ports: HistoryPorts,
  { retrieverId, namespace, segments }: Changed,
): Promise<void> {
  const retriever = await ports.catalog.retrieverById(namespace, retrieverId);
  if (retriever === null) return;
  const snapshots: WeightSnapshot[] = [];
  for (const segment of [null, ...segments])
    snapshots.push(await snapshotOf(ports, { namespace, retriever: retriever.name, segment }));
  await ports.weightHistory.append(snapshots);
}

async function snapshotOf(
  ports: HistoryPorts,
  of: { readonly namespace: string; readonly retriever: string; readonly segment: readonly string[] | null },
): Promise<WeightSnapshot> {
  const { segment } = of;
  const audience = { segment, user: null, session: null };
  const { plan, generation, belief, weights } = await contextBelief(ports, {
    ...of,
    version: null,
    audience,
  });
  const own = belief.evidence.at(-1);
  return {
    retrieverId: plan.retriever.id,
    version: plan.version.version,
    generation,
    level: segment === null ? 'GLOBAL' : 'SEGMENT',
    subject: segment === null ? '' : segmentSubject(segment),
    at: ports.clock.now(),
    pages: own?.pages ?? 0,
    rewardedImpressions: own?.rewardedImpressions ?? 0,
    features: plan.searches.map(({ feature }) => feature.uri),
    weights,
  };
}
