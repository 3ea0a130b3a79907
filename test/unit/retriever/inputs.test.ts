import { describe, expect, test } from '@jest/globals';
import { bindInputs, parseInputs, type GivenInput } from '../../../src/engine/retriever/inputs.ts';
import { faultsOf, valueOf } from '../../support/fixtures.ts';
import { INPUT_TYPES, type InputType } from '../../../src/engine/retriever/retriever.ts';

const parse = (...inputs: Parameters<typeof parseInputs>[0]): ReturnType<typeof parseInputs> =>
  parseInputs(inputs, ['inputs']);
const VALUES: Readonly<Record<InputType, GivenInput['value']>> = {
  TEXT: 'owls',
  NUMBER: 0.5,
  BOOLEAN: false,
  VECTOR: Float32Array.of(1),
  DOCUMENT: { collection: 'films', id: 'a' },
  TEXTS: ['a', 'b'],
  NUMBERS: [1, 2],
};

describe('input schemas', () => {
  test('what is not said is not required, without default and without role', () => {
    expect(valueOf(parse({ name: 'query', type: 'TEXT' }))).toEqual([
      { name: 'query', type: 'TEXT', required: false, default: null, role: 'NONE' },
    ]);
  });

  test('every fault is reported at once with its path', () => {
    const declared = parse(
      { name: '1st', type: 'TEXT' },
      { name: 'a', type: 'NUMBER', default: 'one' },
      { name: 'a', type: 'VECTOR', default: [1] },
      { name: 'u', type: 'NUMBER', role: 'USER' },
      { name: 's', type: 'TEXTS', role: 'SEGMENT' },
      { name: 'n', type: 'NUMBERS', default: [1, Infinity] },
    );
    expect(faultsOf(declared)).toEqual([
      'INVALID_VALUE inputs.0.name',
      'TYPE_MISMATCH inputs.1.default',
      'DUPLICATE inputs.2.name',
      'TYPE_MISMATCH inputs.2.default',
      'TYPE_MISMATCH inputs.3.role',
      'TYPE_MISMATCH inputs.4.role',
      'NON_FINITE inputs.5.default',
    ]);
  });

  test('one user, one session and five segment features are taken, more refused', () => {
    const roles = (role: 'USER' | 'SESSION' | 'SEGMENT', count: number): readonly string[] =>
      faultsOf(
        parse(
          ...Array.from({ length: count }, (_, i) => ({ name: `${role}${i}`, type: 'TEXT' as const, role })),
        ),
      );
    expect([...roles('USER', 1), ...roles('SESSION', 1), ...roles('SEGMENT', 5)]).toEqual([]);
    for (const faults of [roles('USER', 2), roles('SESSION', 2), roles('SEGMENT', 6)])
      expect(faults).toEqual(['OUT_OF_RANGE inputs']);
  });

  test('50 inputs are taken, 51 refused', () => {
    const many = (count: number): ReturnType<typeof parseInputs> =>
      parse(...Array.from({ length: count }, (_, i) => ({ name: `i${i}`, type: 'TEXT' as const })));
    expect(faultsOf(many(50))).toEqual([]);
    expect(faultsOf(many(51))).toEqual(['OUT_OF_RANGE inputs']);
  });
});

describe('binding inputs', () => {
  const declared = valueOf(
    parse(
      { name: 'query', type: 'TEXT', required: true },
      { name: 'limit', type: 'NUMBER', default: 10 },
      { name: 'strict', type: 'BOOLEAN', default: false },
    ),
  );
  const bind = (...given: readonly GivenInput[]): ReturnType<typeof bindInputs> =>
    bindInputs(declared, given, ['inputs']);

  test('defaults are filled in, also false', () => {
    expect(Object.fromEntries(valueOf(bind({ name: 'query', value: 'owls' })))).toEqual({
      query: 'owls',
      limit: 10,
      strict: false,
    });
  });

  test('every fault is reported at once with its path', () => {
    expect(
      faultsOf(
        bind({ name: 'limit', value: NaN }, { name: 'colour', value: 'red' }, { name: 'limit', value: 1 }),
      ),
    ).toEqual([
      'NON_FINITE inputs.0',
      'UNKNOWN_INPUT inputs.1.name',
      'DUPLICATE inputs.2.name',
      'REQUIRED inputs.query',
    ]);
  });

  test.each(INPUT_TYPES)('%s takes its own values and no others', (type) => {
    const one = valueOf(parse({ name: 'x', type }));
    for (const other of INPUT_TYPES) {
      const faults = faultsOf(bindInputs(one, [{ name: 'x', value: VALUES[other] }], ['inputs']));
      expect(faults).toEqual(other === type ? [] : ['TYPE_MISMATCH inputs.0']);
    }
  });

  test('64 KB of text are taken, a byte more refused, also in a list; so are NUL and half a surrogate pair', () => {
    const text = (value: string): readonly string[] => faultsOf(bind({ name: 'query', value }));
    expect(text('é'.repeat(32_768))).toEqual([]);
    expect(text('é'.repeat(32_768) + 'a')).toEqual(['OUT_OF_RANGE inputs.0']);
    expect(text('a\0b')).toEqual(['INVALID_VALUE inputs.0']);
    expect(text('\udc00')).toEqual(['INVALID_VALUE inputs.0']);
    const texts = valueOf(parse({ name: 'x', type: 'TEXTS' }));
    const list = (value: readonly string[]): readonly string[] =>
      faultsOf(bindInputs(texts, [{ name: 'x', value }], ['inputs']));
    expect(list(new Array<string>(1_000).fill('a'))).toEqual([]);
    expect(list(new Array<string>(1_001).fill('a'))).toEqual(['OUT_OF_RANGE inputs.0']);
    expect(list(['a', '\0'])).toEqual(['INVALID_VALUE inputs.0']);
  });
});
