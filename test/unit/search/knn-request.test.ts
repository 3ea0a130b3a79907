import { describe, expect, test } from '@jest/globals';
import {
  base64Vector,
  fromBigEndian,
  numbersVector,
} from '../../../src/engine/search/elasticsearch-document.ts';
import { candidatesOf, multiSearchBody, type KnnSettings } from '../../../src/engine/search/knn-request.ts';
import { newCollection, newFeature, request } from '../../conformance/search-backend-world.ts';
import type { KnnRequest } from '../../../src/engine/search/search-backend.ts';

const collection = newCollection();
const feature = newFeature(collection, 'COSINE');
const vector = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 0.5);
const settings: KnnSettings = {
  form: numbersVector,
  timeout: 250.4,
  targetOf: () => ({ alias: 'films', routing: null }),
};

const linesOf = (requests: readonly KnnRequest[], how: KnnSettings = settings): unknown[] =>
  multiSearchBody(requests, how)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('the body of a multi-search', () => {
  test('has a header and a kNN for each request, the namespace in every filter', () => {
    const filter = { kind: 'eq', field: 'keyword', value: 'red' } as const;
    expect(linesOf([request({ collection, feature }, vector, { topK: 7, filter })])).toEqual([
      { index: 'films', preference: expect.stringMatching(/^vector-[0-9a-f]{16}$/) },
      {
        knn: {
          query_vector: [1, 2, 3, 4, 5, 6, 7, 0.5],
          field: 'vectors.cosine',
          k: 7,
          num_candidates: 100,
          filter: [
            { term: { namespace: { value: 'laws' } } },
            { term: { 'fields.keyword': { value: 'red' } } },
          ],
        },
        size: 7,
        timeout: '251ms',
        _source: false,
        track_total_hits: false,
      },
    ]);
  });

  test('writes a vector that requests share only once', () => {
    let written = 0;
    const form = (one: Float32Array): string => {
      written += 1;
      return numbersVector(one);
    };
    const one = request({ collection, feature }, vector);
    expect(linesOf([one, one, one], { ...settings, form })).toHaveLength(6);
    expect(written).toBe(1);
  });

  test('has the text and its model in place of a vector where the server is to embed it', () => {
    const sought = { text: 'tea "in" the\nharbour', model: 'my-e5' };
    const asked = { ...request({ collection, feature }, vector, { topK: 7 }), vector: sought };
    const [header, body] = linesOf([asked]) as [{ preference: unknown }, { knn: object }];
    expect(body.knn).toMatchObject({
      query_vector_builder: { text_embedding: { model_id: 'my-e5', model_text: 'tea "in" the\nharbour' } },
      field: 'vectors.cosine',
      k: 7,
      num_candidates: 100,
    });
    expect(body.knn).not.toHaveProperty('query_vector');
    const preferenceOf = (more: object): unknown =>
      (linesOf([{ ...asked, vector: { ...sought, ...more } }])[0] as typeof header).preference;
    expect(preferenceOf({})).toBe(header.preference);
    expect(preferenceOf({ text: 'coffee' })).not.toBe(header.preference);
    expect(preferenceOf({ model: 'other' })).not.toBe(header.preference);
  });

  test('sends the same vector to the same copies of the shards, and another perhaps elsewhere', () => {
    const preferenceOf = (one: Float32Array): unknown =>
      (linesOf([request({ collection, feature }, one)])[0] as { readonly preference: unknown }).preference;
    expect(preferenceOf(vector.slice())).toBe(preferenceOf(vector));
    expect(preferenceOf(vector.map((number) => number + 1))).not.toBe(preferenceOf(vector));
  });

  test('leaves it to the server where to score again: it does so where vectors are quantized', () => {
    const knnOf = (oversample: number | null): unknown =>
      (linesOf([request({ collection, feature }, vector, { oversample })])[1] as { readonly knn: unknown })
        .knn;
    expect(knnOf(3)).toMatchObject({ rescore_vector: { oversample: 3 } });
    expect(knnOf(null)).not.toHaveProperty('rescore_vector');
  });

  test('asks an attached index by its name, routing and paths, with vectors of length 1 for a cosine', () => {
    const attached = { index: 'goods', idField: null, routing: 'shop 1' };
    const own = { ...collection, attached, fields: [{ ...collection.fields[0]!, path: 'tags.raw' }] };
    const filter = { kind: 'eq', field: 'keyword', value: 'red' } as const;
    const similarities = ['COSINE', 'DOT_PRODUCT'] as const;
    const requests = similarities.map((similarity) =>
      request(
        { collection: own, feature: { ...feature, similarity, field: `v.${similarity}` } },
        Float32Array.of(3, 4, 0, 0, 0, 0, 0, 0),
        { filter },
      ),
    );
    const how = { ...settings, targetOf: () => ({ alias: 'goods', routing: 'shop 1' }) };
    const [header, unit, , given] = linesOf(requests, how);
    expect(header).toMatchObject({ index: 'goods', routing: 'shop 1' });
    expect(unit).toMatchObject({
      knn: {
        field: 'v.COSINE',
        filter: [{ term: { 'tags.raw': { value: 'red' } } }],
        query_vector: [expect.closeTo(0.6), expect.closeTo(0.8), 0, 0, 0, 0, 0, 0],
      },
    });
    expect(given).toMatchObject({ knn: { query_vector: [3, 4, 0, 0, 0, 0, 0, 0] } });
  });

  test.each([
    [10, null, 100],
    [100, null, 200],
    [1000, null, 2000],
    [10, 40, 40],
    [100, 40, 100],
    [10, 9_999, 9_999],
  ])('of top %i and numCandidates %p looks at %i candidates', (topK, numCandidates, expected) => {
    expect(candidatesOf(request({ collection, feature }, vector, { topK, numCandidates }))).toBe(expected);
  });

  test('writes vectors in base64 of big-endian floats, which reads back bit by bit', () => {
    const odd = Float32Array.of(-0, 1e-45, 3.4028234663852886e38, 0.1, -1 / 3);
    const text = JSON.parse(base64Vector(odd)) as string;
    expect(Buffer.from(text, 'base64').subarray(12, 16)).toEqual(Buffer.from('3dcccccd', 'hex'));
    expect(new Uint8Array(fromBigEndian(text).buffer)).toEqual(new Uint8Array(odd.buffer));
  });
});
