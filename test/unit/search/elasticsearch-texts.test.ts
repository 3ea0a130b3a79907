import { afterEach, describe, expect, test } from '@jest/globals';
import { fakeElasticsearch, type Received, type Reply } from '../../support/elasticsearch-fake.ts';
import { newCollection, newFeature, request } from '../../conformance/search-backend-world.ts';
import { openElasticsearch } from '../../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import type { KnnRequest } from '../../../src/engine/search/search-backend.ts';

const collection = newCollection();
const feature = newFeature(collection, 'COSINE');
const VECTOR = request({ collection, feature }, new Float32Array(8).fill(1));
const textFor = (model: string): KnnRequest => ({ ...VECTOR, vector: { text: 'tea at sea', model } });
const found = (...ids: readonly string[]): object => ({
  status: 200,
  _shards: { total: 1, successful: 1, failed: 0 },
  hits: { hits: ids.map((_id) => ({ _id, _score: 1 })) },
});
const part = (status: number, type: string, reason: string): object => ({
  status,
  error: { root_cause: [{ type, reason }], type, reason },
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A backend over a fake that answers multi-searches with `reply`, given the models that one names. */
async function over(reply: (models: readonly string[]) => Reply) {
  const searches: (readonly string[])[] = [];
  const modelsIn = ({ body }: Received): readonly string[] =>
    [...body.matchAll(/"model_id":"([^"]*)"/g)].map(([, model]) => model!);
  const fake = await fakeElasticsearch((one) => {
    if (!one.path.startsWith('/_msearch'))
      return { status: 200, body: { nodes: { n: { version: '9.5.4' } } } };
    searches.push(modelsIn(one));
    return reply(modelsIn(one));
  });
  const backend = await openElasticsearch({ url: fake.url }, systemClock);
  open.push(() => backend.close(), fake.close);
  return { backend, searches };
}

describe('texts that Elasticsearch embeds', () => {
  test('go out beside the vectors, in one multi-search for each model, and every answer finds its place', async () => {
    const { backend, searches } = await over((models) => ({
      status: 200,
      body: { responses: (models.length > 0 ? models : ['v1', 'v2']).map((id) => found(id)) },
    }));
    const outcomes = await backend.search(
      [textFor('e5'), VECTOR, textFor('bge'), textFor('e5'), VECTOR],
      5_000,
    );
    expect(outcomes.map((one) => (one.status === 'ok' ? one.hits[0]?.id : one.reason))).toEqual([
      'e5',
      'v1',
      'bge',
      'e5',
      'v2',
    ]);
    expect([...searches].sort()).toEqual([[], ['bge'], ['e5', 'e5']]);
  });

  test.each([
    [
      404,
      'status_exception',
      '[e5] is not an inference service model or a deployed ml model',
      'FEATURE_REJECTED',
    ],
    [
      400,
      'illegal_argument_exception',
      'the query vector has a different dimension [384] than the index vectors [8]',
      'FEATURE_REJECTED',
    ],
    [408, 'status_exception', 'timed out', 'FEATURE_FAILED'],
    [429, 'es_rejected_execution_exception', 'is overloaded', 'FEATURE_FAILED'],
    [500, 'inference_exception', 'the model crashed', 'FEATURE_FAILED'],
  ])('answered %i (%s: %s) are %s with the reason', async (status, type, reason, failure) => {
    const { backend } = await over((models) => ({
      status: 200,
      body: { responses: [models.length > 0 ? part(status, type, reason) : found('a')] },
    }));
    const [text, vector] = await backend.search([textFor('e5'), VECTOR], 20_000);
    expect(text).toMatchObject({ failure, reason: expect.stringContaining(reason) });
    expect(vector).toMatchObject({ status: 'ok', hits: [{ id: 'a' }] });
  });

  test('that a server does not know take down none of the vectors', async () => {
    const { backend } = await over((models) =>
      models.length > 0
        ? {
            status: 400,
            body: { ...part(400, 'x_content_parse_exception', 'unknown field [text_embedding]') },
          }
        : { status: 200, body: { responses: [found('a')] } },
    );
    const [text, vector] = await backend.search([textFor('e5'), VECTOR], 20_000);
    expect(text).toMatchObject({
      failure: 'FEATURE_REJECTED',
      reason: 'Elasticsearch answered 400; x_content_parse_exception: unknown field [text_embedding]',
    });
    expect(vector).toMatchObject({ status: 'ok' });
  });

  test('of a model that is too slow time out alone', async () => {
    const { backend } = await over((models) =>
      models.includes('slow')
        ? 'never'
        : { status: 200, body: { responses: [found(models[0] ?? 'vector')] } },
    );
    const outcomes = await backend.search([textFor('slow'), VECTOR, textFor('quick')], 3_000);
    expect(outcomes).toMatchObject([
      { status: 'failed', failure: 'FEATURE_TIMEOUT' },
      { status: 'ok', hits: [{ id: 'vector' }] },
      { status: 'ok', hits: [{ id: 'quick' }] },
    ]);
  });
});
