import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Random } from '../../src/engine/random.ts';

interface Dice {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  /** Ids that exist, to be used now and then. */
  readonly ids: readonly string[];
  fieldsLeft: number;
}

const TEXTS = [
  '',
  'demo',
  'harbour',
  'default',
  'query',
  'embed://hashing@1/title',
  '{{INPUT.query}}',
  'é🙂"\\',
  ' ',
  'x'.repeat(600),
];
const NUMBERS = [-1, 0, 1, 2, 25, 100, 101, 5_000, 2_147_483_647];

const pick = <T>({ random }: Dice, from: readonly T[]): T => from[Math.floor(random.next() * from.length)]!;
const chance = ({ random }: Dice, probability: number): boolean => random.next() < probability;

/** A document that is valid for the schema, or nearly: a query or mutation with random fields and arguments. */
export function randomDocument(schema: GraphQLSchema, random: Random, ids: readonly string[]): string {
  const dice: Dice = { schema, random, ids, fieldsLeft: 5 + Math.floor(random.next() * 60) };
  const mutation = chance(dice, 0.25);
  const root = mutation ? schema.getMutationType()! : schema.getQueryType()!;
  return `${mutation ? 'mutation' : 'query'} ${selections(dice, root, 0)}`;
}

function selections(dice: Dice, type: GraphQLNamedType, depth: number): string {
  if (isUnionType(type) || (isInterfaceType(type) && chance(dice, 0.5))) {
    const object = pick(dice, dice.schema.getPossibleTypes(type as never));
    return `{ __typename ... on ${object.name} ${selections(dice, object, depth)} }`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return '{ __typename }';
  const fields = Object.values(type.getFields());
  const chosen = new Map<string, string>();
  const wanted = 1 + Math.floor(dice.random.next() * 4);
  for (let i = 0; i < wanted && dice.fieldsLeft > 0; i += 1) {
    const field = pick(dice, fields);
    const inner = getNamedType(field.type);
    if (chosen.has(field.name) || (isCompositeType(inner) && depth > 9)) continue;
    dice.fieldsLeft -= 1;
    const below = isCompositeType(inner) ? ` ${selections(dice, inner, depth + 1)}` : '';
    chosen.set(field.name, `${field.name}${argumentsOf(dice, field.args)}${below}`);
  }
  return `{ ${['__typename', ...chosen.values()].join(' ')} }`;
}

function argumentsOf(dice: Dice, args: readonly GraphQLArgument[]): string {
  const given = args.filter((arg) => isNonNullType(arg.type) || chance(dice, 0.4));
  return given.length === 0
    ? ''
    : `(${given.map((arg) => `${arg.name}: ${valueOf(dice, arg.type, 0)}`).join(', ')})`;
}

function valueOf(dice: Dice, type: GraphQLInputType, depth: number): string {
  if (!isNonNullType(type) && chance(dice, 0.1)) return 'null';
  const bare = getNullableType(type);
  if (isListType(bare)) {
    const items = Array.from({ length: Math.floor(dice.random.next() * 3) }, () =>
      valueOf(dice, bare.ofType as GraphQLInputType, depth + 1),
    );
    return `[${items.join(', ')}]`;
  }
  if (isEnumType(bare)) return pick(dice, bare.getValues()).name;
  if (isInputObjectType(bare))
    return `{ ${fieldsOf(dice, Object.values(bare.getFields()), depth).join(', ')} }`;
  return scalarOf(dice, getNamedType(bare).name);
}

function fieldsOf(dice: Dice, fields: readonly GraphQLInputField[], depth: number): readonly string[] {
  const given = fields.filter((field) => isNonNullType(field.type) || (depth < 5 && chance(dice, 0.4)));
  return given.map((field) => `${field.name}: ${valueOf(dice, field.type, depth + 1)}`);
}

function scalarOf(dice: Dice, name: string): string {
  switch (name) {
    case 'Int':
      return String(pick(dice, NUMBERS));
    case 'Float':
      return String(pick(dice, [...NUMBERS, 0.5, -1e300]));
    case 'Boolean':
      return String(chance(dice, 0.5));
    case 'ID':
      return JSON.stringify(chance(dice, 0.6) ? pick(dice, dice.ids) : pick(dice, TEXTS));
    case 'String':
      return JSON.stringify(pick(dice, TEXTS));
    default:
      return pick(dice, [
        '"2024-01-01T00:00:00Z"',
        '"AACAPw=="',
        '[1, 0.5]',
        '{ title: "x" }',
        '3',
        '"demo"',
        'true',
      ]);
  }
}
