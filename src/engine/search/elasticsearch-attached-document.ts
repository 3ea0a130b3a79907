/** Documents of an attached index, of what the `fields` option of a search gives. Pure. */
import { pathOf } from './elasticsearch-attached-layout.ts';
import type {
  Collection,
  Document,
  Feature,
  FieldDeclaration,
  FieldScalar,
  FieldValue,
} from '../collection/collection.ts';
import type { Uuid } from '../ids.ts';

/** Path to values; a vector is a list of its numbers. */
export type FoundFields = Readonly<Record<string, readonly unknown[]>>;

/** What a search is to read for the declared fields. */
export function fieldsToRead({ fields }: Pick<Collection, 'fields'>): readonly object[] {
  return fields.map((field) =>
    field.type === 'DATE' ? { field: pathOf(field), format: 'epoch_millis' } : { field: pathOf(field) },
  );
}

export function documentFromFields(
  collection: Collection,
  id: string,
  { fields, vectors }: { readonly fields: FoundFields; readonly vectors: readonly Feature[] },
): Document {
  const values = collection.fields.flatMap((field): [string, FieldValue][] => {
    const value = valueFrom(field, fields[pathOf(field)] ?? []);
    return value === null ? [] : [[field.name, value]];
  });
  const read = vectors.flatMap((feature): [Uuid, Float32Array][] => {
    const vector = vectorFrom(fields, feature);
    return vector === null ? [] : [[feature.id, vector]];
  });
  return { id, fields: new Map(values), vectors: new Map(read) };
}

/** The document's vector; null where it has none. */
export function vectorFrom(fields: FoundFields, { field, dims }: Feature): Float32Array | null {
  const numbers = fields[field];
  return numbers?.length === dims ? Float32Array.from(numbers, Number) : null;
}

/** Values of the declared type; of several the first, unless the field may hold many. Null where there is none. */
function valueFrom(field: FieldDeclaration, found: readonly unknown[]): FieldValue | null {
  const values = found.flatMap((value) => scalarFrom(field, value) ?? []);
  const [first = null] = values;
  return first !== null && field.many ? values : first;
}

function scalarFrom({ type }: FieldDeclaration, value: unknown): FieldScalar | null {
  switch (type) {
    case 'KEYWORD':
    case 'TEXT':
      return String(value);
    case 'NUMBER':
      return Number.isFinite(Number(value)) ? Number(value) : null;
    case 'BOOLEAN':
      return value === true || value === 'true';
    case 'DATE':
      return momentFrom(Number(value));
  }
}

/** ISO 8601 in UTC, cut to milliseconds; null beyond what a date can be. */
function momentFrom(milliseconds: number): string | null {
  const date = new Date(Math.floor(milliseconds));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
