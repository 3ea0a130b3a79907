/** Filters in the query language of Elasticsearch. Pure. */
import type { Filter } from './search-backend.ts';

export type Query = Readonly<Record<string, unknown>>;

/** One condition on a declared field. */
export type Condition = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' | 'id' }>;

/** A query that the same documents pass as the filter; `conditionQuery` writes one condition, as the index lies. */
export function filterQuery(filter: Filter, conditionQuery: (condition: Condition) => Query): Query {
  const nested = (part: Filter): Query => filterQuery(part, conditionQuery);
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
    default:
      return conditionQuery(filter);
  }
}
