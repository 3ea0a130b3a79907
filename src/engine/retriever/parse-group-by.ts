import { integer, type Reading } from './reading.ts';
import type { FieldDeclaration, FieldType } from '../collection/collection.ts';
import type { GroupBy } from './retriever.ts';
import type { GroupByInputSpec } from './spec-input.ts';

const GROUPING: readonly FieldType[] = ['KEYWORD', 'NUMBER', 'BOOLEAN'];
const PATH = ['groupBy', 'field'];

/** Reads by which field hits are grouped; null: not at all. Every collection must declare the field, alike. */
export function readGroupBy(given: GroupByInputSpec | null | undefined, reading: Reading): GroupBy | null {
  if (given == null) return null;
  const { faults } = reading;
  const limit = integer(given.limit ?? 1, { path: ['groupBy', 'limit'], least: 1, most: 500, faults });
  if (reading.resolved) checkField(given.field, reading);
  return { field: given.field, limit };
}

function checkField(name: string, { collections, faults }: Reading): void {
  const types = new Set<FieldType>();
  for (const { collection } of collections) {
    const field = collection.fields.find((declared) => declared.name === name);
    if (field === undefined)
      faults.push({
        code: 'UNKNOWN_FIELD',
        path: PATH,
        message: `the collection ${collection.name} declares no field ${JSON.stringify(name.slice(0, 80))}`,
      });
    else if (!GROUPING.includes(field.type) || field.many)
      faults.push({
        code: 'TYPE_MISMATCH',
        path: PATH,
        message: `expected a field with one ${GROUPING.join(', ')} value, got ${describe(field)} of ${collection.name}`,
      });
    else types.add(field.type);
  }
  if (types.size > 1)
    faults.push({
      code: 'TYPE_MISMATCH',
      path: PATH,
      message: `expected one type in all collections, got ${[...types].join(' and ')}`,
    });
}

function describe({ name, type, many }: FieldDeclaration): string {
  return `${name}, which is ${many ? 'many ' : ''}${type}`;
}
