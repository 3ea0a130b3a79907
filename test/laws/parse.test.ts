import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aCollection, FIELDS, PICTURE, TITLE } from '../support/fixtures.ts';
import { parseCollection } from '../../src/engine/collection/parse-collection.ts';
import { parseDocument } from '../../src/engine/collection/parse-document.ts';
import { parseFilter } from '../../src/engine/retriever/parse-filter.ts';
import { parseSpec } from '../../src/engine/retriever/parse-spec.ts';
import type { Parsed } from '../../src/engine/parsed.ts';
import type { RetrieverSpecInput } from '../../src/engine/retriever/spec-input.ts';

const options = { seed: 20261129, numRuns: 500 };
const known = new Map([['films', { collection: aCollection(), features: [TITLE, PICTURE] }]]);
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.option(values, { nil: undefined }).chain((value) => fc.constantFrom(value, value, value, null));
const text = fc.oneof(
  fc.constantFrom(
    'films',
    'query',
    'year',
    '{{INPUT.query}}',
    '{{INPUT.',
    TITLE.uri,
    PICTURE.uri,
    '2024-01-01',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const number = fc.oneof(fc.integer({ min: -2, max: 1_100 }), fc.double());
const operand = fc.oneof(text, number, fc.boolean());

const { filter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.record(
      {
        field: fc.oneof(text, fc.constantFrom(...FIELDS.map(({ name }) => name))),
        eq: maybe(operand),
        gte: maybe(operand),
        in: maybe(fc.array(operand, { maxLength: 3 })),
        contains: maybe(text),
        exists: maybe(fc.boolean()),
      },
      { requiredKeys: [] },
    ),
    fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter'), or: fc.option(fc.array(tie('filter'), { maxLength: 2 })) }),
  ),
}));
const input = fc.record({
  name: text,
  type: fc.constantFrom('TEXT', 'NUMBER', 'VECTOR', 'NUMBERS' as const),
  required: maybe(fc.boolean()),
  default: maybe(fc.oneof(operand, fc.array(operand, { maxLength: 2 }))),
  role: maybe(fc.constantFrom('NONE', 'USER', 'SEGMENT' as const)),
});
const search = fc.record({
  feature: text,
  input: text,
  topK: maybe(number),
  numCandidates: maybe(number),
  oversample: maybe(number),
  minScore: maybe(number),
  weight: maybe(number),
  filter: maybe(filter),
  onEmpty: maybe(fc.constantFrom('ERROR', 'SKIP' as const)),
});
const definition = fc.record({
  collections: fc.oneof(fc.constant(['films']), fc.array(text, { maxLength: 2 })),
  inputs: maybe(
    fc.oneof(fc.constant([{ name: 'query', type: 'TEXT' as const }]), fc.array(input, { maxLength: 3 })),
  ),
  searches: fc.oneof(
    fc.constant([{ feature: TITLE.uri, input: '{{INPUT.query}}' }]),
    fc.array(search, { maxLength: 3 }),
  ),
  finalTopK: maybe(number),
  filter: maybe(filter),
  description: maybe(text),
}) as fc.Arbitrary<RetrieverSpecInput>;

/** Read or refused with messages of bounded length; what is read survives being stored as JSON, unchanged. */
function expectSound(parsed: Parsed<unknown>): void {
  if (!parsed.ok) {
    expect(parsed.faults.length).toBeGreaterThan(0);
    for (const { message, path } of parsed.faults) {
      expect(message.length).toBeLessThan(600);
      expect(path.length).toBeGreaterThan(0);
    }
    return;
  }
  const stored = JSON.stringify(parsed.value);
  expect(JSON.parse(stored)).toEqual(parsed.value);
  // What PostgreSQL refuses in jsonb.
  expect(stored).not.toMatch(/\\u0000|\\ud[89a-f]/);
}

describe('laws of parsing', () => {
  test('any definition of a retriever is read or refused, and what is read can be stored', () => {
    let read = 0;
    fc.assert(
      fc.property(definition, (given) => {
        const parsed = parseSpec(given, known);
        read += Number(parsed.ok);
        expectSound(parsed);
      }),
      { ...options, numRuns: 1_500 },
    );
    expect(read).toBeGreaterThan(30);
  });

  test('any filter is read or refused, and what is read can be stored', () => {
    const context = { fields: FIELDS, inputs: [] };
    fc.assert(
      fc.property(filter, (given) => expectSound(parseFilter(given, context, ['filter']))),
      options,
    );
  });

  test('any JSON as the fields of a document is read or refused, and what is read can be stored', () => {
    const fields = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...FIELDS.map(({ name }) => name)), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fields, (given) => {
        const schema = { collection: aCollection(), features: [] };
        const parsed = parseDocument({ id: 'a', fields: given }, schema, ['documents', 0]);
        expectSound(
          parsed.ok ? { ok: true, value: Object.fromEntries(parsed.value.document.fields) } : parsed,
        );
      }),
      options,
    );
  });

  test('any names make a collection or are refused', () => {
    const fields = fc.array(
      fc.record({ name: text, type: fc.constant('TEXT' as const), many: maybe(fc.boolean()) }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(text, fields, (name, declared) => expectSound(parseCollection({ name, fields: declared }))),
      options,
    );
  });
});
