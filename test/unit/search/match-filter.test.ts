import { describe, expect, test } from '@jest/globals';
import { matchesFilter, wordsOf } from '../../../src/engine/search/match-filter.ts';
import type { FieldDeclaration, FieldValue } from '../../../src/engine/collection/collection.ts';
import type { Filter } from '../../../src/engine/search/search-backend.ts';

const FIELDS: readonly FieldDeclaration[] = [
  { name: 'tags', type: 'KEYWORD', many: true },
  { name: 'title', type: 'TEXT', many: false },
  { name: 'notes', type: 'TEXT', many: true },
  { name: 'size', type: 'NUMBER', many: false },
  { name: 'day', type: 'DATE', many: false },
];

const passes = (filter: Filter, fields: Readonly<Record<string, FieldValue>>): boolean =>
  matchesFilter(filter, FIELDS, { id: 'owl', fields: new Map(Object.entries(fields)) });

describe('a filter', () => {
  test('holds for a field with several values when one of them satisfies it', () => {
    const fields = { tags: ['a', 'b'] };
    expect(passes({ kind: 'eq', field: 'tags', value: 'b' }, fields)).toBe(true);
    expect(passes({ kind: 'in', field: 'tags', values: ['x', 'a'] }, fields)).toBe(true);
    expect(passes({ kind: 'contains', field: 'tags', value: 'c' }, fields)).toBe(false);
  });

  test('holds by negation for a document without the field', () => {
    const eq: Filter = { kind: 'eq', field: 'size', value: 1 };
    expect(passes(eq, {})).toBe(false);
    expect(passes({ kind: 'not', filter: eq }, {})).toBe(true);
  });

  test('finds all words of a text in any order and case, in one value', () => {
    const filter: Filter = { kind: 'contains', field: 'notes', value: 'LIGHTS, harbour!' };
    expect(passes(filter, { notes: ['the harbour lights'] })).toBe(true);
    expect(passes(filter, { notes: ['harbour', 'lights'] })).toBe(false);
    expect(passes(filter, { notes: ['harbours and lights'] })).toBe(false);
    expect(
      passes({ kind: 'contains', field: 'title', value: 'épernay 3rd' }, { title: "Épernay's 3RD" }),
    ).toBe(true);
  });

  test('compares dates in milliseconds', () => {
    const noon = Date.parse('2024-05-01T12:00:00Z');
    const fields = { day: '2024-05-01T12:00:00.000Z' };
    expect(passes({ kind: 'eq', field: 'day', value: noon }, fields)).toBe(true);
    expect(passes({ kind: 'gt', field: 'day', value: noon }, fields)).toBe(false);
    expect(passes({ kind: 'lte', field: 'day', value: noon }, fields)).toBe(true);
  });

  test('takes an empty and as true, an empty or and an empty in as false', () => {
    expect(passes({ kind: 'and', filters: [] }, {})).toBe(true);
    expect(passes({ kind: 'or', filters: [] }, {})).toBe(false);
    expect(passes({ kind: 'in', field: 'size', values: [] }, { size: 1 })).toBe(false);
  });

  test('names a field that is not declared: no document has it', () => {
    expect(passes({ kind: 'exists', field: 'nothing' }, { size: 1 })).toBe(false);
  });
});

test('words are runs of letters and digits in lower case', () => {
  expect(wordsOf("Don't_stop—Été 2024!")).toEqual(['don', 't', 'stop', 'été', '2024']);
  expect(wordsOf('…')).toEqual([]);
});
