import { describe, expect, test } from '@jest/globals';
import { aCollection, aFeature, faultsOf, PICTURE, SPEC, TITLE, valueOf } from '../../support/fixtures.ts';
import { faultOfFeatureUri } from '../../../src/engine/retriever/feature-uri.ts';
import { parseSpec } from '../../../src/engine/retriever/parse-spec.ts';
import type { RetrieverSpecInput } from '../../../src/engine/retriever/spec-input.ts';

const DOT = aFeature({ uri: 'x://dot@1/v', field: 'dot', similarity: 'DOT_PRODUCT' });
const known = new Map([['films', { collection: aCollection(), features: [TITLE, PICTURE, DOT] }]]);
const parse = (over: Partial<RetrieverSpecInput>): ReturnType<typeof parseSpec> =>
  parseSpec({ ...SPEC, ...over }, known);
const search = SPEC.searches[0]!;
const parseSearch = (over: Partial<typeof search>): readonly string[] =>
  faultsOf(parse({ searches: [{ ...search, ...over }] }));

describe('retriever definitions', () => {
  test('every default is filled in', () => {
    expect(valueOf(parse({}))).toMatchObject({
      collections: ['films'],
      finalTopK: 25,
      description: null,
      filter: null,
      fusion: {
        strategy: 'LEARNED',
        rrfK: 60,
        normalization: 'BACKGROUND',
        missing: 'ZERO',
        staticArm: 'WEIGHTED',
      },
      searches: [
        {
          topK: 100,
          numCandidates: null,
          oversample: null,
          minScore: null,
          weight: null,
          filter: null,
          onEmpty: 'ERROR',
        },
      ],
    });
  });

  test('only learned has a static arm', () => {
    expect(valueOf(parse({ fusion: { strategy: 'RRF' } })).fusion.staticArm).toBeNull();
    expect(valueOf(parse({ fusion: { staticArm: 'RRF' } })).fusion.staticArm).toBe('RRF');
    expect(faultsOf(parse({ fusion: { strategy: 'RRF', staticArm: 'MAX' } }))).toEqual([
      'INVALID_VALUE fusion.staticArm',
    ]);
  });

  test('missing scores are completed only where each score stands for itself and scores are added up', () => {
    const faults = (fusion: RetrieverSpecInput['fusion']): readonly string[] =>
      faultsOf(parse({ fusion: { missing: 'COMPLETE', ...fusion } }));
    for (const normalization of ['BACKGROUND', 'SIMILARITY', 'L2', 'TMM'] as const)
      for (const strategy of ['LEARNED', 'WEIGHTED', 'MAX'] as const)
        expect(faults({ normalization, strategy })).toEqual([]);
    for (const normalization of ['MIN_MAX', 'Z_SCORE', 'DBSF', 'RANK'] as const)
      expect(faults({ normalization })).toEqual(['INVALID_VALUE fusion.missing']);
    for (const strategy of ['RRF', 'DBSF'] as const)
      expect(faults({ strategy })).toEqual(['INVALID_VALUE fusion.missing']);
    expect(faults({ strategy: 'RRF', normalization: 'RANK' })).toHaveLength(2);
  });

  test('hits are not grouped unless a field is named; of a group one is served unless more are wanted', () => {
    expect(valueOf(parse({})).groupBy).toBeNull();
    expect(valueOf(parse({ groupBy: { field: 'year' } })).groupBy).toEqual({ field: 'year', limit: 1 });
    for (const field of ['category', 'year', 'inStock'])
      expect(valueOf(parse({ groupBy: { field, limit: 500 } })).groupBy).toEqual({ field, limit: 500 });
    for (const field of ['title', 'people', 'addedAt'])
      expect(faultsOf(parse({ groupBy: { field } }))).toEqual(['TYPE_MISMATCH groupBy.field']);
    expect(faultsOf(parse({ groupBy: { field: 'colour', limit: 501 } }))).toEqual([
      'OUT_OF_RANGE groupBy.limit',
      'UNKNOWN_FIELD groupBy.field',
    ]);
  });

  test('every fault of a definition is reported at once, each with its path', () => {
    const faults = faultsOf(
      parseSpec(
        {
          collections: ['films'],
          inputs: [{ name: 'query', type: 'TEXT', default: 3 }],
          searches: [
            { ...search, topK: 0, weight: -1, filter: { field: 'year', eq: 'x' } },
            { ...search, input: 'constant', minScore: Infinity },
            { feature: 'a://b@1/c', input: '{{INPUT.nobody}}', oversample: 11, numCandidates: 10 },
            { feature: PICTURE.uri, input: '{{INPUT.query}}' },
          ],
          fusion: { strategy: 'WEIGHTED', rrfK: 0, staticArm: 'RRF' },
          filter: { field: 'colour', exists: true },
          finalTopK: 501,
          description: 'x'.repeat(2_001),
        },
        known,
      ),
    );
    expect(new Set(faults)).toEqual(
      new Set([
        'TYPE_MISMATCH inputs.0.default',
        'OUT_OF_RANGE searches.0.topK',
        'OUT_OF_RANGE searches.0.weight',
        'TYPE_MISMATCH searches.0.filter.eq',
        'DUPLICATE searches.1.feature',
        'INVALID_TEMPLATE searches.1.input',
        'NON_FINITE searches.1.minScore',
        'UNKNOWN_FEATURE searches.2.feature',
        'UNKNOWN_INPUT searches.2.input',
        'OUT_OF_RANGE searches.2.oversample',
        'OUT_OF_RANGE searches.2.numCandidates',
        'TYPE_MISMATCH searches.3.input',
        'INVALID_VALUE fusion.staticArm',
        'OUT_OF_RANGE fusion.rrfK',
        'OUT_OF_RANGE finalTopK',
        'OUT_OF_RANGE description',
        'UNKNOWN_FIELD filter.field',
      ]),
    );
    expect(faults).toHaveLength(17);
  });

  test('an unknown collection is one fault: its features and fields are not blamed', () => {
    expect(faultsOf(parse({ collections: ['books'], filter: { field: 'colour', eq: 'red' } }))).toEqual([
      'NOT_FOUND collections.0',
    ]);
    expect(faultsOf(parse({ collections: [] }))).toEqual(['OUT_OF_RANGE collections']);
  });

  test.each([
    [{ topK: 1 }, []],
    [{ topK: 1_000 }, []],
    [{ topK: 1_001 }, ['OUT_OF_RANGE searches.0.topK']],
    [{ topK: 1.5 }, ['OUT_OF_RANGE searches.0.topK']],
    [{ topK: NaN }, ['OUT_OF_RANGE searches.0.topK']],
    [{ topK: 200, numCandidates: 200 }, []],
    [{ topK: 200, numCandidates: 199 }, ['OUT_OF_RANGE searches.0.numCandidates']],
    [{ numCandidates: 10_001 }, ['OUT_OF_RANGE searches.0.numCandidates']],
    [{ oversample: 1 }, []],
    [{ oversample: 0.9 }, ['OUT_OF_RANGE searches.0.oversample']],
    [{ weight: 0.5, minScore: -3 }, []],
    [{ weight: NaN }, ['OUT_OF_RANGE searches.0.weight']],
    [{ weight: 0 }, ['OUT_OF_RANGE searches']],
  ] as const)('a search with %j has the faults %j', (over, wanted) => {
    expect(parseSearch(over)).toEqual(wanted);
  });

  test('weights of 0 only are refused where they must sum to 1, and are factors elsewhere', () => {
    const searches = [{ ...search, weight: 0 }];
    expect(faultsOf(parse({ searches, fusion: { strategy: 'WEIGHTED' } }))).toEqual([
      'OUT_OF_RANGE searches',
    ]);
    expect(faultsOf(parse({ searches, fusion: { strategy: 'RRF' } }))).toEqual([]);
  });

  test('no search and eleven are refused', () => {
    expect(faultsOf(parse({ searches: [] }))).toEqual(['OUT_OF_RANGE searches']);
    const eleven = Array.from({ length: 11 }, (_, i) => ({ ...search, feature: `x://y@1/f${i}` }));
    expect(faultsOf(parse({ searches: eleven }))).toContain('OUT_OF_RANGE searches');
  });

  test('a feature without embedder needs a VECTOR input; one with an embedder takes either', () => {
    const inputs = [
      { name: 'query', type: 'TEXT' as const },
      { name: 'vector', type: 'VECTOR' as const },
    ];
    const both = (feature: string, input: string): readonly string[] =>
      faultsOf(parse({ inputs, searches: [{ feature, input }] }));
    expect(both(PICTURE.uri, '{{INPUT.vector}}')).toEqual([]);
    expect(both(TITLE.uri, '{{INPUT.vector}}')).toEqual([]);
    expect(both(PICTURE.uri, 'a {{INPUT.query}}')).toEqual(['TYPE_MISMATCH searches.0.input']);
  });

  test('tmm knows only the least cosine: other similarities are refused', () => {
    const tmm = { normalization: 'TMM' } as const;
    expect(faultsOf(parse({ fusion: tmm }))).toEqual([]);
    expect(faultsOf(parse({ fusion: tmm, searches: [{ ...search, feature: DOT.uri }] }))).toEqual([
      'INVALID_VALUE fusion.normalization',
    ]);
  });
});

describe('feature URIs', () => {
  test.each(['embed://hashing@1/title', 'a://b@c/d', 'A-1://x.y_z@2.0-rc/out'])('%s is one', (uri) => {
    expect(faultOfFeatureUri(uri)).toBeNull();
  });

  test.each([
    '',
    'title',
    'embed://hashing/title',
    'embed://hashing@1',
    'e://h@1/a/b',
    'é://h@1/a',
    `e://h@1/${'a'.repeat(65)}`,
    'e://h@1/a\n',
  ])('%j is none', (uri) => {
    expect(faultOfFeatureUri(uri)).toMatch(/^expected scheme/);
  });
});
