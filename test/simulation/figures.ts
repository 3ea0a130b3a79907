import { bestStatic } from './judge.ts';
import { DEFAULT_LEARNING } from '../support/learning.ts';
import { engineLearner, type Learner, type Recipe } from './learner.ts';
import { KINDS } from '../../src/engine/learning/reward.ts';
import { makeWorld, PLAIN_SETTING, type Setting } from './world.ts';
import { play, type Judged } from './play.ts';
import { SCENARIOS } from './scenarios.ts';
import { textbookLearner } from './textbook-learner.ts';

const NARROW = { offset: 0.7, scale: 0.2 };

/** Worlds as search sees them. */
export const SETTINGS = {
  plain: PLAIN_SETTING,
  /** Background measured from pairs of documents, as the server does. */
  measured: { ...PLAIN_SETTING, normalization: 'MEASURED' },
  /** Encoders whose cosines all lie between .5 and .9. */
  narrow: { ...PLAIN_SETTING, normalization: 'MEASURED', scores: NARROW },
  narrowSimilarity: { ...PLAIN_SETTING, normalization: 'SIMILARITY', scores: NARROW },
  minMax: { ...PLAIN_SETTING, normalization: 'MIN_MAX' },
  complete: { ...PLAIN_SETTING, missing: 'COMPLETE' },
} as const satisfies Record<string, Setting>;

const asServed = (position: number): number => position;
const STANDARD: Recipe = { learning: DEFAULT_LEARNING, halfLife: null, place: asServed };
const beta = (credit: 'LIFT' | 'SHARE' | 'OWN_TOP_K'): Recipe => ({
  ...STANDARD,
  learning: { ...DEFAULT_LEARNING, posterior: 'BETA', credit },
});

/** Learners from the engine's own code, by name. */
const RECIPES = {
  standard: STANDARD,
  fading: { ...STANDARD, halfLife: 693 },
  hardSwitching: { ...STANDARD, learning: { ...DEFAULT_LEARNING, pooling: 'FALLBACK' } },
  /** Sees clicks, and nothing of purchases and dislikes. */
  clicksOnly: {
    ...STANDARD,
    learning: {
      ...DEFAULT_LEARNING,
      rewardMap: { rewards: KINDS.map((kind) => (kind === 'CLICK' ? 1 : 0)), limit: null },
    },
  },
  betaLift: beta('LIFT'),
  betaShare: beta('SHARE'),
  betaOwnTopK: beta('OWN_TOP_K'),
  /** Known-bad twin: every impression is said to have been at the first position, so nothing frees it of bias. */
  onePosition: { ...STANDARD, place: () => 1 },
} as const satisfies Record<string, Recipe>;

export type LearnerName = keyof typeof RECIPES | 'textbook';

/** POINT and SERVED: share of the gap from equal to the best static weights. Others as they say. */
export type Measure = 'POINT' | 'SERVED' | 'AGAINST_EQUAL' | 'NDCG' | 'UNTOUCHED';

/** One number: what to play and when to look. */
export interface Figure {
  readonly scenario: keyof typeof SCENARIOS;
  readonly setting: keyof typeof SETTINGS;
  readonly learner: LearnerName;
  /** One of MARKS. */
  readonly session: number;
  readonly measure: Measure;
}

function learnerOf(name: LearnerName, features: number, seed: string): Learner {
  return name === 'textbook' ? textbookLearner(features, seed) : engineLearner(RECIPES[name], features, seed);
}

export interface Series {
  readonly worlds: number;
  readonly seed: string;
  /** Told after each world. */
  readonly progress: (text: string) => void;
}

/** Judgements of one figure, one per world. */
export type Judgements = ReadonlyMap<Figure, readonly Judged[]>;

/** Plays every world that the figures need, each once, and looks when the figures want to. */
export function playFigures(figures: readonly Figure[], series: Series): Judgements {
  const judgements = new Map<Figure, Judged[]>(figures.map((figure) => [figure, []]));
  const groups = Map.groupBy(figures, ({ scenario, setting }) => `${scenario}, ${setting}`);
  for (const [name, wanted] of groups) {
    for (let index = 0; index < series.worlds; index += 1) {
      const { scenario, setting } = wanted[0]!;
      const seed = `${series.seed} ${index}`;
      const world = makeWorld(SCENARIOS[scenario], SETTINGS[setting], seed);
      const best = bestStatic(world);
      for (const [learnerName, same] of Map.groupBy(wanted, ({ learner }) => learner)) {
        const learner = learnerOf(learnerName, world.features, seed);
        const sessions = Math.max(...same.map(({ session }) => session));
        const judged = play({ world, best, learner }, sessions, seed);
        for (const figure of same)
          judgements.get(figure)!.push(judged.find(({ session }) => session === figure.session)!);
      }
      series.progress(`${name}: world ${index + 1} of ${series.worlds}`);
    }
  }
  return judgements;
}

/** A figure over worlds: ratio of means, so that a world with a small gap does not decide alone. */
export function figureOf(measure: Measure, judged: readonly Judged[]): number {
  const mean = (of: (one: Judged) => number): number =>
    judged.reduce((sum, one) => sum + of(one), 0) / judged.length;
  switch (measure) {
    case 'POINT':
    case 'SERVED': {
      const part = measure === 'POINT' ? 'point' : 'served';
      const equal = mean((one) => one[part].equal);
      return (mean((one) => one[part].value) - equal) / (mean((one) => one[part].best) - equal);
    }
    case 'AGAINST_EQUAL':
      return mean((one) => one.point.value) / mean((one) => one.point.equal);
    case 'NDCG':
      return mean((one) => one.point.value);
    case 'UNTOUCHED':
      return Math.min(...judged.map((one) => Number(one.untouched)));
  }
}
