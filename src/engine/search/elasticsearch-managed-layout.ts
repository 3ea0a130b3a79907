/** How documents lie in the server's own indexes; `elasticsearch-mapping.ts` has their mapping. Pure. */
import { FIELDS, WIDEST_VALUE } from './elasticsearch-mapping.ts';
import { wordsOf } from './match-filter.ts';
import type { Collection, FieldDeclaration, FieldScalar } from '../collection/collection.ts';
import type { Condition, Query } from './elasticsearch-filter.ts';
import type { IndexLayout } from './elasticsearch-layout.ts';

export function managedLayout({ namespace, fields }: Collection): IndexLayout {
  return {
    constraint: [{ term: { [FIELDS.namespace]: { value: namespace } } }],
    vectorPath: FIELDS.vector,
    needsUnitVector: () => false,
    conditionQuery: (condition) => conditionQuery(condition, fields),
  };
}

function conditionQuery(condition: Condition, declared: readonly FieldDeclaration[]): Query {
  const path = FIELDS.field(condition.field);
  switch (condition.kind) {
    case 'eq':
      return { term: { [path]: { value: operand(condition.value) } } };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { range: { [path]: { [condition.kind]: operand(condition.value) } } };
    case 'in':
      return { terms: { [path]: condition.values.map(operand) } };
    case 'exists':
      return { term: { [FIELDS.present]: { value: condition.field } } };
    case 'contains':
      return contains(
        condition,
        declared.find(({ name }) => name === condition.field),
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
