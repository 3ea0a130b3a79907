/** What is told of a load while it runs, and at its end. */
import { appendFileSync, writeFileSync } from 'node:fs';
import type { BadLine } from './batches.ts';
import type { Sent } from './send.ts';

export interface Progress {
  badLine(line: BadLine): void;
  sent(batch: Sent): void;
  /** Ends telling; the last line, and whether nothing was refused. */
  end(): { readonly summary: string; readonly clean: boolean };
}

const PAUSE = { terminal: 500, otherwise: 5_000 };

/** Refused documents go to the file, as JSON lines, or to standard error. */
export function tellProgress(refusedFile: string | null): Progress {
  const { stderr } = process;
  const started = performance.now();
  let [stored, refused] = [0, 0];
  const state = (): string => {
    const seconds = Math.max(0.001, (performance.now() - started) / 1_000);
    const rate = Math.round(stored / seconds);
    return `${stored} documents stored, ${refused} refused, ${seconds.toFixed(1)} s, ${rate}/s`;
  };
  const refuse = (facts: {
    readonly line: number;
    readonly id?: string;
    readonly faults: readonly string[];
  }): void => {
    refused += 1;
    if (refusedFile !== null) appendFileSync(refusedFile, `${JSON.stringify(facts)}\n`);
    else {
      const id = facts.id === undefined ? '' : ` (${facts.id.slice(0, 80)})`;
      stderr.write(`${stderr.isTTY ? '\r' : ''}line ${facts.line}${id}: ${facts.faults.join(' · ')}\n`);
    }
  };
  if (refusedFile !== null) writeFileSync(refusedFile, '');
  const timer = setInterval(
    () => stderr.write(stderr.isTTY ? `\r${state()} ` : `${state()}\n`),
    stderr.isTTY ? PAUSE.terminal : PAUSE.otherwise,
  );
  return {
    badLine: ({ line, fault }) => refuse({ line, faults: [fault] }),
    sent: (batch) => {
      stored += batch.stored;
      for (const { entry, faults } of batch.refused) refuse({ line: entry.line, id: entry.id, faults });
    },
    end: () => {
      clearInterval(timer);
      if (stderr.isTTY) stderr.write('\r');
      return { summary: state(), clean: refused === 0 };
    },
  };
}
