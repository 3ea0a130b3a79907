import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ERROR_CATALOGUE } from '../../src/engine/errors.ts';
import { NOTICE_CODES } from '../../src/engine/execution/record.ts';
import { FAILURES } from '../../src/engine/search/search-backend.ts';
import { REINDEXING_STATES } from '../../src/engine/collection/reindexing.ts';
import { INTERACTION_STATES } from '../../src/engine/interaction/interaction.ts';

const lifecycle = readFileSync('docs/lifecycle.md', 'utf8');
const named = new Set([...lifecycle.matchAll(/`([A-Z]+(?:_[A-Z]+)+|[A-Z]{6,})`/g)].map(([, code]) => code!));
const DEGRADATIONS = [...FAILURES, 'FEATURE_PARTIAL'];

describe('the page on lifecycles', () => {
  test('names only codes that exist', () => {
    const known = new Set<string>([
      ...Object.keys(ERROR_CATALOGUE),
      ...NOTICE_CODES,
      ...DEGRADATIONS,
      ...INTERACTION_STATES,
      ...REINDEXING_STATES,
    ]);
    expect([...named].filter((code) => !known.has(code))).toEqual([]);
  });

  test('names every degradation, every notice and every state of an interaction but the happy one', () => {
    const states = INTERACTION_STATES.filter((state) => state !== 'CREDITED');
    expect([...DEGRADATIONS, ...NOTICE_CODES, ...states].filter((code) => !named.has(code))).toEqual([]);
  });

  test('has a step for every error of an operator', () => {
    const operator = Object.entries(ERROR_CATALOGUE)
      .filter(([, { audience }]) => audience === 'operator')
      .map(([code]) => code);
    expect(operator.filter((code) => !named.has(code))).toEqual([]);
  });
});
