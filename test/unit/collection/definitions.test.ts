import { describe, expect, test } from '@jest/globals';
import { aCollection, faultsOf, valueOf } from '../../support/fixtures.ts';
import { parseCollection } from '../../../src/engine/collection/parse-collection.ts';
import { parseFeature, type FeatureInput } from '../../../src/engine/collection/parse-feature.ts';

describe('collection definitions', () => {
  test('a field holds one value unless it says many', () => {
    expect(
      valueOf(
        parseCollection({
          name: 'films',
          fields: [
            { name: 'title', type: 'TEXT' },
            { name: 'people', type: 'KEYWORD', many: true },
          ],
        }),
      ).fields,
    ).toEqual([
      { name: 'title', type: 'TEXT', many: false },
      { name: 'people', type: 'KEYWORD', many: true },
    ]);
  });

  test('every fault is reported at once with its path', () => {
    const fields = ['2nd', 'title', 'title', 'a-b'].map((name) => ({ name, type: 'TEXT' as const }));
    expect(faultsOf(parseCollection({ name: 'no spaces', fields }))).toEqual([
      'INVALID_VALUE name',
      'INVALID_VALUE fields.0.name',
      'DUPLICATE fields.2.name',
      'INVALID_VALUE fields.3.name',
    ]);
  });

  test.each(['a', '9', 'A.b_c-1', 'x'.repeat(64)])('%s is a name', (name) => {
    expect(faultsOf(parseCollection({ name, fields: [] }))).toEqual([]);
  });

  test.each(['', '.a', '-a', 'a/b', 'a b', 'é', 'x'.repeat(65), 'a\n'])('%j is no name', (name) => {
    expect(faultsOf(parseCollection({ name, fields: [] }))).toEqual(['INVALID_VALUE name']);
  });

  test('100 fields are taken, 101 refused', () => {
    const fields = (count: number): Parameters<typeof parseCollection>[0]['fields'] =>
      Array.from({ length: count }, (_, i) => ({ name: `f${i}`, type: 'TEXT' as const }));
    expect(faultsOf(parseCollection({ name: 'a', fields: fields(100) }))).toEqual([]);
    expect(faultsOf(parseCollection({ name: 'a', fields: fields(101) }))).toEqual(['OUT_OF_RANGE fields']);
  });
});

describe('feature definitions', () => {
  const good: FeatureInput = { uri: 'embed://hashing@1/title', field: 'titleVector', dims: 64 };
  const faults = (over: Partial<FeatureInput>): readonly string[] =>
    faultsOf(parseFeature({ ...good, ...over }, aCollection()));

  test('what is not said is cosine, without embedder and source fields', () => {
    expect(valueOf(parseFeature(good, aCollection()))).toMatchObject({
      similarity: 'COSINE',
      embedder: 'NONE',
      sourceFields: [],
      model: null,
    });
  });

  test('every fault is reported at once with its path', () => {
    expect(
      faults({
        uri: 'title',
        field: 'year',
        dims: 0,
        sourceFields: ['year', 'nothing'],
        embedder: 'HASHING',
      }),
    ).toEqual([
      'INVALID_FEATURE_URI uri',
      'DUPLICATE field',
      'OUT_OF_RANGE dims',
      'TYPE_MISMATCH sourceFields.0',
      'UNKNOWN_FIELD sourceFields.1',
    ]);
  });

  test.each([
    [{ dims: 1 }, []],
    [{ dims: 4_096 }, []],
    [{ dims: 4_097 }, ['OUT_OF_RANGE dims']],
    [{ dims: 1.5 }, ['OUT_OF_RANGE dims']],
    [{ dims: NaN }, ['OUT_OF_RANGE dims']],
    [{ field: 'a b' }, ['INVALID_VALUE field']],
    [{ embedder: 'HASHING' }, ['REQUIRED sourceFields']],
    [{ embedder: 'HASHING', sourceFields: ['title', 'people'] }, []],
    [{ model: 'small' }, ['INVALID_VALUE model']],
    [{ embedder: 'OPENAI', sourceFields: ['title'], model: 'a b' }, ['INVALID_VALUE model']],
    [{ embedder: 'ELASTICSEARCH' }, ['REQUIRED model']],
    [{ embedder: 'ELASTICSEARCH', model: '.multilingual-e5-small' }, []],
    [{ embedder: 'HASHING', sourceFields: ['title'], model: 'small' }, ['INVALID_VALUE model']],
  ] as const)('%j has the faults %j', (over, wanted) => {
    expect(faults(over)).toEqual(wanted);
  });
});
