import { figureOf, playFigures, type Figure, type Judgements, type Series } from './figures.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { Check } from './rows.ts';

export interface Outcome {
  readonly check: Check;
  readonly value: number;
  /** 95 % percentile bootstrap over worlds. */
  readonly interval: readonly [number, number];
  readonly holds: boolean;
}

/** Plays what the checks need and judges them. The same figure in two checks is played once. */
export function judgeChecks(checks: readonly Check[], series: Series): readonly Outcome[] {
  const distinct = new Map<string, Figure>();
  for (const figure of checks.flatMap(({ figures }) => figures)) {
    const name = JSON.stringify(figure);
    if (!distinct.has(name)) distinct.set(name, figure);
  }
  const judgements = playFigures([...distinct.values()], series);
  return checks.map((check) => {
    const figures = check.figures.map((figure) => distinct.get(JSON.stringify(figure))!);
    return outcomeOf({ ...check, figures }, judgements, series.worlds);
  });
}

const RESAMPLES = 2_000;

function outcomeOf(check: Check, judgements: Judgements, worlds: number): Outcome {
  const all = Array.from({ length: worlds }, (_, world) => world);
  const value = combined(check, judgements, all);
  const random = seededRandom('worlds');
  const resampled = Array.from({ length: RESAMPLES }, () =>
    combined(
      check,
      judgements,
      all.map(() => Math.floor(random.next() * worlds)),
    ),
  ).sort((a, b) => a - b);
  const interval = [resampled[0.025 * RESAMPLES]!, resampled[0.975 * RESAMPLES - 1]!] as const;
  const bounded = check.bounded === 'VALUE' ? value : interval[1];
  return { check, value, interval, holds: bounded >= check.least && bounded <= check.most };
}

/** The claim's number over these worlds; a difference is taken between the same worlds. */
function combined({ figures, combine }: Check, judgements: Judgements, worlds: readonly number[]): number {
  const values = figures.map((figure) => {
    const judged = judgements.get(figure)!;
    return figureOf(
      figure.measure,
      worlds.map((world) => judged[world]!),
    );
  });
  switch (combine) {
    case 'ONLY':
      return values[0]!;
    case 'MEAN':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case 'DIFFERENCE':
      return values[0]! - values[1]!;
  }
}

/** A line of the printed table. */
export function lineOf({ check, value, interval, holds }: Outcome): string {
  const bounds = [
    Number.isFinite(check.least) ? `≥ ${check.least}` : '',
    Number.isFinite(check.most) ? `≤ ${check.most}` : '',
  ].filter((text) => text !== '');
  const cells = [
    String(check.row),
    check.condition,
    value.toFixed(3),
    `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`,
    `${bounds.join(', ')}${check.bounded === 'UPPER_END' ? ' (upper end)' : ''}`,
    check.reference,
    holds ? 'yes' : 'NO',
  ];
  return `| ${cells.join(' | ')} |`;
}

export const HEADER = [
  '| row | condition | measured | 95 % interval | bound | reference | holds |',
  '|---|---|---|---|---|---|---|',
].join('\n');
