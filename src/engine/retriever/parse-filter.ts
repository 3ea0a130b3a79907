import { parsedUnless, type Parsed } from '../parsed.ts';
import { faultOfTemplateOperand } from './template-operand.ts';
import { parseTemplate } from './template.ts';
import {
  FILTER_OPERATORS,
  type FilterOperator,
  type FilterTemplate,
  type InputDeclaration,
} from './retriever.ts';
import type { FieldDeclaration, FieldScalar, FieldType } from '../collection/collection.ts';
import type { Fault, Path } from '../errors.ts';

type Maybe<T> = T | null | undefined;

/** A filter as it is given: exactly one of and, or, not, field; a field with one or more operators, all to hold. */
export interface FilterInput {
  readonly and?: Maybe<readonly FilterInput[]>;
  readonly or?: Maybe<readonly FilterInput[]>;
  readonly not?: Maybe<FilterInput>;
  readonly field?: Maybe<string>;
  readonly eq?: Maybe<FieldScalar>;
  readonly ne?: Maybe<FieldScalar>;
  readonly gt?: Maybe<FieldScalar>;
  readonly gte?: Maybe<FieldScalar>;
  readonly lt?: Maybe<FieldScalar>;
  readonly lte?: Maybe<FieldScalar>;
  readonly in?: Maybe<readonly FieldScalar[]>;
  readonly nin?: Maybe<readonly FieldScalar[]>;
  readonly contains?: Maybe<string>;
  readonly exists?: Maybe<boolean>;
}

export interface FilterContext {
  readonly fields: readonly FieldDeclaration[];
  readonly inputs: readonly InputDeclaration[];
}

const MAX_DEPTH = 10;
const MAX_CONDITIONS = 200;
const MAX_VALUES = 1_000;
const ALLOWED: Readonly<Record<FieldType, readonly FilterOperator[]>> = {
  KEYWORD: ['eq', 'ne', 'in', 'nin', 'contains', 'exists'],
  TEXT: ['contains', 'exists'],
  NUMBER: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'exists'],
  BOOLEAN: ['eq', 'ne', 'in', 'nin', 'exists'],
  DATE: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'exists'],
};

interface Reading {
  readonly context: FilterContext;
  readonly faults: Fault[];
  conditions: number;
  /** Levels of and, or, not around the part that is being read. */
  depth: number;
}

/** Reads a filter against the declared fields and inputs; all faults at once. */
export function parseFilter(input: FilterInput, context: FilterContext, path: Path): Parsed<FilterTemplate> {
  const reading: Reading = { context, faults: [], conditions: 0, depth: 0 };
  const filter = read(input, reading, path);
  if (reading.conditions > MAX_CONDITIONS)
    reading.faults.push({
      code: 'OUT_OF_RANGE',
      path,
      message: `expected at most ${MAX_CONDITIONS} conditions, got ${reading.conditions}`,
    });
  return parsedUnless(reading.faults, () => filter);
}

function read(input: FilterInput, reading: Reading, path: Path): FilterTemplate {
  reading.depth += 1;
  const filter = readPart(input, reading, path);
  reading.depth -= 1;
  return filter;
}

function readPart(input: FilterInput, reading: Reading, path: Path): FilterTemplate {
  const nothing: FilterTemplate = { kind: 'and', filters: [] };
  if (reading.depth > MAX_DEPTH) {
    reading.faults.push({
      code: 'OUT_OF_RANGE',
      path,
      message: `expected at most ${MAX_DEPTH} levels of and, or, not`,
    });
    return nothing;
  }
  const given = (['and', 'or', 'not', 'field'] as const).filter((name) => input[name] != null);
  if (given.length !== 1) {
    reading.faults.push({
      code: 'INVALID_VALUE',
      path,
      message: `expected exactly one of and, or, not, field, got ${given.join(' and ') || 'none'}`,
    });
    return nothing;
  }
  if (input.not != null) return { kind: 'not', filter: read(input.not, reading, [...path, 'not']) };
  for (const kind of ['and', 'or'] as const) {
    const filters = input[kind];
    if (filters != null)
      return {
        kind,
        filters: filters.map((filter, index) => read(filter, reading, [...path, kind, index])),
      };
  }
  return readField(input, reading, path);
}

function readField(input: FilterInput, reading: Reading, path: Path): FilterTemplate {
  const name = input.field ?? '';
  const field = reading.context.fields.find((declared) => declared.name === name);
  const operators = FILTER_OPERATORS.filter((operator) => input[operator] != null);
  reading.conditions += operators.length;
  if (field === undefined)
    reading.faults.push({
      code: 'UNKNOWN_FIELD',
      path: [...path, 'field'],
      message: `the collection declares no field ${JSON.stringify(name.slice(0, 80))}`,
    });
  if (operators.length === 0)
    reading.faults.push({
      code: 'REQUIRED',
      path,
      message: `expected one of ${FILTER_OPERATORS.join(', ')} beside field`,
    });
  const filters = operators.map((operator): FilterTemplate => {
    const operand = input[operator]!;
    if (field !== undefined)
      reading.faults.push(...faultsOfOperand(field, operator, { operand, context: reading.context, path }));
    return { kind: 'condition', field: name, operator, operand };
  });
  return filters.length === 1 ? filters[0]! : { kind: 'and', filters };
}

interface OperandAt {
  readonly operand: FieldScalar | readonly FieldScalar[];
  readonly context: FilterContext;
  readonly path: Path;
}

function faultsOfOperand(field: FieldDeclaration, operator: FilterOperator, at: OperandAt): readonly Fault[] {
  const path = [...at.path, operator];
  if (!ALLOWED[field.type].includes(operator))
    return [
      {
        code: 'TYPE_MISMATCH',
        path,
        message: `${field.name} is ${field.type}, which takes ${ALLOWED[field.type].join(', ')}`,
      },
    ];
  if (operator === 'exists') return [];
  const operands = typeof at.operand === 'object' ? at.operand : [at.operand];
  if (operands.length > MAX_VALUES)
    return [
      {
        code: 'OUT_OF_RANGE',
        path,
        message: `expected at most ${MAX_VALUES} values, got ${operands.length}`,
      },
    ];
  return operands.flatMap((operand, index) =>
    faultsOfScalar(operand, {
      ...at,
      field,
      operator,
      path: typeof at.operand === 'object' ? [...path, index] : path,
    }),
  );
}

interface ConditionAt extends Omit<OperandAt, 'operand'> {
  readonly field: FieldDeclaration;
  readonly operator: FilterOperator;
}

function faultsOfScalar(
  operand: FieldScalar,
  { field, operator, context, path }: ConditionAt,
): readonly Fault[] {
  const template =
    typeof operand === 'string' && operand.includes('{{')
      ? parseTemplate(operand, context.inputs, path)
      : null;
  if (template?.ok === false) return template.faults;
  const fault =
    template === null
      ? faultOfOperand(field.type, operand)
      : faultOfTemplateOperand(template.value, { type: field.type, operator }, context.inputs);
  return fault === null ? [] : [{ code: 'TYPE_MISMATCH', path, message: `${field.name} ${fault}` }];
}

/** What is wrong with a constant operand for a field of this type; null where nothing is. */
export function faultOfOperand(type: FieldType, operand: unknown): string | null {
  switch (type) {
    case 'KEYWORD':
    case 'TEXT':
      if (typeof operand !== 'string') return `needs a text, got ${typeof operand}`;
      return operand.includes('\0') || !operand.isWellFormed()
        ? 'needs a text of well-formed Unicode without NUL'
        : null;
    case 'NUMBER':
      return typeof operand === 'number' && Number.isFinite(operand)
        ? null
        : `needs a finite number, got ${typeof operand === 'number' ? operand : typeof operand}`;
    case 'BOOLEAN':
      return typeof operand === 'boolean' ? null : `needs true or false, got ${typeof operand}`;
    case 'DATE':
      return typeof operand === 'string' && parseDate(operand) !== null
        ? null
        : 'needs a date in ISO 8601, such as 2024-05-01 or 2024-05-01T12:00:00Z';
  }
}

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds since 1970 of an ISO 8601 date (midnight UTC) or date and time with zone; null for anything else. */
export function parseDate(text: string): number | null {
  if (!DATE.test(text)) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay ? time : null;
}
