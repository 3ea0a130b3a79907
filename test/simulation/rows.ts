import type { Figure, LearnerName, Measure } from './figures.ts';

/** A claim about figures, with its bounds. `reference`: what the definition's author measured, as text. */
export interface Check {
  readonly row: number;
  readonly condition: string;
  readonly figures: readonly Figure[];
  /** ONLY: the figure itself. DIFFERENCE: first minus second. */
  readonly combine: 'ONLY' | 'MEAN' | 'DIFFERENCE';
  readonly least: number;
  readonly most: number;
  /** VALUE: the figure is bounded. UPPER_END: only the upper end of its 95 % interval: "not worse beyond noise". */
  readonly bounded: 'VALUE' | 'UPPER_END';
  readonly reference: string;
}

type Name = Figure['scenario'];
const PLENTY: readonly Name[] = [
  'useless',
  'dominant',
  'redundant',
  'harmful',
  'overlap',
  'flat',
  'cascade',
  'six',
];
const HARD: readonly Name[] = ['posbias', 'noisy', 'sparse', 'unevenNoise'];
const ALL: readonly Name[] = [...PLENTY, ...HARD];

const figure = (scenario: Name, session: number, changes: Partial<Figure> = {}): Figure => ({
  scenario,
  setting: 'plain',
  learner: 'standard',
  measure: 'POINT',
  session,
  ...changes,
});

interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly reference: string;
}
const check = (row: number, of: Figure | readonly [string, readonly Figure[]], bounds: Bounds): Check => {
  const [condition, figures] = 'scenario' in of ? [describe(of), [of]] : of;
  return {
    row,
    condition,
    figures,
    combine: 'ONLY',
    least: -Infinity,
    most: Infinity,
    bounded: 'VALUE',
    ...bounds,
  };
};
const difference = (row: number, of: readonly [Figure, Figure], bounds: Bounds): Check => ({
  ...check(row, [`${describe(of[0])} − ${of[1].setting}, ${of[1].learner}`, of], bounds),
  combine: 'DIFFERENCE',
});
const describe = ({ scenario, setting, learner, session, measure }: Figure): string =>
  [scenario, setting, learner, measure.toLowerCase(), `at ${session}`]
    .filter((word) => !['plain', 'standard', 'point'].includes(word))
    .join(', ');
const mean = (row: number, of: readonly [string, readonly Figure[]], bounds: Bounds): Check => ({
  ...check(row, of, bounds),
  combine: 'MEAN',
});

const point = (scenarios: readonly Name[], session: number, measure: Measure = 'POINT'): readonly Figure[] =>
  scenarios.map((scenario) => figure(scenario, session, { measure }));
const against = (scenario: Name, session: number, learner: LearnerName): readonly [Figure, Figure] => [
  figure(scenario, session),
  figure(scenario, session, { learner }),
];

/** Rows of the table: what the learning has to reach in simulated worlds, and what broken twins must not. */
export const CHECKS: readonly Check[] = [
  ...point(PLENTY, 1_000).map((of) => check(1, of, { least: 0.92, reference: '.98–1.03' })),
  ...point(HARD, 1_000).map((of) => check(2, of, { least: 0.8, reference: '.91–.95' })),
  ...point(ALL, 10_000).map((of) => check(3, of, { least: 0.9, reference: '.93–1.04' })),
  mean(3, ['mean of row 3', point(ALL, 10_000)], { least: 0.97, reference: '.99' }),
  ...point(ALL, 1_000, 'SERVED').map((of) => check(4, of, { least: 0.8, reference: '.92–1.02' })),
  mean(4, ['mean of row 4', point(ALL, 1_000, 'SERVED')], { least: 0.93, reference: '.98' }),
  ...ALL.map((scenario) =>
    difference(
      5,
      [figure(scenario, 1_000, { setting: 'narrow' }), figure(scenario, 1_000, { setting: 'measured' })],
      { least: -0.01, most: 0.01, reference: 'the same' },
    ),
  ),
  check(6, figure('complementary', 100, { measure: 'AGAINST_EQUAL' }), { least: 0.97, reference: '.99' }),
  check(6, figure('complementary', 1_000, { measure: 'AGAINST_EQUAL' }), { least: 0.995, reference: '1.00' }),
  ...point(['unbiased', 'flat', 'dominant', 'posbias', 'cascade'], 3_000).map((of) =>
    check(7, of, { least: 0.94, reference: '.97–.99' }),
  ),
  check(8, figure('users', 1_000), { least: 0.74, reference: '.82' }),
  check(8, figure('users', 10_000), { least: 0.92, reference: '.96' }),
  check(8, figure('segments', 1_000), { least: 0.86, reference: '.94' }),
  ...([300, 1_000, 3_000] as const).map((session, index) => ({
    ...difference(9, against('users', session, 'hardSwitching'), {
      least: 0,
      reference: ['.71 − .44', '.82 − .74', '.91 − .90'][index]!,
    }),
    bounded: 'UPPER_END' as const,
  })),
  check(10, figure('drift', 3_000, { learner: 'fading' }), { least: 0.5, reference: '.76' }),
  check(10, figure('drift', 3_000), { most: 0, reference: 'below 0' }),
  difference(11, against('signals', 100, 'clicksOnly'), { least: 0.1, reference: '.86 − .59' }),
  check(12, figure('silent', 3_000, { measure: 'UNTOUCHED' }), { least: 1, reference: 'exact' }),
  check(13, figure('rareDominant', 3_000), { least: 0.65, reference: '.86' }),
  check(13, figure('rareDominant', 10_000), { least: 0.85, reference: '.92' }),
  ...([100, 300, 1_000, 3_000, 10_000] as const).map((session) =>
    check(13, figure('rareComplementary', session, { measure: 'AGAINST_EQUAL' }), {
      least: 0.94,
      reference: '.96',
    }),
  ),
  check(16, figure('dominant', 1_000, { learner: 'textbook' }), { least: -0.02, most: 0.02, reference: '0' }),
  check(16, figure('dominant', 1_000, { learner: 'betaShare' }), {
    least: 0.35,
    most: 0.55,
    reference: 'about .45, .43',
  }),
  check(16, figure('dominant', 1_000, { learner: 'betaOwnTopK' }), { most: 0.8, reference: 'none' }),
  check(16, figure('dominant', 1_000, { learner: 'betaLift' }), { least: 0.85, reference: 'none' }),
  check(16, figure('dominant', 1_000, { setting: 'minMax' }), {
    least: 0.8,
    most: 0.98,
    reference: '.80–.98',
  }),
  check(16, figure('dominant', 1_000, { setting: 'complete', measure: 'NDCG' }), {
    least: 0.62,
    reference: '.644',
  }),
  ...(['posbias', 'noisy'] as const).map((scenario) =>
    check(16, figure(scenario, 1_000, { learner: 'onePosition' }), { most: 0.8, reference: 'none' }),
  ),
  difference(
    16,
    [
      figure('dominant', 300, { setting: 'narrow' }),
      figure('dominant', 300, { setting: 'narrowSimilarity' }),
    ],
    { least: 0.1, reference: 'about .3' },
  ),
];
