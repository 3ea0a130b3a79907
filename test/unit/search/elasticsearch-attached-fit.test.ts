import { describe, expect, test } from '@jest/globals';
import { misfits } from '../../../src/engine/search/elasticsearch-attached-fit.ts';
import { newCollection, newFeature } from '../../conformance/search-backend-world.ts';
import type {
  Feature,
  FieldDeclaration,
  FieldType,
  Similarity,
} from '../../../src/engine/collection/collection.ts';
import type {
  ForeignMapping,
  MappedField,
} from '../../../src/engine/search/elasticsearch-attached-mapping.ts';

const collection = newCollection();
const attached = { index: 'goods', idField: null, routing: null };

/** `path: message` of every fault. */
function faultsOf(
  mapping: ForeignMapping,
  {
    fields = [],
    features = [],
    idField = null,
  }: {
    readonly fields?: readonly FieldDeclaration[];
    readonly features?: readonly Feature[];
    readonly idField?: string | null;
  },
): readonly string[] {
  return misfits(mapping, { fields, attached: { ...attached, idField } }, features).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

const declared = (type: FieldType, path = 'value'): FieldDeclaration => ({
  name: 'value',
  type,
  many: false,
  path,
});
const fieldFaults = (type: FieldType, field: MappedField): readonly string[] =>
  faultsOf({ properties: { value: field } }, { fields: [declared(type)] });
const featureFaults = (similarity: Similarity, field: MappedField): readonly string[] =>
  faultsOf(
    { properties: { v: { properties: { image: field } } } },
    { features: [{ ...newFeature(collection, similarity), field: 'v.image' }] },
  );
const VECTOR: MappedField = { type: 'dense_vector', dims: 8, similarity: 'cosine', index: true };

describe('a declared field', () => {
  test.each([
    ['KEYWORD', ['keyword', 'constant_keyword', 'wildcard']],
    ['TEXT', ['text', 'match_only_text']],
    [
      'NUMBER',
      ['long', 'integer', 'short', 'byte', 'double', 'float', 'half_float', 'scaled_float', 'unsigned_long'],
    ],
    ['BOOLEAN', ['boolean']],
    ['DATE', ['date', 'date_nanos']],
  ] as const)('of type %s lies in a field of type %s and no other', (type, fitting) => {
    for (const found of [...fitting]) expect(fieldFaults(type, { type: found })).toEqual([]);
    for (const other of ['flattened', 'ip', 'object', 'nested', 'dense_vector', 'integer_range'])
      expect(fieldFaults(type, { type: other })).toHaveLength(1);
  });

  test.each([
    [
      'KEYWORD',
      { type: 'text' },
      'expected keyword or constant_keyword or wildcard, value is text: declare it as TEXT',
    ],
    [
      'KEYWORD',
      { type: 'text', fields: { raw: { type: 'keyword' } } },
      'expected keyword or constant_keyword or wildcard, value is text: declare it as TEXT, or give the path value.raw',
    ],
    ['DATE', { type: 'long' }, 'expected date or date_nanos, value is long: declare it as NUMBER'],
    ['BOOLEAN', { properties: {} }, 'expected boolean, value is an object'],
  ] as const)('of type %s in %j is told what would fit', (type, field, message) => {
    expect(fieldFaults(type, field)).toEqual([`fields.0.type: ${message}`]);
  });

  test('must be there, outside of nested fields, and one that filters can use', () => {
    const inside = { properties: { list: { type: 'nested', properties: { value: { type: 'keyword' } } } } };
    expect(faultsOf({}, { fields: [declared('TEXT')] })).toEqual(['fields.0.path: there is no field value']);
    expect(faultsOf(inside, { fields: [declared('KEYWORD', 'list.value')] })).toEqual([
      'fields.0.path: list.value lies in a nested field, which filters do not see',
    ]);
    expect(fieldFaults('TEXT', { type: 'text', index: false })).toHaveLength(1);
    expect(fieldFaults('KEYWORD', { type: 'keyword', index: false, doc_values: false })).toHaveLength(1);
    expect(fieldFaults('NUMBER', { type: 'long', index: false })).toEqual([]);
  });

  test('may be a multi-field, an alias, a field whose name has dots, or a runtime field', () => {
    const mapping: ForeignMapping = {
      properties: {
        title: { type: 'text', fields: { raw: { type: 'keyword' } } },
        old: { type: 'alias', path: 'title.raw' },
        'a.b': { type: 'boolean' },
        price: { type: 'keyword' },
      },
      runtime: { price: { type: 'double' } },
    };
    const fields = [
      declared('KEYWORD', 'title.raw'),
      declared('KEYWORD', 'old'),
      declared('BOOLEAN', 'a.b'),
      declared('NUMBER', 'price'),
      declared('TEXT', 'title'),
    ];
    expect(faultsOf(mapping, { fields })).toEqual([]);
    expect(faultsOf(mapping, { fields: [declared('TEXT', 'old')] })).toHaveLength(1);
  });
});

describe('a feature', () => {
  test.each([
    ['COSINE', 'cosine'],
    ['COSINE', 'dot_product'],
    ['DOT_PRODUCT', 'max_inner_product'],
    ['L2', 'l2_norm'],
  ] as const)('of similarity %s lies in vectors of %s, floats or bfloat16', (similarity, found) => {
    expect(featureFaults(similarity, { ...VECTOR, similarity: found })).toEqual([]);
    expect(featureFaults(similarity, { ...VECTOR, similarity: found, element_type: 'bfloat16' })).toEqual([]);
  });

  test('is told every difference, and the similarity that would fit', () => {
    expect(featureFaults('L2', { ...VECTOR, dims: 16, similarity: 'dot_product' })).toEqual([
      'features.0.dims: expected 8 dimensions, v.image has 16',
      'features.0.similarity: expected l2_norm, v.image has dot_product: declare COSINE',
    ]);
    expect(featureFaults('COSINE', { type: 'dense_vector' })).toEqual([
      'features.0.dims: expected 8 dimensions, v.image has none yet',
    ]);
  });

  test.each([
    [{ ...VECTOR, index: false }, 'v.image is not indexed (index: false), so it cannot be searched'],
    [{ ...VECTOR, element_type: 'byte' }, 'expected vectors of floats, v.image holds byte'],
    [{ ...VECTOR, element_type: 'bit' }, 'expected vectors of floats, v.image holds bit'],
    [{ type: 'sparse_vector' }, 'expected dense_vector, v.image is sparse_vector'],
  ])('does not lie in %j', (field, message) => {
    expect(featureFaults('COSINE', field)).toEqual([`features.0.field: ${message}`]);
  });

  test('does not lie inside a nested field, or nowhere', () => {
    const features = [{ ...newFeature(collection, 'COSINE'), field: 'chunks.v' }];
    const nested = { properties: { chunks: { type: 'nested', properties: { v: VECTOR } } } };
    expect(faultsOf(nested, { features })).toEqual([
      'features.0.field: chunks.v lies in a nested field, where a document has several vectors',
    ]);
    expect(faultsOf({}, { features })).toEqual(['features.0.field: there is no field chunks.v']);
  });
});

describe('the index itself', () => {
  test('keeps its documents, and is none of a server’s own', () => {
    expect(faultsOf({ _source: { enabled: false } }, {})).toEqual([
      'index: it keeps no _source to read documents from',
    ]);
    expect(faultsOf({ _source: { mode: 'disabled' } }, {})).toHaveLength(1);
    expect(faultsOf({ _source: { mode: 'synthetic' } }, {})).toEqual([]);
    expect(faultsOf({ _meta: { reweigh: { layout: 1 } } }, {})).toHaveLength(1);
  });

  test('repeats the id in a keyword field that it can sort by', () => {
    const of = (sku: MappedField): readonly string[] => faultsOf({ properties: { sku } }, { idField: 'sku' });
    expect(of({ type: 'keyword' })).toEqual([]);
    expect(of({ type: 'keyword', doc_values: false })).toHaveLength(1);
    expect(of({ type: 'text' })).toEqual([
      'idField: expected a keyword field with doc values that repeats the id, sku is text',
    ]);
    expect(faultsOf({}, { idField: 'sku' })).toHaveLength(1);
  });
});
