import { parsedUnless, type Parsed } from '../parsed.ts';
import type { Fault } from '../errors.ts';
import type { FieldDeclaration, FieldType } from './collection.ts';

export interface CollectionInput {
  readonly name: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: FieldType;
    readonly many?: boolean | null | undefined;
  }[];
}

export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
export const NAME_RULE = 'expected 1 to 64 letters, digits, "_", "." or "-", starting with a letter or digit';
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_FIELDS = 100;

/** Reads a collection's definition; all faults at once. */
export function parseCollection(
  input: CollectionInput,
): Parsed<{ readonly name: string; readonly fields: readonly FieldDeclaration[] }> {
  const faults: Fault[] = [];
  if (!NAME.test(input.name)) faults.push({ code: 'INVALID_VALUE', path: ['name'], message: NAME_RULE });
  if (input.fields.length > MAX_FIELDS)
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['fields'],
      message: `expected at most ${MAX_FIELDS} fields, got ${input.fields.length}`,
    });
  const seen = new Set<string>();
  input.fields.slice(0, MAX_FIELDS).forEach(({ name }, index) => {
    const path = ['fields', index, 'name'];
    if (!FIELD_NAME.test(name))
      faults.push({
        code: 'INVALID_VALUE',
        path,
        message: 'expected 1 to 64 letters, digits or "_", not starting with a digit',
      });
    if (seen.has(name)) faults.push({ code: 'DUPLICATE', path, message: `${name} is declared twice` });
    seen.add(name);
  });
  return parsedUnless(faults, () => ({
    name: input.name,
    fields: input.fields.map(({ name, type, many }) => ({ name, type, many: many ?? false })),
  }));
}
