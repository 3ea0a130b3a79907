import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { diff, CriticalityLevel } from '@graphql-inspector/core';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  validateSchema,
  type GraphQLNamedType,
} from 'graphql';
import { buildReweighSchema } from '../../src/schema/build-schema.ts';
import { printReweighSchema } from '../../src/schema/print-schema.ts';

const schema = buildReweighSchema();
const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

/** Everything of a type that a reader may ask about, as `Type.field(arg)` and its description. */
function described(type: GraphQLNamedType): readonly (readonly [string, string | null | undefined])[] {
  const members: (readonly [string, string | null | undefined])[] = [[type.name, type.description]];
  if (isObjectType(type) || isInterfaceType(type))
    for (const field of Object.values(type.getFields())) {
      members.push([`${type.name}.${field.name}`, field.description]);
      for (const arg of field.args)
        members.push([`${type.name}.${field.name}(${arg.name})`, arg.description]);
    }
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields()))
      members.push([`${type.name}.${field.name}`, field.description]);
  if (isEnumType(type))
    for (const value of type.getValues()) members.push([`${type.name}.${value.name}`, value.description]);
  return members;
}

function undescribed(types: readonly GraphQLNamedType[]): readonly string[] {
  return types
    .filter((type) => !isIntrospectionType(type) && !BUILT_IN.has(type.name))
    .filter(({ name }) => name !== 'Query' && name !== 'Mutation' && name !== 'Subscription')
    .flatMap(described)
    .filter(([, description]) => !/\S.*\S/.test(description ?? ''))
    .map(([name]) => name);
}

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];

describe('the public schema', () => {
  test('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  test('every type, field, argument, input field and enum value is described', () => {
    expect(undescribed(Object.values(schema.getTypeMap()))).toEqual([]);
    const fields = roots.flatMap((root) => (root ? described(root).slice(1) : []));
    expect(fields.filter(([, description]) => !description).map(([name]) => name)).toEqual([]);
  });

  test('a type without a description would be found', () => {
    const bad = buildSchema('"""Fine.""" type Fine { bare(arg: Int): Int } enum Bare { A }');
    expect(undescribed(['Fine', 'Bare'].map((name) => bad.getType(name)!))).toEqual([
      'Fine.bare',
      'Fine.bare(arg)',
      'Bare',
      'Bare.A',
    ]);
  });

  test('every mutation takes one argument named input and gives a payload with userErrors', () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      expect([field.name, field.args.map(({ name }) => name)]).toEqual([field.name, ['input']]);
      expect(String(field.type)).toBe(`${field.name[0]!.toUpperCase()}${field.name.slice(1)}Payload!`);
      expect(described(schema.getType(String(field.type).slice(0, -1))!).map(([name]) => name)).toContain(
        `${String(field.type).slice(0, -1)}.userErrors`,
      );
    }
  });

  test('enum values are upper case', () => {
    const values = Object.values(schema.getTypeMap())
      .filter((type) => isEnumType(type) && !isIntrospectionType(type))
      .flatMap((type) => (isEnumType(type) ? type.getValues().map(({ name }) => name) : []));
    expect(values.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([]);
  });

  test('the committed SDL is the schema; changes that break clients are listed', async () => {
    const committed = readFileSync(new URL('../../src/schema/schema.graphql', import.meta.url), 'utf8');
    const changes = await diff(buildSchema(committed), buildSchema(printReweighSchema()));
    const listed = changes.map(
      ({ criticality, message }) =>
        `${criticality.level === CriticalityLevel.Breaking ? 'breaks clients: ' : ''}${message}`,
    );
    expect(listed).toEqual([]);
    expect(committed).toBe(printReweighSchema());
  });

  test('a removed field would be listed as breaking', async () => {
    const changes = await diff(
      buildSchema('type Query { a: Int b: Int }'),
      buildSchema('type Query { a: Int }'),
    );
    expect(changes.map(({ criticality }) => criticality.level)).toEqual([CriticalityLevel.Breaking]);
  });
});
