import { countersOf, EVERYBODY } from '../support/learning-reads.ts';
import { distance, naiveCounters, type FinalState } from '../support/naive-counters.ts';
import { FEATURES, NAMESPACE, type Instance } from '../support/learning-world.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Impression } from '../../src/engine/execution/record.ts';
import type { Subject } from '../../src/engine/learning/context.ts';
import type { Uuid } from '../../src/engine/ids.ts';

/** How far the counters of a context are from those of the given final states; at most 1 where they are equal. */
export async function distanceFrom(
  instance: Instance,
  of: { readonly retrieverId: Uuid; readonly context?: Subject },
  states: readonly FinalState[],
): Promise<number> {
  const sums = await countersOf(instance, of.retrieverId, of.context ?? EVERYBODY);
  return distance(sums, naiveCounters(states, FEATURES));
}

/** Runs a rebuild to its end. */
export async function rebuild(
  instances: readonly Instance[],
  retrieverId: Uuid,
  creditVersion = 0,
): Promise<void> {
  await instances[0]!.counters.startRebuild(retrieverId, creditVersion, new Date());
  for (let step = 0; ; step += 1) {
    const instance = instances[step % instances.length]!;
    const progress = await instance.counters.continueRebuild(retrieverId, new Date());
    if (progress?.state !== 'RUNNING') return;
  }
}

/** A later page. */
export async function show(
  instance: Instance,
  record: ExecutionRecord,
  page: Pick<Impression, 'from' | 'to'> & { readonly at?: Date },
): Promise<void> {
  const at = page.at ?? new Date();
  instance.executions.offerImpression(NAMESPACE, {
    executionId: record.id,
    from: page.from,
    to: page.to,
    at,
  });
  await instance.executions.flush();
}
