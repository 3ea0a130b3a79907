import { describe, expect, test } from '@jest/globals';
import { faultsOf, valueOf } from '../../support/fixtures.ts';
import { parseAttached, type AttachInput } from '../../../src/engine/collection/parse-attached.ts';

const GOOD: AttachInput = {
  name: 'goods',
  index: 'shop-goods',
  fields: [
    { name: 'title', type: 'TEXT', path: 'texts.title' },
    { name: 'sku', type: 'KEYWORD', path: 'sku' },
  ],
  features: [{ uri: 'clip://vit@1/image', field: 'vectors.image', dims: 512 }],
};
const faults = (over: Partial<AttachInput>): readonly string[] =>
  faultsOf(parseAttached({ ...GOOD, ...over }));

describe('the definition of an attached collection', () => {
  test('has paths where a field lies elsewhere than under its name, and null for what is not said', () => {
    expect(valueOf(parseAttached(GOOD))).toEqual({
      name: 'goods',
      attached: { index: 'shop-goods', idField: null, routing: null },
      fields: [
        { name: 'title', type: 'TEXT', many: false, path: 'texts.title' },
        { name: 'sku', type: 'KEYWORD', many: false },
      ],
      features: [
        {
          uri: 'clip://vit@1/image',
          field: 'vectors.image',
          dims: 512,
          similarity: 'COSINE',
          sourceFields: [],
          embedder: 'NONE',
          model: null,
        },
      ],
    });
  });

  test('tells every fault at once with its path', () => {
    const feature = { uri: 'image', field: 'a*', dims: 0 };
    expect(
      faults({
        name: '',
        index: 'a,b',
        idField: '',
        routing: '',
        fields: [{ name: '1', type: 'TEXT', path: '.x' }],
        features: [feature, feature],
      }),
    ).toEqual([
      'INVALID_VALUE name',
      'INVALID_VALUE fields.0.name',
      'INVALID_VALUE index',
      'INVALID_VALUE idField',
      'INVALID_VALUE routing',
      'INVALID_VALUE fields.0.path',
      ...[0, 1].flatMap((at) =>
        ['INVALID_FEATURE_URI uri', 'INVALID_VALUE field', 'OUT_OF_RANGE dims'].map((fault) =>
          fault.replace(' ', ` features.${at}.`),
        ),
      ),
      'DUPLICATE features.1.uri',
      'DUPLICATE features.1.field',
    ]);
  });

  test.each(['goods', 'Goods', '.ds-goods-1', 'goods-2025.01.01', 'żółty', 'x'.repeat(255)])(
    '%s names an index',
    (index) => {
      expect(faults({ index })).toEqual([]);
    },
  );

  test.each([
    '',
    '.',
    '..',
    '*',
    'goods*',
    'a,b',
    'a b',
    '-a',
    '_all',
    '+a',
    'other:goods',
    '<goods-{now}>',
    'a/_doc',
    'a?b',
    'a#b',
    'a\n',
    'x'.repeat(256),
    'é'.repeat(128),
  ])('%j names none', (index) => {
    expect(faults({ index })).toEqual(['INVALID_VALUE index']);
  });

  test.each(['a', 'a.b.c', 'a b.c-d', '@timestamp', 'x'.repeat(256)])('%s is a path', (field) => {
    expect(faults({ features: [{ uri: 'a://b@1/c', field, dims: 2 }] })).toEqual([]);
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a*', 'a.*', 'a,b', ' a', 'a\0', 'x'.repeat(257)])(
    '%j is none',
    (field) => {
      expect(faults({ features: [{ uri: 'a://b@1/c', field, dims: 2 }] })).toEqual([
        'INVALID_VALUE features.0.field',
      ]);
    },
  );

  test('takes the built-in embedder without source fields: documents come with their vectors', () => {
    const feature = { uri: 'embed://hashing@1/title', field: 'v', dims: 64, embedder: 'HASHING' } as const;
    expect(faults({ features: [feature] })).toEqual([]);
    expect(faults({ features: [{ ...feature, sourceFields: ['nope'] }] })).toEqual([
      'UNKNOWN_FIELD features.0.sourceFields.0',
    ]);
  });

  test('takes 100 features, not 101', () => {
    const features = Array.from({ length: 101 }, (_, at) => ({
      uri: `a://b@1/c${at}`,
      field: `v${at}`,
      dims: 2,
    }));
    expect(faults({ features: features.slice(1) })).toEqual([]);
    expect(faults({ features })).toEqual(['OUT_OF_RANGE features']);
  });
});
