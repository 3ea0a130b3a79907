import { describe, expect, test } from '@jest/globals';
import { aCollection, faultsOf, FIELDS, PICTURE, TITLE, valueOf } from '../../support/fixtures.ts';
import {
  parseDocument,
  sourceText,
  type DocumentInput,
} from '../../../src/engine/collection/parse-document.ts';
import type { FieldValue } from '../../../src/engine/collection/collection.ts';

const schema = {
  collection: aCollection([...FIELDS, { name: 'notes', type: 'TEXT', many: true }]),
  features: [TITLE, PICTURE],
};
const parse = (input: Partial<DocumentInput>): ReturnType<typeof parseDocument> =>
  parseDocument({ id: 'a', ...input }, schema, ['documents', 3]);
const fieldFaults = (fields: unknown): readonly string[] => faultsOf(parse({ fields }));
const stored = (fields: unknown): Readonly<Record<string, FieldValue>> =>
  Object.fromEntries(valueOf(parse({ fields })).document.fields);

describe('documents', () => {
  test('values are kept as declared; null and an empty list are no value; dates become UTC with milliseconds', () => {
    expect(
      stored({
        title: 'Owls',
        people: ['Ann', 'Bo'],
        category: null,
        year: 1999,
        inStock: false,
        addedAt: '2024-05-01T02:00+02:00',
        notes: [],
      }),
    ).toEqual({
      title: 'Owls',
      people: ['Ann', 'Bo'],
      year: 1999,
      inStock: false,
      addedAt: '2024-05-01T00:00:00.000Z',
    });
  });

  test('one value for a field of many is a list of one', () => {
    expect(stored({ people: 'Ann' })).toEqual({ people: ['Ann'] });
  });

  test('every fault is reported at once with its path', () => {
    const faults = faultsOf(
      parse({
        id: 'x'.repeat(513),
        fields: {
          title: 3,
          people: ['Ann', 4],
          colour: 'red',
          year: NaN,
          inStock: 'yes',
          addedAt: '2024-02-30',
        },
        vectors: [
          { feature: 'nothing', vector: Float32Array.of(1) },
          { feature: PICTURE.uri, vector: Float32Array.of(1, 2) },
          { feature: 'poster', vector: null },
        ],
      }),
    );
    expect(faults).toEqual([
      'INVALID_ID documents.3.id',
      'TYPE_MISMATCH documents.3.fields.title',
      'TYPE_MISMATCH documents.3.fields.people.1',
      'UNKNOWN_FIELD documents.3.fields.colour',
      'NON_FINITE documents.3.fields.year',
      'TYPE_MISMATCH documents.3.fields.inStock',
      'TYPE_MISMATCH documents.3.fields.addedAt',
      'UNKNOWN_FEATURE documents.3.vectors.0.feature',
      'WRONG_DIMENSIONS documents.3.vectors.1.vector',
    ]);
  });

  test.each([
    ['a list', []],
    ['a text', 'title'],
    ['a number', 7],
  ])('fields given as %s are refused', (_, fields) => {
    expect(fieldFaults(fields)).toEqual(['TYPE_MISMATCH documents.3.fields']);
  });

  test('a list for a single field, NUL, half a surrogate pair and __proto__ are refused', () => {
    expect(fieldFaults({ category: ['a'] })).toEqual(['TYPE_MISMATCH documents.3.fields.category']);
    expect(fieldFaults({ title: 'a\0' })).toEqual(['INVALID_VALUE documents.3.fields.title']);
    expect(fieldFaults({ category: '\ud83d' })).toEqual(['INVALID_VALUE documents.3.fields.category']);
    expect(fieldFaults(JSON.parse('{"__proto__": "x"}'))).toEqual([
      'UNKNOWN_FIELD documents.3.fields.__proto__',
    ]);
  });

  test('1 MB of text, 32,766 bytes of keyword and 1,000 values are taken, one more refused', () => {
    expect(fieldFaults({ title: 'x'.repeat(1_048_576), category: 'x'.repeat(32_766) })).toEqual([]);
    expect(fieldFaults({ title: 'x'.repeat(1_048_577) })).toEqual(['OUT_OF_RANGE documents.3.fields.title']);
    expect(fieldFaults({ category: `${'x'.repeat(32_765)}é` })).toEqual([
      'OUT_OF_RANGE documents.3.fields.category',
    ]);
    expect(fieldFaults({ people: new Array(1_000).fill('a') })).toEqual([]);
    expect(fieldFaults({ people: new Array(1_001).fill('a') })).toEqual([
      'OUT_OF_RANGE documents.3.fields.people',
    ]);
  });

  test('a vector is named by URI or field; null means the document has none', () => {
    const vector = Float32Array.of(1, 0, 0, 0);
    const { document, nulledFeatures } = valueOf(
      parse({
        vectors: [
          { feature: 'poster', vector },
          { feature: TITLE.uri, vector: null },
        ],
      }),
    );
    expect([...document.vectors]).toEqual([[PICTURE.id, vector]]);
    expect([...nulledFeatures]).toEqual([TITLE.id]);
  });

  test.each([
    ['ZERO_VECTOR', Float32Array.of(0, 0, 0, -0)],
    ['NON_FINITE', Float32Array.of(1, NaN, 0, 0)],
    ['NON_FINITE', Float32Array.of(1, Infinity, 0, 0)],
    ['WRONG_DIMENSIONS', Float32Array.of(1, 2, 3)],
  ])('%s: such a vector is refused', (code, vector) => {
    expect(faultsOf(parse({ vectors: [{ feature: 'poster', vector }] }))).toEqual([
      `${code} documents.3.vectors.0.vector`,
    ]);
  });

  test('a feature given twice, once by URI and once by field, is refused', () => {
    const vector = Float32Array.of(1, 0, 0, 0);
    expect(
      faultsOf(
        parse({
          vectors: [
            { feature: 'poster', vector },
            { feature: PICTURE.uri, vector: null },
          ],
        }),
      ),
    ).toEqual(['DUPLICATE documents.3.vectors.1.feature']);
  });

  test('the text to embed is the source fields in order, lists and fields joined by newlines; null where empty', () => {
    const feature = { sourceFields: ['title', 'people', 'category'] };
    const text = (fields: Readonly<Record<string, FieldValue>>): string | null =>
      sourceText(feature, new Map(Object.entries(fields)));
    expect(text({ people: ['Ann', 'Bo'], title: 'Owls' })).toBe('Owls\nAnn\nBo');
    expect(text({ title: ' \n' })).toBeNull();
    expect(text({})).toBeNull();
  });
});
