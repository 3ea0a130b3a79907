import {
  addExecution,
  addImpression,
  changeReward,
  emptyCounters,
} from '../../src/engine/learning/counters.ts';
import { beliefOf, type LevelCounters } from '../../src/engine/learning/belief.ts';
import { chooseWeights } from '../../src/engine/learning/choose-weights.ts';
import { contextsOf, type Subject } from '../../src/engine/learning/context.ts';
import { decayFactor, readingFactor } from '../../src/engine/learning/half-life.ts';
import { rewardOf } from '../../src/engine/learning/reward.ts';
import type { DrawMode } from '../../src/engine/learning/draw.ts';
import type { Learning } from '../../src/engine/retriever/learning-spec.ts';

export interface Who {
  readonly segment: string | null;
  readonly user: string | null;
}

/** A page as it was served, and what the user did to it. */
export interface ServedPage {
  readonly who: Who;
  /** Number of the session, from 1; the time of the page. */
  readonly session: number;
  readonly weights: Float64Array;
  /** Per position: scores and ranks per feature, kinds of interaction as bits. */
  readonly hits: readonly {
    readonly x: Float64Array;
    readonly ranks: Uint32Array;
    readonly kinds: number;
  }[];
}

export interface Learner {
  weights(who: Who, session: number, mode: DrawMode): Float64Array;
  learn(page: ServedPage): void;
}

export interface Recipe {
  readonly learning: Learning;
  /** Sessions after which evidence counts half; null: never. */
  readonly halfLife: number | null;
  /** Where an impression is said to have been: as served, unless a test breaks it. */
  readonly place: (position: number) => number;
}

/** A learner made of the engine's own counters, belief and draws. `seed` makes its draws. */
export function engineLearner(recipe: Recipe, features: number, seed: string): Learner {
  const { learning } = recipe;
  const frame = { t0: 0, halfLife: recipe.halfLife };
  const counters = new Map<string, Float64Array>();
  const nameOf = (subject: Subject): string => JSON.stringify([subject.level, subject.subject]);
  const contexts = (who: Who): readonly Subject[] =>
    contextsOf(
      { user: who.user, session: null, segment: who.segment === null ? null : [who.segment] },
      learning,
    );
  const read = (subject: Subject, session: number): LevelCounters => {
    const sums = counters.get(nameOf(subject)) ?? null;
    const factor = readingFactor(session, frame);
    return {
      level: subject.level,
      sums: sums === null || factor === 1 ? sums : sums.map((value) => value * factor),
    };
  };
  const given = new Array<null>(features).fill(null);
  return {
    weights(who, session, mode) {
      const levels = contexts(who).map((subject) => read(subject, session));
      const belief = beliefOf({ given, levels, learning });
      const learned = { belief, mode, seed: `${seed} ${session}` };
      return chooseWeights({ strategy: 'LEARNED', given, generation: 'simulated', learned }).weights;
    },
    learn(page) {
      for (const subject of contexts(page.who)) {
        const name = nameOf(subject);
        const sums = counters.get(name) ?? emptyCounters(features);
        counters.set(name, sums);
        addPage(sums, page, { recipe, scale: decayFactor(page.session, frame) });
      }
    },
  };
}

/** Counts a page as the server does: the impressions first, then what each interaction changes. */
function addPage(
  sums: Float64Array,
  page: ServedPage,
  { recipe, scale }: { readonly recipe: Recipe; readonly scale: number },
): void {
  addExecution(sums, scale);
  page.hits.forEach(({ x, ranks, kinds }, index) => {
    const term = { position: recipe.place(index + 1), x, weights: page.weights, ranks };
    addImpression(sums, term, 0, scale);
    const to = rewardOf(kinds, recipe.learning.rewardMap);
    changeReward(sums, term, { from: 0, to }, scale);
  });
}
