import { describe, expect, test } from '@jest/globals';
import {
  indexBody,
  indexedFeatures,
  INDEX_OPTIONS,
  mismatches,
  missingFeatures,
  type StoredMapping,
} from '../../../src/engine/search/elasticsearch-mapping.ts';
import { newCollection, newFeature } from '../../conformance/search-backend-world.ts';

const collection = newCollection();
const features = (['COSINE', 'DOT_PRODUCT', 'L2'] as const).map((one) => newFeature(collection, one));
const SETTINGS = { indexOption: 'hnsw', shards: 2, replicas: null, refreshInterval: '1s' } as const;
const stored = indexBody(collection, features, SETTINGS)['mappings'] as StoredMapping;

describe('the mapping of a managed index', () => {
  test('refuses unknown fields, and keeps vectors out of the source', () => {
    expect(stored).toMatchObject({ dynamic: 'strict', _source: { excludes: ['vectors'] } });
  });

  test.each(INDEX_OPTIONS)(
    'pins the index option %s, dims and similarity of every feature',
    (indexOption) => {
      const body = indexBody(collection, features, { ...SETTINGS, indexOption });
      expect(body).toHaveProperty('mappings.properties.vectors.properties.dot_product', {
        type: 'dense_vector',
        dims: 8,
        similarity: 'max_inner_product',
        index_options: { type: indexOption },
        meta: { feature: features[1]!.id },
      });
    },
  );

  test('fits its own collection and features', () => {
    expect(mismatches(stored, collection, features)).toEqual([]);
    expect([...indexedFeatures(stored).keys()]).toEqual(features.map(({ id }) => id));
  });

  test('names every way in which another does not fit', () => {
    const others = [
      { ...features[0]!, dims: 9 },
      { ...features[1]!, similarity: 'L2' as const },
    ];
    const faults = mismatches(stored, { ...collection, id: features[0]!.id }, others);
    expect(faults).toHaveLength(3);
    expect(faults.join()).toContain(`expected collection ${features[0]!.id}`);
    expect(faults.join()).toContain('cosine: expected dims 9, got 8');
    expect(faults.join()).toContain('dot_product: expected similarity l2_norm, got max_inner_product');
  });

  test('lacks a feature that was registered later: no fault, but to be added', () => {
    const later = { ...newFeature(collection, 'COSINE'), field: 'constructor' };
    expect(mismatches(stored, collection, [later])).toEqual([]);
    expect(missingFeatures(stored, [...features, later])).toEqual([later]);
  });

  test('sets a number of replicas where one is asked for', () => {
    expect(indexBody(collection, [], { ...SETTINGS, replicas: 2 })).toMatchObject({
      settings: { number_of_replicas: 2, number_of_shards: 2 },
    });
  });
});
