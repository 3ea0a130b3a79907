import type { FieldDeclaration, FieldScalar } from '../engine/collection/collection.ts';
import type { Filter } from '../engine/search/search-backend.ts';
import type { FilterTemplate } from '../engine/retriever/retriever.ts';

/** A filter in the form of FilterInput. */
export type FilterJson = Readonly<Record<string, unknown>>;

/** A filter as it is stored, its templates left in it; null: none. */
export function toFilterJson(filter: FilterTemplate | null): FilterJson | null {
  return filter === null ? null : fromTemplate(filter);
}

function fromTemplate(filter: FilterTemplate): FilterJson {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { [filter.kind]: filter.filters.map(fromTemplate) };
    case 'not':
      return { not: fromTemplate(filter.filter) };
    case 'condition':
      return { field: filter.field, [filter.operator]: filter.operand };
  }
}

/** Several filters that must all hold, as one; null: none. */
export function allOf(filters: readonly (FilterTemplate | null)[]): FilterJson | null {
  const given = filters.filter((filter) => filter !== null).map(fromTemplate);
  return given.length > 1 ? { and: given } : (given[0] ?? null);
}

/** A filter with its inputs put in; moments are ISO 8601 again. */
export function toBoundFilterJson(
  filter: Filter | null,
  fields: readonly FieldDeclaration[],
): FilterJson | null {
  return filter === null ? null : fromBound(filter, fields);
}

function fromBound(filter: Filter, fields: readonly FieldDeclaration[]): FilterJson {
  const isDate = 'field' in filter && fields.find(({ name }) => name === filter.field)?.type === 'DATE';
  const show = (value: FieldScalar): FieldScalar =>
    isDate && typeof value === 'number' ? new Date(value).toISOString() : value;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { [filter.kind]: filter.filters.map((part) => fromBound(part, fields)) };
    case 'not':
      return { not: fromBound(filter.filter, fields) };
    case 'in':
      return { field: filter.field, in: filter.values.map(show) };
    case 'exists':
      return { field: filter.field, exists: true };
    case 'id':
      throw new RangeError('a retriever has no filter by id');
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'contains':
      return { field: filter.field, [filter.kind]: show(filter.value) };
  }
}
