import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { compileCost } from '../../../src/request/cost.ts';

const schema = buildSchema(`
  type Query { name: String, self: Query, things(first: Int = 20): Things, plain: [Thing], page(input: PageInput): [Thing], any: [Any] }
  input PageInput { limit: Int = 7, names: [String!] }
  type Things { edges: [Edge], nodes: [Thing], total: Int }
  type Edge { cursor: String, node: Thing }
  type Thing { name: String, parts: [Part], things(first: Int): Things }
  type Part { name: String }
  union Any = Thing | Part
  type Mutation { add(input: AddInput!): [Thing] }
  input AddInput { names: [String!]!, more: [String!] }
`);

function cost(
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
  operation: string | null = null,
): number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return compileCost(schema, document)(operation)(variables);
}

describe('the cost of an operation', () => {
  test.each([
    ['a field is 1', '{ name }', 1],
    ['fields add up, objects count too', '{ name self { name } }', 3],
    ['a list that nothing sizes is taken for 10', '{ plain { name } }', 1 + 10],
    // things 1, edges 1 + 3 × (cursor 1 + node 1 + name 1), total 1
    [
      'a connection sizes its edges, not its total',
      '{ things(first: 3) { edges { cursor node { name } } total } }',
      1 + 1 + 3 * 3 + 1,
    ],
    // things 1, nodes 1 + 20 × name 1
    ['a size that is not given is its default', '{ things { nodes { name } } }', 1 + 1 + 20],
    ['a default inside an input object counts', '{ page { name } }', 1 + 7],
    ['a size inside an input object counts', '{ page(input: { limit: 2 }) { name } }', 1 + 2],
    // nodes: 5 × (things 1 + nodes 1 + 4 × 1); outer things and nodes 2
    [
      'lists multiply',
      '{ things(first: 5) { nodes { things(first: 4) { nodes { name } } } } }',
      2 + 5 * (2 + 4),
    ],
    [
      'both edges and nodes are paid for',
      '{ things(first: 3) { edges { cursor } nodes { name } } }',
      1 + 1 + 3 + 1 + 3,
    ],
    ['a negative size is none', '{ things(first: -5) { nodes { name } } }', 1 + 1],
    [
      'a fragment is paid for at each use',
      '{ ...F self { ...F } } fragment F on Query { name self { name } }',
      3 + 1 + 3,
    ],
    [
      'all types of a union are paid for',
      '{ any { ... on Thing { name } ... on Part { name } } }',
      1 + 10 * 2,
    ],
    [
      'a mutation is paid by the longest list it is given',
      'mutation { add(input: { names: ["a", "b", "c"], more: [] }) { name } }',
      1 + 3,
    ],
    ['the schema has one price', '{ __schema { types { name fields { name } } } __typename }', 1_001],
  ])('%s', (_name, text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  test('variables are read when the operation comes, inside lists and objects too', () => {
    const text =
      'query ($n: Int = 2, $input: PageInput) { things(first: $n) { nodes { name } } page(input: $input) { name } }';
    expect(cost(text)).toBe(1 + 1 + 2 + 1 + 7);
    expect(cost(text, { n: 30 })).toBe(1 + 1 + 30 + 1 + 7);
    expect(cost(text, { n: 30, input: { limit: 4 } })).toBe(1 + 1 + 30 + 1 + 4);
    expect(
      cost('mutation ($names: [String!]!) { add(input: { names: $names }) { name } }', { names: ['a', 'b'] }),
    ).toBe(3);
  });

  test('of several operations the named one is meant', () => {
    const text = 'query A { name } query B { name self { name } }';
    expect([cost(text, {}, 'A'), cost(text, {}, 'B')]).toEqual([1, 3]);
  });

  test('a size that is no number does not lower the cost', () => {
    const text = 'query ($n: Int) { things(first: $n) { nodes { name } } }';
    for (const n of ['5', null, {}, [], NaN]) expect(cost(text, { n })).toBeGreaterThanOrEqual(12);
  });
});
