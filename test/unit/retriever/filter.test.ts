import { describe, expect, test } from '@jest/globals';
import { bindFilter } from '../../../src/engine/retriever/bind-filter.ts';
import { faultsOf, FIELDS, valueOf } from '../../support/fixtures.ts';
import { parseDate, parseFilter, type FilterInput } from '../../../src/engine/retriever/parse-filter.ts';
import { parseInputs } from '../../../src/engine/retriever/inputs.ts';
import type { Filter } from '../../../src/engine/search/search-backend.ts';
import type { InputValue } from '../../../src/engine/retriever/retriever.ts';

const inputs = valueOf(
  parseInputs(
    [
      { name: 'category', type: 'TEXT' },
      { name: 'since', type: 'TEXT' },
      { name: 'people', type: 'TEXTS' },
      { name: 'years', type: 'NUMBERS' },
      { name: 'year', type: 'NUMBER' },
      { name: 'inStock', type: 'BOOLEAN' },
      { name: 'vector', type: 'VECTOR' },
    ],
    [],
  ),
);
const context = { fields: FIELDS, inputs };
const parse = (input: FilterInput): ReturnType<typeof parseFilter> => parseFilter(input, context, ['filter']);
const bind = (
  input: FilterInput,
  values: Readonly<Record<string, InputValue>> = {},
): ReturnType<typeof bindFilter> =>
  bindFilter(valueOf(parse(input)), new Map(Object.entries(values)), { context, path: ['inputs'] });
const bound = (input: FilterInput, values: Readonly<Record<string, InputValue>> = {}): Filter | null =>
  valueOf(bind(input, values));

describe('parsing filters', () => {
  test('several operators beside one field must all hold', () => {
    expect(valueOf(parse({ field: 'year', gte: 1990, lt: 2000 }))).toEqual({
      kind: 'and',
      filters: [
        { kind: 'condition', field: 'year', operator: 'gte', operand: 1990 },
        { kind: 'condition', field: 'year', operator: 'lt', operand: 2000 },
      ],
    });
  });

  const faults: readonly (readonly [string, FilterInput, readonly string[]])[] = [
    ['nothing', {}, ['INVALID_VALUE filter']],
    ['and beside field', { and: [], field: 'year', eq: 1 }, ['INVALID_VALUE filter']],
    ['a field without operator', { field: 'year' }, ['REQUIRED filter']],
    ['an unknown field', { field: 'colour', eq: 'red' }, ['UNKNOWN_FIELD filter.field']],
    ['order on KEYWORD', { field: 'category', gt: 'a' }, ['TYPE_MISMATCH filter.gt']],
    ['equality on TEXT', { field: 'title', eq: 'a' }, ['TYPE_MISMATCH filter.eq']],
    ['contains on NUMBER', { field: 'year', contains: '1' }, ['TYPE_MISMATCH filter.contains']],
    ['order on BOOLEAN', { field: 'inStock', lt: true }, ['TYPE_MISMATCH filter.lt']],
    ['a text for NUMBER', { field: 'year', eq: '1999' }, ['TYPE_MISMATCH filter.eq']],
    ['NaN for NUMBER', { field: 'year', eq: NaN }, ['TYPE_MISMATCH filter.eq']],
    ['a number for KEYWORD', { field: 'category', in: ['a', 1] }, ['TYPE_MISMATCH filter.in.1']],
    ['a number for BOOLEAN', { field: 'inStock', eq: 1 }, ['TYPE_MISMATCH filter.eq']],
    ['no date for DATE', { field: 'addedAt', gte: 'yesterday' }, ['TYPE_MISMATCH filter.gte']],
    ['NUL in a text', { field: 'category', eq: 'a\0' }, ['TYPE_MISMATCH filter.eq']],
    ['an unknown input', { field: 'category', eq: '{{INPUT.nobody}}' }, ['UNKNOWN_INPUT filter.eq']],
    ['no template', { field: 'category', eq: '{{nobody}}' }, ['INVALID_TEMPLATE filter.eq']],
    ['a TEXT input for NUMBER', { field: 'year', eq: '{{INPUT.category}}' }, ['TYPE_MISMATCH filter.eq']],
    ['a text for BOOLEAN', { field: 'inStock', eq: '{{INPUT.year}}x' }, ['TYPE_MISMATCH filter.eq']],
    ['a list for eq', { field: 'category', eq: '{{INPUT.people}}' }, ['TYPE_MISMATCH filter.eq']],
    ['a VECTOR input', { field: 'category', eq: '{{INPUT.vector}}' }, ['TYPE_MISMATCH filter.eq']],
  ];
  test.each(faults)('%s is refused with its path', (_, input, wanted) => {
    expect(faultsOf(parse(input))).toEqual(wanted);
  });

  test('all faults of a filter are reported at once, each with its path', () => {
    const input = {
      or: [{ field: 'colour', eq: 1 }, { not: { and: [{ field: 'year', eq: 'x' }, {}] } }],
    };
    expect(faultsOf(parse(input))).toEqual([
      'UNKNOWN_FIELD filter.or.0.field',
      'TYPE_MISMATCH filter.or.1.not.and.0.eq',
      'INVALID_VALUE filter.or.1.not.and.1',
    ]);
  });

  test('10 levels, 200 conditions and 1,000 values are taken, one more is refused', () => {
    const nested = (levels: number): FilterInput =>
      levels === 1 ? { field: 'year', eq: 1 } : { not: nested(levels - 1) };
    expect(faultsOf(parse(nested(10)))).toEqual([]);
    expect(faultsOf(parse(nested(11)))).toEqual([`OUT_OF_RANGE filter${'.not'.repeat(10)}`]);
    const many = (count: number): FilterInput => ({ or: new Array(count).fill({ field: 'year', eq: 1 }) });
    expect(faultsOf(parse(many(200)))).toEqual([]);
    expect(faultsOf(parse(many(201)))).toEqual(['OUT_OF_RANGE filter']);
    const values = (count: number): FilterInput => ({ field: 'year', in: new Array(count).fill(1) });
    expect(faultsOf(parse(values(1_000)))).toEqual([]);
    expect(faultsOf(parse(values(1_001)))).toEqual(['OUT_OF_RANGE filter.in']);
  });
});

describe('binding filters', () => {
  test('an input takes the place of its template', () => {
    expect(bound({ field: 'category', eq: '{{INPUT.category}}' }, { category: 'sea' })).toEqual({
      kind: 'eq',
      field: 'category',
      value: 'sea',
    });
    expect(bound({ field: 'inStock', eq: '{{INPUT.inStock}}' }, { inStock: false })).toMatchObject({
      value: false,
    });
  });

  test('a list input widens in and nin, beside constants', () => {
    expect(bound({ field: 'people', in: ['Ann', '{{INPUT.people}}'] }, { people: ['Bo', 'Cy'] })).toEqual({
      kind: 'in',
      field: 'people',
      values: ['Ann', 'Bo', 'Cy'],
    });
    expect(bound({ field: 'year', nin: ['{{INPUT.years}}'] }, { years: [1, 2] })).toEqual({
      kind: 'not',
      filter: { kind: 'in', field: 'year', values: [1, 2] },
    });
  });

  test('ne is the negation of eq, exists false that of exists', () => {
    expect(bound({ field: 'year', ne: 3 })).toEqual({
      kind: 'not',
      filter: { kind: 'eq', field: 'year', value: 3 },
    });
    expect(bound({ field: 'year', exists: false })).toEqual({
      kind: 'not',
      filter: { kind: 'exists', field: 'year' },
    });
  });

  test('dates become milliseconds since 1970', () => {
    expect(bound({ field: 'addedAt', gte: '1970-01-02' })).toMatchObject({ value: 86_400_000 });
    expect(
      bound({ field: 'addedAt', lt: '{{INPUT.since}}' }, { since: '1970-01-01T01:00:00+01:00' }),
    ).toMatchObject({ value: 0 });
  });

  test('a condition on an absent input does not constrain, wherever it stands', () => {
    const optional = { field: 'category', eq: '{{INPUT.category}}' };
    const fixed = { field: 'year', eq: 1 };
    const alone = { kind: 'eq', field: 'year', value: 1 };
    expect(bound(optional)).toBeNull();
    expect(bound({ not: optional })).toBeNull();
    expect(bound({ and: [optional, optional] })).toBeNull();
    expect(bound({ or: [optional] })).toBeNull();
    expect(bound({ and: [optional, fixed] })).toEqual(alone);
    expect(bound({ or: [optional, fixed] })).toEqual(alone);
    expect(bound({ field: 'people', in: ['{{INPUT.people}}'] })).toBeNull();
  });

  test('an empty list is a constraint: in nothing holds for none, not in nothing for all', () => {
    expect(bound({ field: 'year', in: [] })).toEqual({ kind: 'in', field: 'year', values: [] });
    expect(bound({ field: 'people', in: ['{{INPUT.people}}'] }, { people: [] })).toEqual({
      kind: 'in',
      field: 'people',
      values: [],
    });
    expect(bound({ or: [] })).toEqual({ kind: 'or', filters: [] });
    expect(bound({ and: [] })).toBeNull();
    // An empty and holds always: not of it never does, and beside it in an or everything passes.
    const always = { kind: 'and', filters: [] };
    expect(bound({ not: { and: [] } })).toEqual({ kind: 'not', filter: always });
    expect(bound({ or: [{ field: 'year', eq: 1 }, { and: [] }] })).toMatchObject({ filters: [{}, always] });
  });

  test('a value that does not fit its field is refused', () => {
    expect(faultsOf(bind({ field: 'addedAt', eq: '{{INPUT.since}}' }, { since: 'soon' }))).toEqual([
      'TYPE_MISMATCH inputs',
    ]);
    expect(faultsOf(bind({ field: 'category', eq: 'x {{INPUT.category}}' }, { category: 'a\0' }))).toEqual([
      'TYPE_MISMATCH inputs',
    ]);
  });

  test('a field that the collection lost is refused', () => {
    const filter = valueOf(parse({ field: 'year', eq: 1 }));
    expect(
      faultsOf(bindFilter(filter, new Map(), { context: { fields: [], inputs }, path: ['inputs'] })),
    ).toEqual(['UNKNOWN_FIELD inputs']);
  });
});

describe('dates', () => {
  test.each([
    '2024-05-01',
    '2024-02-29',
    '2024-05-01T12:00Z',
    '2024-05-01T12:00:00.123456789+02:00',
    '0001-01-01',
  ])('%s is read', (text) => {
    expect(parseDate(text)).toBe(Date.parse(text));
  });

  test.each([
    '2023-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-05-00',
    '2024-05-01T25:00Z',
    '2024-05-01T12:60Z',
    '2024-05-01T12:00',
    '2024-05-01 12:00Z',
    '24-05-01',
    '',
    '2024-05-01T12:00:00Z ',
  ])('%s is refused', (text) => {
    expect(parseDate(text)).toBeNull();
  });
});
