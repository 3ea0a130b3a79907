import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addFeature, addRetriever, MUTATIONS } from '../support/library.ts';
import { openApi, type Api } from '../support/api.ts';
import { runShelf, vectorInput } from '../support/shelf.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { FilterInput } from '../../src/engine/retriever/parse-filter.ts';

type Scalar = string | number | boolean;
type Operator = Exclude<keyof FilterInput, 'and' | 'or' | 'not' | 'field'>;
type Type = 'KEYWORD' | 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'DATE';

const FIELDS: readonly { readonly name: string; readonly type: Type; readonly many: boolean }[] = [
  { name: 'tags', type: 'KEYWORD', many: true },
  { name: 'shelf', type: 'KEYWORD', many: false },
  { name: 'notes', type: 'TEXT', many: true },
  { name: 'sizes', type: 'NUMBER', many: true },
  { name: 'open', type: 'BOOLEAN', many: false },
  { name: 'day', type: 'DATE', many: false },
];
const VALUES: Readonly<Record<Type, readonly Scalar[]>> = {
  KEYWORD: ['sea', 'Sea', 'é 😀', 'a b'],
  TEXT: ['The quiet sea', 'a drum, at NIGHT', 'quiet drum 7'],
  NUMBER: [-1, 0, 2.5, 7],
  BOOLEAN: [true, false],
  DATE: ['2024-05-01', '2024-05-01T12:00:00+02:00', '2025-01-31T00:00:00.5Z'],
};
const OPERATORS: Readonly<Record<Type, readonly Operator[]>> = {
  KEYWORD: ['eq', 'ne', 'in', 'nin', 'contains', 'exists'],
  TEXT: ['contains', 'exists'],
  NUMBER: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'exists'],
  BOOLEAN: ['eq', 'ne', 'in', 'nin', 'exists'],
  DATE: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'exists'],
};

const random = seededRandom('filter execution');
const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)]!;
const DOCUMENTS = Array.from({ length: 60 }, (_, index) => ({
  id: `d${index}`,
  fields: Object.fromEntries(
    FIELDS.filter(() => random.next() < 0.7).map(({ name, type, many }) => [
      name,
      many ? [pick(VALUES[type]), pick(VALUES[type])] : pick(VALUES[type]),
    ]),
  ) as Readonly<Record<string, Scalar | readonly Scalar[]>>,
}));

/** An operand: its value, and whether it comes as a constant, by an input, or by an input that is not given. */
interface Operand {
  readonly value: Scalar;
  readonly by: 'constant' | 'input' | 'absent';
}
type Tree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Tree[] }
  | { readonly kind: 'not'; readonly part: Tree }
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly type: Type;
      readonly conditions: readonly { readonly operator: Operator; readonly operands: readonly Operand[] }[];
    };

const operandOf = (type: Type): fc.Arbitrary<Operand> =>
  fc.record({
    value:
      type === 'TEXT'
        ? fc.constantFrom('sea', 'QUIET drum', 'night at', 'zebra')
        : fc.constantFrom(...VALUES[type]),
    by: fc.constantFrom('constant', 'constant', 'input', 'absent'),
  });
const leaf: fc.Arbitrary<Tree> = fc.constantFrom(...FIELDS).chain(({ name, type }) =>
  fc
    .uniqueArray(
      fc.constantFrom(...OPERATORS[type]).chain((operator) =>
        fc.record({
          operator: fc.constant(operator),
          operands:
            operator === 'exists'
              ? fc.boolean().map((value): readonly Operand[] => [{ value, by: 'constant' }])
              : fc.array(operandOf(type), {
                  minLength: operator === 'in' || operator === 'nin' ? 0 : 1,
                  maxLength: operator === 'in' || operator === 'nin' ? 3 : 1,
                }),
        }),
      ),
      { minLength: 1, maxLength: 2, selector: ({ operator }) => operator },
    )
    .map((conditions) => ({ kind: 'field', name, type, conditions })),
);
const { tree } = fc.letrec<{ readonly tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('tree'), { maxLength: 3 }),
    }),
  ),
}));

type Input = {
  readonly name: string;
  readonly type: 'TEXT' | 'NUMBER' | 'BOOLEAN';
  readonly value: Scalar | null;
};

/** The filter as a client writes it; operands that come by inputs are added to `inputs`. */
function written(node: Tree, inputs: Input[]): FilterInput {
  if (node.kind === 'not') return { not: written(node.part, inputs) };
  if (node.kind !== 'field') return { [node.kind]: node.parts.map((part) => written(part, inputs)) };
  const one = ({ value, by }: Operand): Scalar => {
    if (by === 'constant') return value;
    const type = node.type === 'NUMBER' || node.type === 'BOOLEAN' ? node.type : 'TEXT';
    const name = `i${inputs.length}`;
    inputs.push({ name, type, value: by === 'absent' ? null : value });
    return `{{INPUT.${name}}}`;
  };
  const conditions = node.conditions.map(({ operator, operands }) => [
    operator,
    operator === 'in' || operator === 'nin' ? operands.map(one) : one(operands[0]!),
  ]);
  return { field: node.name, ...Object.fromEntries(conditions) } as FilterInput;
}

/** Whether a document passes, by the words of the specification; null: nothing is asked of it. */
function passes(node: Tree, fields: (typeof DOCUMENTS)[number]['fields']): boolean | null {
  switch (node.kind) {
    case 'not': {
      const inner = passes(node.part, fields);
      return inner === null ? null : !inner;
    }
    case 'and':
    case 'or': {
      const asked = node.parts.map((part) => passes(part, fields)).filter((part) => part !== null);
      if (asked.length === 0 && node.parts.length > 0) return null;
      return node.kind === 'and' ? asked.every(Boolean) : asked.some(Boolean);
    }
    case 'field': {
      const asked = node.conditions
        .map(({ operator, operands }) => holds(node.type, { operator, operands }, fields[node.name]))
        .filter((condition) => condition !== null);
      return asked.length === 0 ? null : asked.every(Boolean);
    }
  }
}

function holds(
  type: Type,
  condition: { readonly operator: Operator; readonly operands: readonly Operand[] },
  stored: Scalar | readonly Scalar[] | undefined,
): boolean | null {
  const comparable = (value: Scalar): Scalar => (type === 'DATE' ? Date.parse(String(value)) : value);
  const values = (stored === undefined ? [] : typeof stored === 'object' ? stored : [stored]).map(comparable);
  const given = condition.operands.filter(({ by }) => by !== 'absent').map(({ value }) => comparable(value));
  if (given.length === 0 && condition.operands.length > 0) return null;
  const [operand] = given;
  const words = (text: Scalar | undefined): readonly string[] =>
    String(text)
      .toLowerCase()
      .split(/[^a-z0-9]+/);
  switch (condition.operator) {
    case 'eq':
      return values.some((value) => value === operand);
    case 'ne':
      return !values.some((value) => value === operand);
    case 'gt':
      return values.some((value) => value > operand!);
    case 'gte':
      return values.some((value) => value >= operand!);
    case 'lt':
      return values.some((value) => value < operand!);
    case 'lte':
      return values.some((value) => value <= operand!);
    case 'in':
      return values.some((value) => given.includes(value));
    case 'nin':
      return !values.some((value) => given.includes(value));
    case 'contains':
      return values.some((value) =>
        type === 'KEYWORD' ? value === operand : words(operand).every((word) => words(value).includes(word)),
      );
    case 'exists':
      return values.length > 0 === condition.operands[0]!.value;
  }
}

let api: Api;
const FEATURE = 'embed://hand@1/left';
beforeAll(async () => {
  api = await openApi();
  await api.ask(MUTATIONS.collection, { input: { name: 'things', fields: FIELDS } });
  await addFeature(api, { collection: 'things', uri: FEATURE, field: 'left', dims: 1 });
  const documents = DOCUMENTS.map(({ id, fields }) => ({
    id,
    fields,
    vectors: [{ feature: FEATURE, vector: [1] }],
  }));
  await api.ask(MUTATIONS.documents, { input: { collection: 'things', documents } });
});
afterAll(() => api.close());

describe('a filter with templates', () => {
  test('from the definition to the hits lets pass what its words say, for every operator and type', async () => {
    let number = 0;
    const told = { all: 0, none: 0, some: 0 };
    await fc.assert(
      fc.asyncProperty(tree, async (node) => {
        const inputs: Input[] = [];
        const filter = written(node, inputs);
        fc.pre(inputs.length < 50);
        const retriever = `filtered-${(number += 1)}`;
        await addRetriever(api, retriever, {
          collections: ['things'],
          inputs: [{ name: 'left', type: 'VECTOR' }, ...inputs.map(({ name, type }) => ({ name, type }))],
          searches: [{ feature: FEATURE, input: '{{INPUT.left}}', filter }],
          fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
          finalTopK: 500,
        });
        const given = inputs.flatMap(({ name, value }) => (value === null ? [] : { name, value }));
        const { candidates } = await runShelf(api, retriever, [vectorInput('left', [1]), ...given]);
        const wanted = DOCUMENTS.filter(({ fields }) => passes(node, fields) ?? true).map(({ id }) => id);
        expect([...candidates.ids].sort()).toEqual(wanted.sort());
        told[wanted.length === 0 ? 'none' : wanted.length === DOCUMENTS.length ? 'all' : 'some'] += 1;
      }),
      { seed: 101, numRuns: 200 },
    );
    // The law would be idle if filters let pass all or nothing.
    expect(told.some).toBeGreaterThan(80);
  });
});
