import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bindFilter } from '../../src/engine/retriever/bind-filter.ts';
import { FIELDS, valueOf } from '../support/fixtures.ts';
import { parseFilter, type FilterInput } from '../../src/engine/retriever/parse-filter.ts';
import { parseInputs } from '../../src/engine/retriever/inputs.ts';
import type { InputType } from '../../src/engine/retriever/retriever.ts';

const options = { seed: 20261128, numRuns: 500 };
interface Leaf {
  readonly field: string;
  readonly operator: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
  readonly value: string | number | boolean;
  readonly type: InputType;
}

const text = fc.constantFrom('sea', 'a b', 'é😀', '');
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    field: fc.constantFrom('people', 'category'),
    operator: fc.constantFrom('eq', 'ne' as const),
    value: text,
    type: fc.constant('TEXT' as const),
  }),
  fc.record({
    field: fc.constant('year'),
    operator: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte' as const),
    value: fc.integer(),
    type: fc.constant('NUMBER' as const),
  }),
  fc.record({
    field: fc.constant('inStock'),
    operator: fc.constantFrom('eq', 'ne' as const),
    value: fc.boolean(),
    type: fc.constant('BOOLEAN' as const),
  }),
  fc.record({
    field: fc.constant('addedAt'),
    operator: fc.constantFrom('eq', 'gt', 'lte' as const),
    value: fc.constantFrom('2024-05-01', '2024-05-01T12:00:00+02:00'),
    type: fc.constant('TEXT' as const),
  }),
);
type Tree =
  Leaf | { readonly not: Tree } | { readonly and: readonly Tree[] } | { readonly or: readonly Tree[] };
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ not: tie('tree') }),
    fc.record({ and: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

/** The filter with its operands as they are, or with each moved into an input of its own. */
function written(node: Tree, operand: (leaf: Leaf) => string | number | boolean): FilterInput {
  if ('not' in node) return { not: written(node.not, operand) };
  if ('and' in node) return { and: node.and.map((part) => written(part, operand)) };
  if ('or' in node) return { or: node.or.map((part) => written(part, operand)) };
  return { field: node.field, [node.operator]: operand(node) };
}

describe('laws of filters', () => {
  test('a filter whose operands come from inputs binds to the filter with the same constants', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const leaves: Leaf[] = [];
        const templated = written(node, (one) => `{{INPUT.i${leaves.push(one) - 1}}}`);
        const inputs = valueOf(
          parseInputs(leaves.map(({ type }, i) => ({ name: `i${i}`, type })).slice(0, 50), []),
        );
        fc.pre(leaves.length <= 50);
        const values = new Map(leaves.map(({ value }, i) => [`i${i}`, value]));
        const context = { fields: FIELDS, inputs };
        const constant = written(node, ({ value }) => value);
        const fromInputs = bindFilter(valueOf(parseFilter(templated, context, [])), values, {
          context,
          path: [],
        });
        const fromConstants = bindFilter(valueOf(parseFilter(constant, context, [])), new Map(), {
          context,
          path: [],
        });
        expect(valueOf(fromInputs)).toEqual(valueOf(fromConstants));
        expect(JSON.stringify(valueOf(fromInputs))).not.toContain('{{');
      }),
      options,
    );
  });

  test('without any value a filter of templates only does not constrain, however it is nested', () => {
    fc.assert(
      fc.property(tree, (node) => {
        let count = 0;
        const templated = written(node, () => `{{INPUT.i${(count += 1) - 1}}}`);
        const types = typesOf(node);
        fc.pre(types.length <= 50);
        const inputs = valueOf(
          parseInputs(
            types.map((type, i) => ({ name: `i${i}`, type })),
            [],
          ),
        );
        const context = { fields: FIELDS, inputs };
        const filter = valueOf(parseFilter(templated, context, []));
        expect(valueOf(bindFilter(filter, new Map(), { context, path: [] }))).toBeNull();
      }),
      options,
    );
  });
});

function typesOf(node: Tree): readonly InputType[] {
  if ('not' in node) return typesOf(node.not);
  if ('and' in node) return node.and.flatMap(typesOf);
  if ('or' in node) return node.or.flatMap(typesOf);
  return [node.type];
}
