import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAILED, idsOf, uuidOf, withBackend, openSearchApi, type SearchApi } from '../support/executions.ts';
import { TASTE, TITLE } from '../support/library.ts';
import { decodeGlobalId } from '../../src/engine/ids.ts';
import type { RequestOptions } from '../support/api.ts';
import type { KnnOutcome } from '../../src/engine/search/search-backend.ts';

let api: SearchApi;
beforeAll(async () => {
  api = await openSearchApi();
});
afterAll(() => api.close());

describe('degradations and notices', () => {
  const inputs = [
    { name: 'query', text: 'sea' },
    { name: 'taste', vector: [1, 0] },
  ];
  /** The second feature, TASTE, comes out as `change` makes it. */
  const withTaste = (change: (outcome: KnnOutcome) => KnnOutcome): RequestOptions => ({
    ports: {
      backend: withBackend(api, {
        search: async (requests, deadline) => {
          const [title, taste] = await api.ports.backend.search(requests, deadline);
          return [title!, change(taste!)];
        },
      }),
    },
  });

  test.each(['FEATURE_FAILED', 'FEATURE_TIMEOUT', 'FEATURE_REJECTED'] as const)(
    'a feature that ends in %s is left out, named, and its weight goes to the others',
    async (failure) => {
      const options = withTaste(() => ({ status: 'failed', failure, reason: 'because', milliseconds: 2 }));
      const execution = await api.execute({ retriever: 'both', inputs }, options);
      expect(execution['degradations']).toEqual([{ code: failure, feature: TASTE, message: 'because' }]);
      expect(execution['weights']).toEqual([
        { feature: TITLE, weight: 1 },
        { feature: TASTE, weight: 0 },
      ]);
      expect(execution.hits.nodes.length).toBeGreaterThan(0);
      await api.ports.executions.flush();
      const record = await api.ports.executions.find('default', uuidOf(execution.id));
      expect(record?.teaches).toBe(false);
    },
  );

  test('a feature that came in part is used, named, and does not teach', async () => {
    const options = withTaste((outcome) =>
      outcome.status === 'ok' ? { ...outcome, partial: true } : outcome,
    );
    const execution = await api.execute({ retriever: 'both', inputs }, options);
    expect(execution['degradations']).toMatchObject([{ code: 'FEATURE_PARTIAL', feature: TASTE }]);
    expect(idsOf(execution)).toContain('lake');
  });

  test('when no feature could be searched the error is retryable and says why', async () => {
    const backend = withBackend(api, { search: (requests) => Promise.resolve(requests.map(() => FAILED)) });
    const refusal = await api.executeRefused({}, { ports: { backend } });
    expect(refusal).toMatchObject({ code: 'ALL_FEATURES_FAILED', retryable: true });
    expect(refusal.extensions['degradations']).toEqual([
      { code: 'FEATURE_FAILED', feature: TASTE, message: 'a broken disk' },
    ]);
  });

  test('a full log is said, and the page is answered', async () => {
    const executions = new Proxy(api.ports.executions, {
      get: (target, name) => {
        const own: unknown = name === 'offer' ? () => false : Reflect.get(target, name);
        return typeof own === 'function' ? (own.bind(target) as unknown) : own;
      },
    });
    const execution = await api.execute({}, { ports: { executions } });
    expect(execution['notices']).toEqual([{ code: 'NOT_LOGGED', feature: null }]);
    expect(execution.logged).toBe(false);
    expect(decodeGlobalId(execution.hits.nodes[0]!.id)?.type).toBe('UnrecordedHit');
  });

  test('a fault of the server is masked', async () => {
    const backend = withBackend(api, { search: () => Promise.reject(new Error('password=hunter2')) });
    const refusal = await api.executeRefused({}, { ports: { backend } });
    expect(refusal).toEqual({
      message: 'internal error',
      code: 'INTERNAL',
      retryable: false,
      faults: [],
      extensions: { code: 'INTERNAL', retryable: false, requestId: 'request-1' },
    });
  });
});
