import { afterEach, describe, expect, test } from '@jest/globals';
import { connectElasticsearch } from '../../../src/engine/search/elasticsearch-client.ts';
import {
  ELASTICSEARCH_EMBEDDER_DEFAULTS,
  ElasticsearchEmbedder,
} from '../../../src/engine/embedding/elasticsearch-embedder.ts';
import { fakeElasticsearch, type Received, type Reply } from '../../support/elasticsearch-fake.ts';
import { newCollection, newFeature } from '../../conformance/search-backend-world.ts';
import { seededRandom } from '../../../src/engine/random.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import { vectorOfText } from '../../support/embedding-server.ts';

const DIMS = 8;
const MODEL = 'org/my e5';
const FEATURE = {
  ...newFeature(newCollection(), 'COSINE'),
  embedder: 'ELASTICSEARCH',
  model: MODEL,
} as const;
const QUICK = { attempts: 3, firstDelay: 2, longestDelay: 5 };

interface Asked {
  readonly input: readonly string[];
  readonly input_type?: string;
}
const askedOf = ({ body }: Received): Asked => JSON.parse(body) as Asked;
/** As the API documents it: one list of numbers per text, in order. */
const answered = ({ input }: Asked, dims = DIMS): Reply => ({
  status: 200,
  body: { text_embedding: input.map((text) => ({ embedding: [...vectorOfText(text, MODEL, dims)] })) },
});
const refused = (status: number, reason: string): Reply => ({
  status,
  body: {
    error: { root_cause: [{ type: 'status_exception', reason }], type: 'status_exception', reason },
    status,
  },
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** An embedder over a fake that answers well where `reply` says nothing else. */
async function over(reply: (asked: Asked, index: number) => Reply | undefined = () => undefined) {
  let calls = 0;
  const fake = await fakeElasticsearch((one) => {
    const asked = askedOf(one);
    calls += 1;
    return reply(asked, calls) ?? answered(asked);
  });
  const client = connectElasticsearch({ url: fake.url }, systemClock);
  open.push(client.close, fake.close);
  const embedder = new ElasticsearchEmbedder(
    { ...ELASTICSEARCH_EMBEDDER_DEFAULTS, calls: client, retry: QUICK },
    { clock: systemClock, random: seededRandom('embedder') },
  );
  return { embedder, fake };
}

describe('texts of documents that Elasticsearch embeds', () => {
  test('are sent to the inference endpoint of the model, as documents, and come back in order', async () => {
    const { embedder, fake } = await over();
    const texts = ['a cup', ' ', 'a saucer'];
    const vectors = await embedder.embed(FEATURE, texts, 20_000);
    expect(vectors).toEqual([
      vectorOfText('a cup', MODEL, DIMS),
      null,
      vectorOfText('a saucer', MODEL, DIMS),
    ]);
    expect(fake.received).toHaveLength(1);
    const [request] = fake.received;
    expect(request?.method).toBe('POST');
    expect(request?.path).toMatch(/^\/_inference\/text_embedding\/org%2Fmy%20e5\?timeout=\d+ms$/);
    expect(askedOf(request!)).toEqual({ input: ['a cup', 'a saucer'], input_type: 'INGEST' });
  });

  test('go out in batches of at most 64', async () => {
    const { embedder, fake } = await over();
    const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`);
    const vectors = await embedder.embed(FEATURE, texts, 20_000);
    expect(fake.received.map((one) => askedOf(one).input.length).sort((a, b) => b - a)).toEqual([64, 64, 22]);
    expect(vectors).toEqual(texts.map((text) => vectorOfText(text, MODEL, DIMS)));
  });

  test('are not called documents again where the service refuses to be told', async () => {
    const reason =
      'Validation Failed: 1: Invalid input_type [ingest]. The input_type option is not supported;';
    const { embedder, fake } = await over(({ input_type: told }) =>
      told === undefined ? undefined : refused(400, reason),
    );
    for (const text of ['a cup', 'a saucer'])
      expect(await embedder.embed(FEATURE, [text], 20_000)).toEqual([vectorOfText(text, MODEL, DIMS)]);
    expect(fake.received.map((one) => askedOf(one).input_type)).toEqual(['INGEST', undefined, undefined]);
  });

  test.each([408, 429, 503])('are sent again after %i', async (status) => {
    const { embedder } = await over((_, index) => (index === 1 ? refused(status, 'busy') : undefined));
    expect(await embedder.embed(FEATURE, ['a cup'], 10_000)).toEqual([vectorOfText('a cup', MODEL, DIMS)]);
  });

  test.each([408, 429])('are given up after the allowed tries where it stays %i', async (status) => {
    const { embedder, fake } = await over(() => refused(status, 'busy'));
    await expect(embedder.embed(FEATURE, ['a cup'], 10_000)).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`answered ${status}.*\\(3 tries\\)$`, 's')),
    });
    expect(fake.received).toHaveLength(3);
  });

  test('are refused by name where there is no such endpoint, at once', async () => {
    const { embedder, fake } = await over(() => refused(404, 'Inference endpoint not found'));
    await expect(embedder.embed(FEATURE, ['a cup'], 20_000)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: `Elasticsearch has no inference endpoint ${MODEL}`,
    });
    expect(fake.received).toHaveLength(1);
  });

  test('are refused with the reason of the server', async () => {
    const { embedder } = await over(() => refused(400, 'the endpoint does rerank, not text_embedding'));
    await expect(embedder.embed(FEATURE, ['a cup'], 20_000)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: 'Elasticsearch answered 400; status_exception: the endpoint does rerank, not text_embedding',
    });
  });

  test('are refused with both numbers where the model gives other dimensions', async () => {
    const { embedder } = await over((asked) => answered(asked, 3));
    await expect(embedder.embed(FEATURE, ['a cup'], 20_000)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: expect.stringMatching(/vectors of 8 numbers, got 3 numbers/),
    });
  });

  test('are refused where the model answers in bytes, saying so', async () => {
    const { embedder } = await over(() => ({
      status: 200,
      body: { text_embedding_bytes: [{ embedding: [1, 2, 3, 4, 5, 6, 7, 8] }] },
    }));
    await expect(embedder.embed(FEATURE, ['a cup'], 20_000)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: expect.stringMatching(/expected a list named text_embedding, got text_embedding_bytes/),
    });
  });

  test('are given up at the deadline where no answer comes', async () => {
    const { embedder } = await over(() => 'never');
    const started = performance.now();
    await expect(embedder.embed(FEATURE, ['a cup'], 150)).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
