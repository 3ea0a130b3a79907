import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { encodeVector, readVector, type GivenVector } from '../engine/vector.ts';
import { parseDate } from '../engine/retriever/parse-filter.ts';
import type { FieldScalar } from '../engine/collection/collection.ts';

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in ISO 8601 with its zone, such as 2024-05-01T12:00:00.000Z; given out in UTC.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function readDateTime(value: unknown): Date {
  const time = typeof value === 'string' && value.includes('T') ? parseDate(value) : null;
  if (time === null)
    throw new GraphQLError('expected a moment in ISO 8601 with its zone, such as 2024-05-01T12:00:00Z');
  return new Date(time);
}

/** What is wrong with a vector is said by the use case, with the path of the vector, so that one does not spoil a batch. */
export const Vector = new GraphQLScalarType<GivenVector, string>({
  name: 'Vector',
  description:
    'A vector of 1 to 4,096 finite 32-bit floats: a list of numbers, or the base64 text of little-endian float32 (a third of the size). Given out as base64.',
  serialize: (value) => encodeVector(value as Float32Array),
  parseValue: readVector,
  parseLiteral: (node, variables) => readVector(literal(node, variables)),
});

export const FilterValue = new GraphQLScalarType<FieldScalar, FieldScalar>({
  name: 'FilterValue',
  description:
    'A value to compare a document field with: a text (KEYWORD, TEXT; ISO 8601 for DATE), a number or a boolean. A text may hold templates such as {{INPUT.category}}.',
  serialize: (value) => value as FieldScalar,
  parseValue: readFilterValue,
  parseLiteral: (node, variables) => readFilterValue(literal(node, variables)),
});

function readFilterValue(value: unknown): FieldScalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new GraphQLError('expected a text, a number or a boolean');
}

export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value: documents and metadata, whose shape is the caller’s own.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  parseValue: (value) => value,
  parseLiteral: (node, variables) => literal(node, variables),
});

export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description:
    'A whole number beyond 32 bits that a JavaScript number still holds exactly: within ±(2^53 − 1).',
  serialize: readSafeInt,
  parseValue: readSafeInt,
  parseLiteral: (node) => readSafeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function readSafeInt(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new GraphQLError('expected a whole number within ±(2^53 − 1)');
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** The value of a literal in a document, without a type to lead it; enum values are refused. */
function literal(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((item) => literal(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, literal(field.value, variables)]),
      );
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.ENUM:
      throw new GraphQLError(`expected a value, got the enum value ${node.value}`, { nodes: node });
  }
}
