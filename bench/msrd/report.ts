import type { Measured } from './measure.ts';
import type { Pack } from './pack.ts';
import type { Trial } from './retrievers.ts';

/** What one server measured. */
export interface Outcome {
  /** Figure by name of the retriever. */
  readonly figures: ReadonlyMap<string, number>;
  /** Whether every figure is as near the expected one as it must be. */
  readonly holds: boolean;
}

export const HEAD = `${'retriever'.padEnd(22)} measured  expected  distance   holds`;

/** One line of the table, and whether its figure holds. `within`: the greatest distance allowed. */
export function line(
  name: string,
  measured: number,
  { expected, within }: { readonly expected: number; readonly within: number },
): { readonly text: string; readonly holds: boolean } {
  const holds = Math.abs(measured - expected) <= within;
  const figures = `${measured.toFixed(4).padStart(8)} ${expected.toFixed(4).padStart(9)}`;
  const distance = signed(measured - expected).padStart(9);
  return { text: `${name.padEnd(22)} ${figures} ${distance}   ${holds ? 'yes' : 'NO'}`, holds };
}

/** Prints the figures of the segments; whether they hold. */
export function reportSegments(pack: Pack, { bySegment }: Measured, within: number): boolean {
  const lines = Object.entries(pack.expected.bySegmentRrf).map(([segment, expected]) =>
    line(`  rrf, ${segment}`, bySegment.get(segment) ?? NaN, { expected, within }),
  );
  for (const { text } of lines) console.log(text);
  return lines.every(({ holds }) => holds);
}

/** What each index option measured, and how far from the expected figure. */
export function printCosts(trials: readonly Trial[], byOption: ReadonlyMap<string, Outcome>): void {
  const options = [...byOption];
  console.log(`\nNDCG@10, and its distance from what an exact search measures`);
  console.log(`${''.padEnd(18)}expected${options.map(([option]) => option.padStart(18)).join('')}`);
  for (const { name, expected } of trials) {
    const cells = options.map(([, { figures }]) => {
      const measured = figures.get(name)!;
      return `${measured.toFixed(4)} ${signed(measured - expected)}`.padStart(18);
    });
    console.log(`${name.padEnd(18)}${expected.toFixed(4).padStart(8)}${cells.join('')}`);
  }
}

function signed(distance: number): string {
  return `${distance < 0 ? '−' : '+'}${Math.abs(distance).toFixed(4)}`;
}
