import { parsedUnless, type Parsed } from '../parsed.ts';
import { faultOfOperand, parseDate, type FilterContext } from './parse-filter.ts';
import { parseTemplate, renderTemplate } from './template.ts';
import type { FieldDeclaration, FieldScalar } from '../collection/collection.ts';
import type { Fault, Path } from '../errors.ts';
import type { Filter } from '../search/search-backend.ts';
import type { FilterTemplate, InputValue, InputValues } from './retriever.ts';

interface Binding {
  readonly values: InputValues;
  readonly context: FilterContext;
  readonly path: Path;
  readonly faults: Fault[];
}
type Condition = Extract<FilterTemplate, { readonly kind: 'condition' }>;

/**
 * Puts the inputs into a filter; dates become milliseconds since 1970. A condition whose template names only
 * inputs that were not given is left out: an optional filter does not constrain. Null: nothing to hold.
 */
export function bindFilter(
  template: FilterTemplate,
  values: InputValues,
  where: { readonly context: FilterContext; readonly path: Path },
): Parsed<Filter | null> {
  const binding: Binding = { values, ...where, faults: [] };
  const filter = bind(template, binding);
  return parsedUnless(binding.faults, () => (filter !== null && holdsAlways(filter) ? null : filter));
}

function holdsAlways(filter: Filter): boolean {
  return filter.kind === 'and' && filter.filters.length === 0;
}

function bind(template: FilterTemplate, binding: Binding): Filter | null {
  switch (template.kind) {
    case 'and':
    case 'or': {
      const filters = template.filters.flatMap((part) => bind(part, binding) ?? []);
      // An empty list is a constraint as it is written: and holds, or does not. One that was emptied is none.
      if (filters.length === 0 && template.filters.length > 0) return null;
      return filters.length === 1 ? filters[0]! : { kind: template.kind, filters };
    }
    case 'not': {
      const filter = bind(template.filter, binding);
      return filter === null ? null : { kind: 'not', filter };
    }
    case 'condition':
      return bindCondition(template, binding);
  }
}

function bindCondition(condition: Condition, binding: Binding): Filter | null {
  const field = binding.context.fields.find(({ name }) => name === condition.field);
  if (field === undefined) {
    binding.faults.push({
      code: 'UNKNOWN_FIELD',
      path: binding.path,
      message: `the collection no longer declares the field ${condition.field}`,
    });
    return null;
  }
  const { operator } = condition;
  if (operator === 'exists') {
    const exists: Filter = { kind: 'exists', field: field.name };
    return condition.operand === true ? exists : { kind: 'not', filter: exists };
  }
  const operands = resolve(condition, field, binding);
  if (operands === null) return null;
  if (operator === 'in' || operator === 'nin') {
    const membership: Filter = { kind: 'in', field: field.name, values: operands };
    return operator === 'in' ? membership : { kind: 'not', filter: membership };
  }
  const [value] = operands;
  if (value === undefined) return null;
  if (operator === 'contains') return { kind: 'contains', field: field.name, value: String(value) };
  if (operator === 'ne') return { kind: 'not', filter: { kind: 'eq', field: field.name, value } };
  return { kind: operator, field: field.name, value };
}

/** The operands of a condition with their inputs put in; null where none is left, or they do not fit. */
function resolve(
  condition: Condition,
  field: FieldDeclaration,
  binding: Binding,
): readonly FieldScalar[] | null {
  const given = typeof condition.operand === 'object' ? condition.operand : [condition.operand];
  const wantsMany = condition.operator === 'in' || condition.operator === 'nin';
  const rendered = given.map((operand) => render(operand, binding)).filter((value) => value !== undefined);
  if (rendered.length === 0 && given.length > 0) return null;
  const resolved = rendered.flatMap((value): readonly unknown[] =>
    Array.isArray(value) && wantsMany ? value : [value],
  );
  const operands: FieldScalar[] = [];
  for (const operand of resolved) {
    const fault = faultOfOperand(field.type, operand);
    if (fault !== null)
      binding.faults.push({ code: 'TYPE_MISMATCH', path: binding.path, message: `${field.name} ${fault}` });
    else
      operands.push(field.type === 'DATE' ? (parseDate(operand as string) ?? 0) : (operand as FieldScalar));
  }
  return operands.length === resolved.length ? operands : null;
}

function render(operand: FieldScalar, binding: Binding): InputValue | undefined {
  if (typeof operand !== 'string' || !operand.includes('{{')) return operand;
  const template = parseTemplate(operand, binding.context.inputs, binding.path);
  if (template.ok) return renderTemplate(template.value, binding.values);
  binding.faults.push(...template.faults);
  return undefined;
}
