import { decayFactor } from '../../src/engine/learning/half-life.ts';
import { emptyCounters } from '../../src/engine/learning/counters.ts';
import { frameOfEra } from '../../src/engine/learning/era.ts';
import { kindsOf, rewardOf, DEFAULT_REWARD_MAP, type RewardMap } from '../../src/engine/learning/reward.ts';
import { FEATURES, NAMESPACE, type Instance } from './learning-world.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { FinalState } from './naive-counters.ts';
import type { Subject } from '../../src/engine/learning/context.ts';
import type { Uuid } from '../../src/engine/ids.ts';

export const EVERYBODY: Subject = { level: 'GLOBAL', subject: '' };

/** The sums of one context; all 0 where it has none. */
export async function countersOf(
  instance: Instance,
  retrieverId: Uuid,
  context: Subject = EVERYBODY,
): Promise<Float64Array> {
  const [read] = await instance.counters.read({
    namespace: NAMESPACE,
    retrieverId,
    generation: 'generation',
    contexts: [context],
  });
  return read?.sums ?? emptyCounters(FEATURES.length);
}

/** Kinds by hit, as a test expects them to be in the end. */
export class Expected {
  readonly #kinds = new Map<Uuid, Map<number, number>>();
  readonly #shown = new Map<Uuid, { readonly record: ExecutionRecord; to: number }>();

  shown(record: ExecutionRecord, to: number): void {
    const before = this.#shown.get(record.id)?.to ?? 0;
    this.#shown.set(record.id, { record, to: Math.max(before, Math.min(to, record.hitCount)) });
  }

  add(record: ExecutionRecord, rank: number, kinds: number): void {
    this.set(record, rank, (this.#kinds.get(record.id)?.get(rank) ?? 0) | kinds);
  }

  set(record: ExecutionRecord, rank: number, kinds: number): void {
    const hits = this.#kinds.get(record.id) ?? new Map<number, number>();
    this.#kinds.set(record.id, hits.set(rank, kinds));
  }

  /** The final states of the executions that `of` lets through. */
  states(
    of: (record: ExecutionRecord) => boolean = () => true,
    map: RewardMap = DEFAULT_REWARD_MAP,
  ): readonly FinalState[] {
    return [...this.#shown.values()]
      .filter(({ record }) => of(record))
      .map(({ record, to }) => ({
        record,
        shownTo: to,
        rewards: new Map(
          [...(this.#kinds.get(record.id) ?? [])].map(([rank, kinds]) => [rank, rewardOf(kinds, map)]),
        ),
      }));
  }
}

/** The factor of a term made at `at`, in the frame of an era; half-life in seconds. */
export const scaleIn = (era: number, halfLife: number, at: Date): number =>
  decayFactor(at.getTime(), frameOfEra(era, halfLife * 1_000));

export { kindsOf };
