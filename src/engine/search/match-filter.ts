import type { Document, FieldDeclaration, FieldScalar, FieldValue } from '../collection/collection.ts';
import type { Filter } from './search-backend.ts';

/** One value as filters compare it: dates in milliseconds since 1970, texts as their words. */
export type MatchValue = string | number | boolean;

/** The values of one field over many documents; a row without the field is undefined. */
export interface Column {
  readonly field: FieldDeclaration;
  readonly rows: readonly (MatchValue | readonly MatchValue[] | undefined)[];
}

/** Documents in rows, as filters read them. */
export interface FilterTable {
  /** Undefined: a field that no document has. */
  columnOf(field: string): Column | undefined;
  idOf(row: number): string | undefined;
}

/** Whether the document in a row passes. */
export type RowTest = (row: number) => boolean;

const WORDS = /[\p{L}\p{N}]+/gu;

/** The words of a text: runs of letters and digits, in lower case. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORDS) ?? [];
}

/** A stored value as filters compare it. A text becomes its words, each between two spaces. */
export function matchValue(
  { type }: FieldDeclaration,
  value: FieldValue,
): MatchValue | readonly MatchValue[] {
  const one = (scalar: FieldScalar): MatchValue => {
    switch (type) {
      case 'TEXT':
        return ` ${wordsOf(String(scalar)).join(' ')} `;
      case 'DATE':
        return Date.parse(String(scalar));
      case 'KEYWORD':
      case 'NUMBER':
      case 'BOOLEAN':
        return scalar;
    }
  };
  return typeof value === 'object' ? value.map(one) : one(value);
}

/** Compiles a filter into a test of rows; the meaning of each kind is in the docstring of `Filter`. */
export function compileFilter(filter: Filter, table: FilterTable): RowTest {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.filters.map((part) => compileFilter(part, table));
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = filter.filters.map((part) => compileFilter(part, table));
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = compileFilter(filter.filter, table);
      return (row) => !test(row);
    }
    case 'id': {
      const values = new Set(filter.values);
      return (row) => values.has(table.idOf(row) ?? '');
    }
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'in':
    case 'contains':
    case 'exists': {
      const column = table.columnOf(filter.field);
      if (column === undefined) return () => false;
      return someValue(column, valueTest(filter, column.field));
    }
  }
}

/** Whether a document passes: the same semantics, one document at a time. */
export function matchesFilter(
  filter: Filter,
  declared: readonly FieldDeclaration[],
  { id, fields }: Pick<Document, 'id' | 'fields'>,
): boolean {
  const columns = new Map(
    declared.map((field) => {
      const value = fields.get(field.name);
      return [field.name, { field, rows: [value === undefined ? undefined : matchValue(field, value)] }];
    }),
  );
  return compileFilter(filter, { columnOf: (field) => columns.get(field), idOf: () => id })(0);
}

type Condition = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' | 'id' }>;
type ValueTest = (value: MatchValue) => boolean;

function someValue({ rows }: Column, test: ValueTest): RowTest {
  return (row) => {
    const value = rows[row];
    if (value === undefined) return false;
    return typeof value === 'object' ? value.some(test) : test(value);
  };
}

function valueTest(condition: Condition, field: FieldDeclaration): ValueTest {
  switch (condition.kind) {
    case 'eq':
      return (value) => value === condition.value;
    case 'gt':
      return (value) => value > condition.value;
    case 'gte':
      return (value) => value >= condition.value;
    case 'lt':
      return (value) => value < condition.value;
    case 'lte':
      return (value) => value <= condition.value;
    case 'in': {
      const values = new Set<MatchValue>(condition.values);
      return (value) => values.has(value);
    }
    case 'contains': {
      if (field.type !== 'TEXT') return (value) => value === condition.value;
      const words = wordsOf(condition.value).map((word) => ` ${word} `);
      return (value) => words.every((word) => String(value).includes(word));
    }
    case 'exists':
      return () => true;
  }
}
