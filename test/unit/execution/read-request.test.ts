import { describe, expect, test } from '@jest/globals';
import { faultText, planOf, SPEC, TITLE } from '../../support/fixtures.ts';
import {
  checkCommand,
  fingerprintOf,
  readRequest,
  recordInputs,
  type ExecuteCommand,
} from '../../../src/engine/execution/read-request.ts';
import { ReweighError } from '../../../src/engine/errors.ts';
import type { GivenInput } from '../../../src/engine/retriever/inputs.ts';

const plan = planOf({
  ...SPEC,
  inputs: [
    { name: 'query', type: 'TEXT', required: true },
    { name: 'user', type: 'TEXT', role: 'USER' },
    { name: 'session', type: 'TEXT', role: 'SESSION', default: 'nobody' },
    { name: 'audience', type: 'TEXT', role: 'SEGMENT' },
    { name: 'age', type: 'NUMBER', role: 'SEGMENT' },
    { name: 'category', type: 'TEXT' },
    { name: 'vector', type: 'VECTOR' },
  ],
  searches: [
    { feature: TITLE.uri, input: '{{INPUT.query}}', filter: { field: 'category', eq: '{{INPUT.category}}' } },
  ],
  filter: { field: 'people', eq: '{{INPUT.user}}' },
});
const command = (over: Partial<ExecuteCommand> = {}): ExecuteCommand => ({
  namespace: 'default',
  retriever: 'search',
  version: null,
  inputs: [{ name: 'query', value: 'owls' }],
  user: null,
  session: null,
  first: 10,
  executionKey: null,
  learn: true,
  ...over,
});
const given = (...pairs: readonly (readonly [string, GivenInput['value']])[]): readonly GivenInput[] =>
  [['query', 'owls'] as const, ...pairs].map(([name, value]) => ({ name, value }));

function refused(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ReweighError) return error.faults.map(faultText);
    throw error;
  }
  return [];
}

describe('commands', () => {
  test('sizes and ids are checked before the retriever is looked at, all faults at once', () => {
    const bad = command({ first: 101, user: '', session: 'a\0', executionKey: 'x'.repeat(513) });
    expect(refused(() => checkCommand(bad))).toEqual([
      'OUT_OF_RANGE first',
      'INVALID_ID user',
      'INVALID_ID session',
      'INVALID_ID executionKey',
    ]);
    expect(refused(() => checkCommand(command({ first: 1, user: '😀'.repeat(128) })))).toEqual([]);
  });

  test.each([0, 101, 1.5, NaN])('first %d is refused', (first) => {
    expect(refused(() => checkCommand(command({ first })))).toEqual(['OUT_OF_RANGE first']);
  });

  test('an execution that leaves no trace cannot have a key', () => {
    expect(refused(() => checkCommand(command({ learn: false, executionKey: 'k' })))).toEqual([
      'INVALID_VALUE executionKey',
    ]);
  });
});

describe('requests', () => {
  test('user and session come from the command or from the input with that role', () => {
    expect(readRequest(plan, command({ user: 'ann', session: 's1' }))).toMatchObject({
      user: 'ann',
      session: 's1',
    });
    expect(readRequest(plan, command({ inputs: given(['user', 'ann']) }))).toMatchObject({ user: 'ann' });
  });

  test('a user named by the command is also the value of the input, so that filters see it', () => {
    const request = readRequest(plan, command({ user: 'ann' }));
    expect(request.values.get('user')).toBe('ann');
    expect(request.filters).toEqual([[{ kind: 'eq', field: 'people', value: 'ann' }]]);
  });

  test('a default yields to the command, and stands without it', () => {
    expect(readRequest(plan, command({ session: 's1' })).session).toBe('s1');
    expect(readRequest(plan, command()).session).toBe('nobody');
  });

  test('two different users are refused; the same named twice is not', () => {
    const both =
      (user: string): (() => unknown) =>
      () =>
        readRequest(plan, command({ user, inputs: given(['user', 'ann']) }));
    expect(refused(both('bo'))).toEqual(['INVALID_VALUE user']);
    expect(refused(both('ann'))).toEqual([]);
  });

  test('a user that is no id is refused with the path of the input', () => {
    expect(refused(() => readRequest(plan, command({ inputs: given(['user', '']) })))).toEqual([
      'INVALID_ID inputs.user',
    ]);
  });

  test('the segment is the tuple of all segment features in declared order, null where one is missing', () => {
    const segment = (...pairs: readonly (readonly [string, GivenInput['value']])[]): unknown =>
      readRequest(plan, command({ inputs: given(...pairs) })).segment;
    expect(segment(['age', 30], ['audience', 'kids'])).toEqual(['kids', '30']);
    expect(segment(['age', 30])).toBeNull();
    expect(readRequest(planOf(SPEC), command()).segment).toBeNull();
  });

  test("the retriever's filter and the search's own must both hold; without values neither constrains", () => {
    expect(readRequest(plan, command()).filters).toEqual([[null]]);
    expect(
      readRequest(plan, command({ inputs: given(['category', 'sea'], ['user', 'ann']) })).filters[0],
    ).toEqual([
      {
        kind: 'and',
        filters: [
          { kind: 'eq', field: 'people', value: 'ann' },
          { kind: 'eq', field: 'category', value: 'sea' },
        ],
      },
    ]);
  });

  test('faults of inputs are reported at once with their paths', () => {
    const inputs: readonly GivenInput[] = [
      { name: 'age', value: 'old' },
      { name: 'nothing', value: 1 },
    ];
    expect(refused(() => readRequest(plan, command({ inputs })))).toEqual([
      'TYPE_MISMATCH inputs.0',
      'UNKNOWN_INPUT inputs.1.name',
      'REQUIRED inputs.query',
    ]);
  });
});

describe('what is recorded and compared', () => {
  test('a vector is recorded by length and digest only, an absent input not at all', () => {
    const { values } = readRequest(plan, command({ inputs: given(['vector', Float32Array.of(1, 0)]) }));
    // SHA-256 of 00 00 80 3f 00 00 00 00.
    expect(recordInputs(plan.version.spec.inputs, values)).toEqual([
      { name: 'query', type: 'TEXT', value: 'owls' },
      { name: 'session', type: 'TEXT', value: 'nobody' },
      {
        name: 'vector',
        type: 'VECTOR',
        dims: 2,
        sha256: '434b26042aff3fb844a4c4c6be0d81a079b0ce84cfb8190679024404e5dc4822',
      },
    ]);
  });

  test('the fingerprint of a request ignores the order of its inputs and sees every other difference', () => {
    const inputs = given(['audience', 'kids'], ['vector', Float32Array.of(1)]);
    const plain = fingerprintOf(command({ inputs }));
    expect(fingerprintOf(command({ inputs: inputs.toReversed() }))).toBe(plain);
    const others: readonly Partial<ExecuteCommand>[] = [
      { inputs: given(['audience', 'kids'], ['vector', Float32Array.of(2)]) },
      { inputs: given(['audience', 'adults'], ['vector', Float32Array.of(1)]) },
      { inputs: given(['audience', 'kids']) },
      { inputs, user: 'ann' },
      { inputs, session: 'ann' },
      { inputs, first: 11 },
      { inputs, version: 2 },
      { inputs, retriever: 'other' },
    ];
    const all = [plain, ...others.map((over) => fingerprintOf(command(over)))];
    expect(new Set(all).size).toBe(all.length);
  });
});
