import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TO_THE_SEA, openSearchApi, type SearchApi } from '../support/executions.ts';
import { TITLE, addRetriever, tasteSpec } from '../support/library.ts';

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
});
afterAll(() => api.close());

describe('bad input of execute', () => {
  const nan = Buffer.alloc(8);
  nan.writeFloatLE(NaN, 0);
  test.each([
    [
      'a vector of the wrong length',
      [{ name: 'taste', vector: [1, 0, 0] }],
      'WRONG_DIMENSIONS at searches.0.input',
    ],
    ['a vector with NaN', [{ name: 'taste', vector: nan.toString('base64') }], 'NON_FINITE at inputs.0'],
    ['a vector with Infinity', [{ name: 'taste', vector: [Infinity, 0] }], 'NON_FINITE at inputs.0'],
    ['a zero vector', [{ name: 'taste', vector: [0, 0] }], 'EMPTY_INPUT at searches.0.input'],
    ['an unknown input', [...TO_THE_SEA, { name: 'nope', text: 'x' }], 'UNKNOWN_INPUT at inputs.1.name'],
    ['an input given twice', [...TO_THE_SEA, ...TO_THE_SEA], 'DUPLICATE at inputs.1.name'],
    ['an input of another type', [{ name: 'taste', text: 'x' }], 'TYPE_MISMATCH at inputs.0'],
    ['no input where one is required', [], 'REQUIRED at inputs.taste'],
    ['an input without a value', [{ name: 'taste' }], 'INVALID_VALUE at inputs.0'],
    ['an input with two values', [{ name: 'taste', text: 'x', number: 1 }], 'INVALID_VALUE at inputs.0'],
  ])('%s is refused with its path', async (_, inputs, fault) => {
    expect((await api.executeRefused({ inputs })).faults).toEqual([fault]);
  });

  test('an empty query is refused where the search says ERROR', async () => {
    await addRetriever(api, 'title', {
      collections: ['books'],
      inputs: [{ name: 'query', type: 'TEXT' }],
      searches: [{ feature: TITLE, input: '{{INPUT.query}}' }],
    });
    for (const inputs of [[], [{ name: 'query', text: '' }], [{ name: 'query', text: ' … ' }]])
      expect((await api.executeRefused({ retriever: 'title', inputs })).faults).toEqual([
        'EMPTY_INPUT at searches.0.input',
      ]);
  });

  test('a filter value that does not fit its field is refused', async () => {
    await addRetriever(api, 'since', {
      ...tasteSpec('books'),
      inputs: [
        { name: 'taste', type: 'VECTOR' },
        { name: 'day', type: 'TEXT' },
      ],
      filter: { field: 'addedAt', gte: '{{INPUT.day}}' },
    });
    const inputs = [...TO_THE_SEA, { name: 'day', text: 'long ago' }];
    expect((await api.executeRefused({ retriever: 'since', inputs })).faults).toEqual([
      'TYPE_MISMATCH at inputs',
    ]);
  });

  test('ids, page sizes and names are checked together', async () => {
    const refusal = await api.executeRefused({ user: 'x'.repeat(513), session: 'a\0b', key: '', first: 101 });
    expect(refusal.faults).toEqual([
      'OUT_OF_RANGE at first',
      'INVALID_ID at user',
      'INVALID_ID at session',
      'INVALID_ID at executionKey',
    ]);
    expect((await api.executeRefused({ retriever: 'nope' })).faults).toEqual(['NOT_FOUND at retriever']);
    const user = '🦉'.repeat(128);
    expect((await api.execute({ user, session: '"\'/\\' }))['user']).toBe(user);
  });
});
