/** Random filters over the fields of the laws' documents, for fast-check. */
import fc from 'fast-check';
import { FIELDS, VALUES } from './search-backend-world.ts';
import type { FieldDeclaration, FieldScalar, FieldType } from '../../src/engine/collection/collection.ts';
import type { Filter } from '../../src/engine/search/search-backend.ts';

type Kind = Exclude<Filter['kind'], 'and' | 'or' | 'not' | 'id'>;

export type Kinds = Readonly<Record<FieldType, readonly Kind[]>>;

/** The conditions each type can be asked for. */
export const KINDS: Kinds = {
  KEYWORD: ['eq', 'in', 'contains', 'exists'],
  TEXT: ['contains', 'exists'],
  NUMBER: ['eq', 'gt', 'gte', 'lt', 'lte', 'in', 'exists'],
  BOOLEAN: ['eq', 'in', 'exists'],
  DATE: ['eq', 'gt', 'gte', 'lt', 'lte', 'in', 'exists'],
};

const STRANGERS: Readonly<Record<FieldType, FieldScalar>> = {
  KEYWORD: 'nobody',
  TEXT: 'nowhere to be found',
  NUMBER: 42,
  BOOLEAN: true,
  DATE: '2001-01-01T00:00:00.000Z',
};

/** Operands that occur, parts of texts that occur, and one that does not; dates in milliseconds. */
function operand(type: FieldType): fc.Arbitrary<FieldScalar> {
  const values = fc.constantFrom(...VALUES[type], STRANGERS[type]);
  if (type === 'DATE') return values.map((value) => Date.parse(String(value)));
  if (type !== 'TEXT') return values;
  return values.chain((text) =>
    fc.subarray(String(text).toUpperCase().split(/\s+/)).map((words) => words.reverse().join(' ')),
  );
}

export function condition({ name, type }: FieldDeclaration, kind: Kind): fc.Arbitrary<Filter> {
  switch (kind) {
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return operand(type).map((value) => ({ kind, field: name, value }));
    case 'in':
      return fc.array(operand(type), { maxLength: 3 }).map((values) => ({ kind, field: name, values }));
    case 'contains':
      return operand(type).map((value) => ({ kind, field: name, value: String(value) }));
    case 'exists':
      return fc.constant({ kind, field: name });
  }
}

/** Some of the ids that documents may have, and one that none has. */
export const anyIds: fc.Arbitrary<Filter> = fc
  .subarray([
    ...Array.from({ length: 40 }, (_, index) => [
      `film ${index}`,
      `Film ${index}`,
      `film 😀 ${index}`,
    ]).flat(),
    'nobody',
  ])
  .map((values) => ({ kind: 'id', values }));

const anyCondition = (kinds: Kinds): fc.Arbitrary<Filter> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .constantFrom(...FIELDS)
        .chain((field) => fc.constantFrom(...kinds[field.type]).chain((kind) => condition(field, kind))),
    },
    { weight: 1, arbitrary: anyIds },
  );

/** And, or, not over conditions of these kinds, to a depth of four; empty and, or included. */
export const anyFilter = (kinds: Kinds = KINDS): fc.Arbitrary<Filter> =>
  fc.letrec<{ readonly filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'filter' },
      anyCondition(kinds),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('filter'), { maxLength: 3, depthIdentifier: 'filter' }),
      }),
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    ),
  })).filter;
