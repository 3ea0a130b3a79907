/**
 * Writes the tables of docs/configuration.md, docs/errors.md and docs/metrics.md from the code they describe.
 *   node scripts/tables.ts
 * A test compares them, so a table that is out of date fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ERROR_CATALOGUE, type ErrorEntry } from '../src/engine/error-catalogue.ts';
import { METRICS } from '../src/request/metric-catalogue.ts';
import { VARIABLES } from '../src/config-variables.ts';

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

function variables(): string {
  const rows = Object.entries(VARIABLES).map(([name, { default: fallback, takes, meaning }]) =>
    row(`\`${name}\``, fallback, takes, meaning),
  );
  return table(['variable', 'default', 'takes', 'meaning'], rows);
}

function errors(audience: ErrorEntry['audience']): string {
  const entries = Object.entries<ErrorEntry>(ERROR_CATALOGUE).filter(
    ([, entry]) => entry.audience === audience,
  );
  if (audience === 'operator')
    return table(
      ['code', 'what happened', 'what to do'],
      entries.map(([code, { meaning, action }]) => row(`\`${code}\``, meaning, action)),
    );
  const rows = entries.map(([code, { meaning, action, retryable }]) =>
    row(`\`${code}\``, meaning, action, retryable ? 'yes' : ''),
  );
  return table(['code', 'what happened', 'what to do', 'retry'], rows);
}

function metrics(): string {
  const rows = Object.entries(METRICS).map(([name, { kind, labels, help }]) =>
    row(`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), help),
  );
  return table(['metric', 'kind', 'labels', 'meaning'], rows);
}

/** The tables by name, as they must stand in the documents between `<!-- name -->` and `<!-- end -->`. */
export const TABLES: Readonly<Record<string, string>> = {
  variables: variables(),
  'caller errors': errors('caller'),
  'operator errors': errors('operator'),
  metrics: metrics(),
};

/** A document with every table renewed. */
export function renewed(document: string): string {
  return document.replace(/<!-- ([a-z ]+) -->\n[\s\S]*?<!-- end -->/g, (whole, name: string) =>
    TABLES[name] === undefined ? whole : `<!-- ${name} -->\n${TABLES[name]}\n<!-- end -->`,
  );
}

if (import.meta.main)
  for (const file of ['docs/configuration.md', 'docs/errors.md', 'docs/metrics.md'])
    writeFileSync(file, renewed(readFileSync(file, 'utf8')));
