import { describe, expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, validate, visit } from 'graphql';
import { globSync, readFileSync } from 'node:fs';
import { DEMO_COLLECTION, DEMO_SPEC } from '../../../src/demo/demo-definition.ts';
import { SEGMENTS } from '../../../scripts/make-demo/queries.ts';

const files = globSync('demo/queries/*.graphql').sort();
const schema = buildSchema(readFileSync('src/schema/schema.graphql', 'utf8'));

/** All texts of `names: [...]` and `segment: [...]`, and the names of given inputs. */
function named(document: string): Readonly<Record<'fields' | 'segments' | 'inputs', readonly string[]>> {
  const found = { fields: [] as string[], segments: [] as string[], inputs: [] as string[] };
  visit(parse(document), {
    Argument: ({ name, value }) => {
      if (name.value === 'names' && value.kind === Kind.LIST)
        found.fields.push(...value.values.flatMap((item) => (item.kind === Kind.STRING ? item.value : [])));
    },
    ObjectField: ({ name, value }) => {
      if (name.value === 'name' && value.kind === Kind.STRING) found.inputs.push(value.value);
      if (name.value === 'segment' && value.kind === Kind.LIST)
        found.segments.push(...value.values.flatMap((item) => (item.kind === Kind.STRING ? item.value : [])));
    },
  });
  return found;
}

describe('the ready queries', () => {
  test('there are at least five', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
  });

  test.each(files)('%s is valid, begins with a comment that names it, and is one operation', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# [A-Z].{5,120}\.\n/);
    expect(validate(schema, parse(text))).toEqual([]);
    expect(parse(text).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)).toHaveLength(1);
  });

  test.each(files)('%s names only inputs, fields and audiences of the demo', (file) => {
    const { fields, segments, inputs } = named(readFileSync(file, 'utf8'));
    const declared = new Set(DEMO_SPEC.inputs!.map(({ name }) => name));
    expect(inputs.filter((name) => !declared.has(name))).toEqual([]);
    const known = new Set(DEMO_COLLECTION.fields.map(({ name }) => name));
    expect(fields.filter((name) => !known.has(name))).toEqual([]);
    expect(segments.filter((name) => !(SEGMENTS as readonly string[]).includes(name))).toEqual([]);
  });
});
