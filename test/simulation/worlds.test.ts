import { beforeAll, describe, expect, test } from '@jest/globals';
import { CHECKS, type Check } from './rows.ts';
import { judgeChecks, lineOf, type Outcome } from './table.ts';
import type { LearnerName } from './figures.ts';

const SERIES = { worlds: 4, seed: 'tests', progress: (): void => undefined };

/** The part of the table that every test run plays; `node scripts/worlds.ts` plays all of it. */
const PLAYED = [
  '1 dominant, at 1000',
  '1 harmful, at 1000',
  '1 six, at 1000',
  '2 posbias, at 1000',
  '2 noisy, at 1000',
  '4 dominant, served, at 1000',
  '4 posbias, served, at 1000',
  '5 dominant, narrow, at 1000 − measured, standard',
  '6 complementary, against_equal, at 100',
  '6 complementary, against_equal, at 1000',
  '7 dominant, at 3000',
  '7 cascade, at 3000',
  '8 users, at 1000',
  '8 segments, at 1000',
  '9 users, at 300 − plain, hardSwitching',
  '9 users, at 1000 − plain, hardSwitching',
  '10 drift, fading, at 3000',
  '10 drift, at 3000',
  '11 signals, at 100 − plain, clicksOnly',
  '12 silent, untouched, at 3000',
  '13 rareComplementary, against_equal, at 1000',
  '16 dominant, textbook, at 1000',
  '16 dominant, betaShare, at 1000',
  '16 dominant, minMax, at 1000',
  '16 dominant, complete, ndcg, at 1000',
  '16 dominant, narrow, at 300 − narrowSimilarity, standard',
];

const nameOf = ({ row, condition }: Check): string => `${row} ${condition}`;
const checkNamed = (name: string): Check => {
  const check = CHECKS.find((one) => nameOf(one) === name);
  if (check === undefined) throw new Error(`there is no check named ${name}`);
  return check;
};
/** The same claim about a learner that is broken. */
const twin = (name: string, learner: LearnerName): Check => {
  const check = checkNamed(name);
  return { ...check, figures: check.figures.map((figure) => ({ ...figure, learner })) };
};

const TWINS: readonly (readonly [string, string, LearnerName])[] = [
  ['the textbook rule without attribution', '1 dominant, at 1000', 'textbook'],
  ['the textbook rule with attribution', '1 dominant, at 1000', 'betaShare'],
  ['impressions without their positions', '2 posbias, at 1000', 'onePosition'],
  ['impressions without their positions', '2 noisy, at 1000', 'onePosition'],
  ['evidence that never fades', '10 drift, fading, at 3000', 'standard'],
  ['hard switching of levels', '8 users, at 1000', 'hardSwitching'],
];

describe('learning in simulated worlds', () => {
  let outcomes: readonly Outcome[];
  beforeAll(() => {
    outcomes = judgeChecks(
      [...PLAYED.map(checkNamed), ...TWINS.map(([, name, learner]) => twin(name, learner))],
      SERIES,
    );
  }, 300_000);

  test.each(PLAYED)('holds: row %s', (name) => {
    const outcome = outcomes[PLAYED.indexOf(name)]!;
    expect([lineOf(outcome), outcome.holds]).toEqual([expect.any(String), true]);
  });

  test.each(TWINS.map((one, index) => [...one, index] as const))(
    'a known-bad twin fails: %s, row %s',
    (_what, _name, _learner, index) => {
      const outcome = outcomes[PLAYED.length + index]!;
      expect([lineOf(outcome), outcome.holds]).toEqual([expect.any(String), false]);
    },
  );
});
