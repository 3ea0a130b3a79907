import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { METRICS } from '../../src/request/metric-catalogue.ts';
import { renewed } from '../../scripts/tables.ts';

const document = readFileSync('docs/metrics.md', 'utf8');

describe('the page on metrics', () => {
  test('has the table as the code has it', () => {
    expect(renewed(document)).toBe(document);
    for (const name of Object.keys(METRICS)) expect(document).toContain(`| \`${name}\` |`);
  });

  test('asks only for metrics and labels that there are', () => {
    const series = [...document.matchAll(/(reweigh_\w+?)(?:_bucket|_count|_sum)?(?:\{(\w+)=)?(?=[^\w])/g)];
    expect(series.length).toBeGreaterThan(Object.keys(METRICS).length);
    const known: Readonly<Record<string, { readonly labels: readonly string[] }>> = METRICS;
    for (const [, name, label] of series) {
      expect(Object.keys(METRICS)).toContain(name);
      if (label !== undefined && label !== 'le') expect(known[name!]!.labels).toContain(label);
    }
  });

  test('every metric is named as its kind is', () => {
    for (const [name, { kind }] of Object.entries(METRICS)) {
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });
});
