import type { FieldType } from '../collection/collection.ts';
import type { FilterOperator, InputDeclaration, InputType } from './retriever.ts';
import type { Template } from './template.ts';

const TAKES: Readonly<Record<FieldType, { readonly one: InputType; readonly many: InputType | null }>> = {
  KEYWORD: { one: 'TEXT', many: 'TEXTS' },
  TEXT: { one: 'TEXT', many: null },
  NUMBER: { one: 'NUMBER', many: 'NUMBERS' },
  BOOLEAN: { one: 'BOOLEAN', many: null },
  DATE: { one: 'TEXT', many: 'TEXTS' },
};

/**
 * What is wrong with a template as the operand of a condition; null where nothing is. One reference alone brings its
 * input's type; a text with references is a text. Lists only fit `in` and `nin`.
 */
export function faultOfTemplateOperand(
  template: Template,
  condition: { readonly type: FieldType; readonly operator: FilterOperator },
  inputs: readonly Pick<InputDeclaration, 'name' | 'type'>[],
): string | null {
  const { one, many } = TAKES[condition.type];
  const wantsMany = condition.operator === 'in' || condition.operator === 'nin';
  const name = template.kind === 'reference' ? template.name : null;
  const type = name === null ? 'TEXT' : inputs.find((input) => input.name === name)?.type;
  if (type === undefined || type === one || (wantsMany && type === many)) return null;
  const expected = wantsMany && many !== null ? `${one} or ${many}` : one;
  return `takes ${expected} input here, got ${name === null ? 'a text' : `${name}, which is ${type}`}`;
}
