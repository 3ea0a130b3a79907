import { refuseIfAny, type Fault } from '../engine/errors.ts';
import { isNamedDocument } from '../engine/retriever/retriever.ts';
import type { GivenInput } from '../engine/retriever/inputs.ts';
import type { GivenInput as GivenInputType } from '../schema/given-input.ts';

const MEMBERS = ['text', 'number', 'boolean', 'vector', 'document', 'texts', 'numbers'] as const;

/** Reads the inputs of an execution: exactly one value each; all faults at once. */
export function readInputs(given: readonly GivenInputType[]): readonly GivenInput[] {
  const faults: Fault[] = [];
  const inputs = given.flatMap((input, index): readonly GivenInput[] => {
    const [member, ...more] = MEMBERS.filter((name) => input[name] != null);
    const value = member === undefined ? null : input[member];
    if (value != null && more.length === 0)
      return [{ name: input.name, value: isNamedDocument(value) ? { ...value } : value }];
    faults.push({
      code: 'INVALID_VALUE',
      path: ['inputs', index],
      message: `expected exactly one of ${MEMBERS.join(', ')}, got ${member === undefined ? 'none' : [member, ...more].join(' and ')}`,
    });
    return [];
  });
  refuseIfAny(faults);
  return inputs;
}
