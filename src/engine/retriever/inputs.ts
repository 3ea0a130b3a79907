import { parsedUnless, type Parsed } from '../parsed.ts';
import type { Fault, Path } from '../errors.ts';
import { isVectorFault, type VectorFault } from '../vector.ts';
import { faultOfId } from '../ids.ts';
import {
  isNamedDocument,
  type InputDeclaration,
  type InputRole,
  type InputType,
  type InputValue,
  type InputValues,
} from './retriever.ts';

/** A declaration as it is given. */
export interface InputDeclarationInput {
  readonly name: string;
  readonly type: InputType;
  readonly required?: boolean | null | undefined;
  readonly default?: unknown;
  readonly role?: InputRole | null | undefined;
}

export interface GivenInput {
  readonly name: string;
  readonly value: InputValue | VectorFault;
}

export const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_TEXT_BYTES = 65_536;
const MAX_LIST = 1_000;
const MAX_INPUTS = 50;
const MAX_SEGMENT_FEATURES = 5;

/** Reads the input schema of a retriever; all faults at once. */
export function parseInputs(
  given: readonly InputDeclarationInput[],
  path: Path,
): Parsed<readonly InputDeclaration[]> {
  const faults: Fault[] = [];
  if (given.length > MAX_INPUTS)
    faults.push({
      code: 'OUT_OF_RANGE',
      path,
      message: `expected at most ${MAX_INPUTS} inputs, got ${given.length}`,
    });
  const seen = new Set<string>();
  given.forEach((input, index) => {
    const at = [...path, index];
    if (!INPUT_NAME.test(input.name))
      faults.push({
        code: 'INVALID_VALUE',
        path: [...at, 'name'],
        message: 'expected a name of letters, digits and "_", not starting with a digit, at most 64 long',
      });
    if (seen.has(input.name))
      faults.push({ code: 'DUPLICATE', path: [...at, 'name'], message: `${input.name} is declared twice` });
    seen.add(input.name);
    faults.push(...faultsOfRole(input, at), ...faultsOfDefault(input, at));
  });
  faults.push(...faultsOfRoles(given, path));
  return parsedUnless(faults, () =>
    given.map((input) => ({
      name: input.name,
      type: input.type,
      required: input.required ?? false,
      default: (input.default ?? null) as InputDeclaration['default'],
      role: input.role ?? 'NONE',
    })),
  );
}

function faultsOfRole({ role, type }: InputDeclarationInput, path: Path): readonly Fault[] {
  const allowed: readonly InputType[] =
    role === 'USER' || role === 'SESSION'
      ? ['TEXT']
      : role === 'SEGMENT'
        ? ['TEXT', 'NUMBER', 'BOOLEAN']
        : [type];
  if (allowed.includes(type)) return [];
  return [
    {
      code: 'TYPE_MISMATCH',
      path: [...path, 'role'],
      message: `the role ${role} needs ${allowed.join(', ')}, the input is ${type}`,
    },
  ];
}

function faultsOfRoles(given: readonly InputDeclarationInput[], path: Path): readonly Fault[] {
  return (['USER', 'SESSION', 'SEGMENT'] as const).flatMap((role): Fault[] => {
    const count = given.filter((input) => input.role === role).length;
    const limit = role === 'SEGMENT' ? MAX_SEGMENT_FEATURES : 1;
    if (count <= limit) return [];
    return [
      {
        code: 'OUT_OF_RANGE',
        path,
        message: `expected at most ${limit} inputs with the role ${role}, got ${count}`,
      },
    ];
  });
}

function faultsOfDefault(input: InputDeclarationInput, path: Path): readonly Fault[] {
  if (input.default === undefined || input.default === null) return [];
  const at = [...path, 'default'];
  if (input.type === 'VECTOR' || input.type === 'DOCUMENT')
    return [{ code: 'TYPE_MISMATCH', path: at, message: `a ${input.type} input cannot have a default` }];
  return faultsOfValue(input, input.default, at);
}

/** Binds given values to declared inputs, defaults filled in; all faults at once. */
export function bindInputs(
  declarations: readonly InputDeclaration[],
  given: readonly GivenInput[],
  path: Path,
): Parsed<InputValues> {
  const faults: Fault[] = [];
  const values = new Map<string, InputValue>();
  const seen = new Set<string>();
  given.forEach(({ name, value }, index) => {
    const declared = declarations.find((input) => input.name === name);
    if (declared === undefined)
      faults.push({
        code: 'UNKNOWN_INPUT',
        path: [...path, index, 'name'],
        message: `the retriever declares ${declarations.map((input) => input.name).join(', ') || 'no inputs'}, got ${JSON.stringify(name.slice(0, 80))}`,
      });
    else if (seen.has(name))
      faults.push({ code: 'DUPLICATE', path: [...path, index, 'name'], message: `${name} is given twice` });
    else if (isVectorFault(value)) faults.push({ ...value, path: [...path, index] });
    else {
      faults.push(...faultsOfValue(declared, value, [...path, index]));
      values.set(name, value);
    }
    seen.add(name);
  });
  for (const { name, required, default: fallback, type } of declarations) {
    if (seen.has(name)) continue;
    if (fallback !== null) values.set(name, fallback);
    else if (required)
      faults.push({
        code: 'REQUIRED',
        path: [...path, name],
        message: `the input ${name} (${type}) must be given`,
      });
  }
  return parsedUnless(faults, () => values);
}

function faultsOfValue(
  input: { readonly name: string; readonly type: InputType },
  value: unknown,
  path: Path,
): readonly Fault[] {
  switch (input.type) {
    case 'TEXT':
      return typeof value === 'string' ? faultsOfText(value, path) : [mismatch(input, value, path)];
    case 'NUMBER':
      return typeof value === 'number' ? faultsOfNumber(value, path) : [mismatch(input, value, path)];
    case 'BOOLEAN':
      return typeof value === 'boolean' ? [] : [mismatch(input, value, path)];
    case 'VECTOR':
      return value instanceof Float32Array ? [] : [mismatch(input, value, path)];
    case 'DOCUMENT':
      return isNamedDocument(value) ? faultsOfDocument(value.id, path) : [mismatch(input, value, path)];
    case 'TEXTS':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? [...faultsOfLength(value, path), ...value.flatMap((item) => faultsOfText(item, path)).slice(0, 5)]
        : [mismatch(input, value, path)];
    case 'NUMBERS':
      return Array.isArray(value) && value.every((item) => typeof item === 'number')
        ? [...faultsOfLength(value, path), ...value.flatMap((item) => faultsOfNumber(item, path)).slice(0, 5)]
        : [mismatch(input, value, path)];
  }
}

function mismatch(
  input: { readonly name: string; readonly type: InputType },
  value: unknown,
  path: Path,
): Fault {
  return {
    code: 'TYPE_MISMATCH',
    path,
    message: `${input.name} is declared ${input.type}, got ${kindOf(value)}`,
  };
}

function kindOf(value: unknown): string {
  if (value instanceof Float32Array) return 'a vector';
  if (Array.isArray(value)) return 'a list';
  return isNamedDocument(value) ? 'a document' : typeof value;
}

function faultsOfDocument(id: string, path: Path): readonly Fault[] {
  const fault = faultOfId(id);
  return fault === null ? [] : [{ code: 'INVALID_ID', path: [...path, 'document', 'id'], message: fault }];
}

function faultsOfText(text: string, path: Path): readonly Fault[] {
  if (text.includes('\0') || !text.isWellFormed())
    return [{ code: 'INVALID_VALUE', path, message: 'expected well-formed Unicode without NUL' }];
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes <= MAX_TEXT_BYTES) return [];
  return [{ code: 'OUT_OF_RANGE', path, message: `expected at most 64 KB of text, got ${bytes} bytes` }];
}

function faultsOfNumber(number: number, path: Path): readonly Fault[] {
  return Number.isFinite(number)
    ? []
    : [{ code: 'NON_FINITE', path, message: `expected a finite number, got ${number}` }];
}

function faultsOfLength(list: readonly unknown[], path: Path): readonly Fault[] {
  if (list.length <= MAX_LIST) return [];
  return [
    {
      code: 'OUT_OF_RANGE',
      path,
      message: `expected at most ${MAX_LIST} values, got ${list.length}`,
    },
  ];
}
