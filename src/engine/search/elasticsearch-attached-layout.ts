/** How documents lie in an index that somebody else made: declared fields and features at their paths. Pure. */
import { numberQuery } from './elasticsearch-attached-number.ts';
import type { Collection, FieldDeclaration, FieldScalar } from '../collection/collection.ts';
import type { Condition, Query } from './elasticsearch-filter.ts';
import type { IndexLayout } from './elasticsearch-layout.ts';

/** Where the values of a declared field lie. */
export function pathOf({ name, path }: Pick<FieldDeclaration, 'name' | 'path'>): string {
  return path ?? name;
}

/**
 * Nothing restricts a search to a namespace: what must not be seen is kept out by a filtered alias or by routing.
 * A COSINE feature may lie in an index of dot_product, which only takes vectors of length 1; the cosine is the same.
 */
export function attachedLayout({ fields }: Pick<Collection, 'fields'>): IndexLayout {
  return {
    constraint: [],
    vectorPath: ({ field }) => field,
    needsUnitVector: ({ similarity }) => similarity === 'COSINE',
    conditionQuery: (condition) => {
      const declared = fields.find(({ name }) => name === condition.field);
      const path = declared === undefined ? condition.field : pathOf(declared);
      if (declared?.type === 'DATE') return dateQuery(condition, path);
      if (declared?.type === 'NUMBER') return numberQuery(condition, path);
      return valueQuery(condition, { path, declared });
    },
  };
}

function valueQuery(
  condition: Condition,
  { path, declared }: { readonly path: string; readonly declared: FieldDeclaration | undefined },
): Query {
  switch (condition.kind) {
    case 'eq':
      return { term: { [path]: { value: condition.value } } };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { range: { [path]: { [condition.kind]: condition.value } } };
    case 'in':
      return { terms: { [path]: condition.values } };
    case 'exists':
      return { exists: { field: path } };
    case 'contains':
      return declared?.type === 'TEXT'
        ? allWords(path, condition.value)
        : { term: { [path]: { value: condition.value } } };
  }
}

/** Words as the index's own analyzer makes them; where it makes none, documents with any value. */
function allWords(path: string, text: string): Query {
  const match = { match: { [path]: { query: text, operator: 'and', zero_terms_query: 'all' } } };
  return { bool: { filter: [{ exists: { field: path } }, match] } };
}

/** Moments are milliseconds; an index that keeps nanoseconds is asked for all of a millisecond. */
function dateQuery(condition: Condition, path: string): Query {
  const range = (bounds: Readonly<Record<string, number>>): Query => ({
    range: { [path]: { ...bounds, format: 'epoch_millis' } },
  });
  const during = (moment: FieldScalar): Query => range({ gte: Number(moment), lt: Number(moment) + 1 });
  switch (condition.kind) {
    case 'eq':
    case 'contains':
      return during(condition.value);
    case 'in':
      return condition.values.length === 0
        ? { match_none: {} }
        : { bool: { should: condition.values.map(during), minimum_should_match: 1 } };
    case 'gt':
      return range({ gte: Number(condition.value) + 1 });
    case 'gte':
      return range({ gte: Number(condition.value) });
    case 'lt':
      return range({ lt: Number(condition.value) });
    case 'lte':
      return range({ lt: Number(condition.value) + 1 });
    case 'exists':
      return { exists: { field: path } };
  }
}
