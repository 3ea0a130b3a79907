import { beliefOf, type Belief } from './belief.ts';
import { contextsOf, type Audience } from './context.ts';
import { drawWeights } from './draw.ts';
import { explainWeights, type WeightExplanation } from './explain-weights.ts';
import { faultOfId } from '../ids.ts';
import { generationOf, levelsOf } from './read-evidence.ts';
import { loadPlan, type Plan } from '../retriever/plan.ts';
import { refuseIfAny, type Fault } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { StoredCounters } from './counter-store.ts';

export interface ContextQuestion {
  readonly namespace: string;
  /** Name of the retriever. */
  readonly retriever: string;
  /** Null: the latest version. */
  readonly version: number | null;
  /** Whose weights: everybody's where all are null. */
  readonly audience: Audience;
}

/** What is believed in a context, from counters read just now. */
export interface ContextBelief {
  readonly plan: Plan;
  readonly generation: string;
  readonly belief: Belief;
  readonly counters: readonly StoredCounters[];
  /** Weights at the mean of the belief: what shadow mode, evaluation and `learn: false` serve. */
  readonly weights: Float64Array;
}

type ContextPorts = Pick<Ports, 'catalog' | 'counters' | 'clock'>;

/**
 * The belief of any context of a retriever, whatever its strategy serves. NOT_FOUND for the retriever; INVALID_ID for
 * user and session; OUT_OF_RANGE for a segment of another length than declared.
 */
export async function contextBelief(ports: ContextPorts, question: ContextQuestion): Promise<ContextBelief> {
  const plan = await loadPlan(ports, question);
  refuseIfAny(faultsOf(plan, question.audience));
  const generation = generationOf(plan);
  const counters = await ports.counters.read({
    namespace: question.namespace,
    retrieverId: plan.retriever.id,
    generation,
    contexts: contextsOf(question.audience, plan.version.spec.learning),
  });
  const belief = beliefOf({
    given: plan.searches.map(({ search }) => search.weight),
    levels: levelsOf(plan, counters, ports.clock.now()),
    learning: plan.version.spec.learning,
  });
  const { weights } = drawWeights(belief, { mode: 'POINT', seed: '' });
  return { plan, generation, belief, counters, weights };
}

/** The belief of a context, with how sure it is of each feature. Errors as `contextBelief`. */
export async function explainContext(
  ports: ContextPorts,
  question: ContextQuestion,
): Promise<ContextBelief & { readonly explanation: WeightExplanation }> {
  const context = await contextBelief(ports, question);
  const own = levelsOf(context.plan, context.counters, ports.clock.now()).at(-1)?.sums ?? null;
  const seed = JSON.stringify([context.plan.retriever.id, context.generation, question.audience]);
  return { ...context, explanation: explainWeights(context.belief, own, seed) };
}

function faultsOf(plan: Plan, { segment, user, session }: Audience): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, id] of [
    ['user', user],
    ['session', session],
  ] as const) {
    const fault = id === null ? null : faultOfId(id);
    if (fault !== null) faults.push({ code: 'INVALID_ID', path: ['context', name], message: fault });
  }
  const declared = plan.version.spec.inputs.filter(({ role }) => role === 'SEGMENT').length;
  if (segment !== null && segment.length !== declared)
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['context', 'segment'],
      message: `expected ${declared} values, one per segment feature, got ${segment.length}`,
    });
  return faults;
}
