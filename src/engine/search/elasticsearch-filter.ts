/** Filters in the query language of Elasticsearch. Pure. */
import { FIELDS, WIDEST_VALUE } from './elasticsearch-mapping.ts';
import { wordsOf } from './match-filter.ts';
import type { FieldDeclaration, FieldScalar } from '../collection/collection.ts';
import type { Filter } from './search-backend.ts';

export type Query = Readonly<Record<string, unknown>>;

/** A query that the same documents pass as the filter. */
export function filterQuery(filter: Filter, declared: readonly FieldDeclaration[]): Query {
  const nested = (part: Filter): Query => filterQuery(part, declared);
  switch (filter.kind) {
    case 'and':
      return filter.filters.length === 0
        ? { match_all: {} }
        : { bool: { filter: filter.filters.map(nested) } };
    case 'or':
      return filter.filters.length === 0
        ? { match_none: {} }
        : { bool: { should: filter.filters.map(nested), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: [nested(filter.filter)] } };
    case 'id':
      return { ids: { values: filter.values } };
    case 'eq':
      return { term: { [FIELDS.field(filter.field)]: { value: operand(filter.value) } } };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { range: { [FIELDS.field(filter.field)]: { [filter.kind]: operand(filter.value) } } };
    case 'in':
      return { terms: { [FIELDS.field(filter.field)]: filter.values.map(operand) } };
    case 'exists':
      return { term: { [FIELDS.present]: { value: filter.field } } };
    case 'contains':
      return contains(
        filter,
        declared.find(({ name }) => name === filter.field),
      );
  }
}

function operand(value: FieldScalar): FieldScalar {
  return value === 0 ? 0 : value;
}

function contains(
  { field, value }: { readonly field: string; readonly value: string },
  declared: FieldDeclaration | undefined,
): Query {
  const path = FIELDS.field(field);
  if (declared?.type !== 'TEXT') return { term: { [path]: { value } } };
  const words = [...new Set(wordsOf(value))].join(' ');
  if (words === '') return { term: { [FIELDS.present]: { value: field } } };
  if (!declared.many) return { match: { [path]: { query: words, operator: 'and' } } };
  // The words must stand in one value; the gap between values is wider than any of them.
  return { intervals: { [path]: { match: { query: words, ordered: false, max_gaps: WIDEST_VALUE } } } };
}
