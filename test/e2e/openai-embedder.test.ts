import { afterEach, describe, expect, test } from '@jest/globals';
import {
  OPENAI_DEFAULTS,
  OpenAiEmbedder,
  type OpenAiOptions,
} from '../../src/engine/embedding/openai-embedder.ts';
import { ReweighError } from '../../src/engine/errors.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Feature } from '../../src/engine/collection/collection.ts';
import type { Uuid } from '../../src/engine/ids.ts';
import {
  answerBody,
  answerStatus,
  answerWell,
  startEmbeddingServer,
  vectorOfText,
  type Answer,
} from '../support/embedding-server.ts';

const DIMS = 8;
const KEY = 'key-that-must-stay-secret';
const SECRET = 'words-that-must-stay-secret';
const QUICK = { attempts: 4, firstDelay: 4, longestDelay: 20 };

const feature = (over: Partial<Feature> = {}): Feature => ({
  id: '00000000-0000-7000-8000-000000000001' as Uuid,
  collectionId: '00000000-0000-7000-8000-000000000002' as Uuid,
  uri: 'embed://openai@1/title',
  field: 'title_vector',
  dims: DIMS,
  similarity: 'COSINE',
  sourceFields: ['title'],
  embedder: 'OPENAI',
  model: null,
  background: null,
  createdAt: new Date(0),
  ...over,
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(script: Answer[] = [], options: Partial<OpenAiOptions> = {}) {
  const server = await startEmbeddingServer(DIMS, script);
  closers.push(() => server.close());
  const embedder = new OpenAiEmbedder(
    { ...OPENAI_DEFAULTS, url: server.url, apiKey: KEY, model: 'small', retry: QUICK, ...options },
    { clock: systemClock, random: seededRandom('embedder') },
  );
  return { server, embedder };
}

/** The error of a call, which must be one that callers may see, without the key or the text. */
async function failureOf(work: Promise<unknown>): Promise<ReweighError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ReweighError)) throw new Error(`expected a coded error, got ${String(error)}`);
  expect(`${error.message} ${JSON.stringify(error.details)} ${error.stack ?? ''}`).not.toContain(KEY);
  expect(`${error.message} ${JSON.stringify(error.details)} ${error.stack ?? ''}`).not.toContain(SECRET);
  return error;
}

describe('a question to an embedding server', () => {
  test('carries the model, the texts, the encoding and the key, and nothing else', async () => {
    const { server, embedder } = await start();
    await embedder.embed(feature(), ['a cup', 'a saucer'], 20_000);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.path).toBe('/v1/embeddings');
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(server.seen[0]?.body).toEqual({
      model: 'small',
      input: ['a cup', 'a saucer'],
      encoding_format: 'float',
    });
  });

  test("names the feature's own model, and its dimensions where that is wanted", async () => {
    const { server, embedder } = await start([], { sendDimensions: true, apiKey: null });
    await embedder.embed(feature({ model: 'large' }), ['a cup'], 20_000);
    expect(server.seen[0]?.body).toMatchObject({ model: 'large', dimensions: DIMS });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  test.each(['float', 'base64'] as const)(
    'gets the same vectors as %s, in the order of the texts',
    async (encoding) => {
      const { embedder } = await start([], { encoding });
      const texts = ['a cup', 'a saucer', 'crème 🎺'];
      const vectors = await embedder.embed(feature(), texts, 20_000);
      expect(vectors).toEqual(texts.map((text) => vectorOfText(text, 'small', DIMS)));
    },
  );

  test('leaves out texts of white space, which have no vector', async () => {
    const { server, embedder } = await start();
    const vectors = await embedder.embed(feature(), ['', 'a cup', ' \n\t'], 20_000);
    expect(vectors).toEqual([null, vectorOfText('a cup', 'small', DIMS), null]);
    expect(server.seen[0]?.body.input).toEqual(['a cup']);
    expect(await embedder.embed(feature(), ['', ' '], 20_000)).toEqual([null, null]);
    expect(server.seen).toHaveLength(1);
  });

  test('holds at most 256 texts', async () => {
    const { server, embedder } = await start();
    const texts = Array.from({ length: 600 }, (_, index) => `text ${index}`);
    const vectors = await embedder.embed(feature(), texts, 20_000);
    expect(server.seen.map(({ body }) => body.input.length).sort((a, b) => b - a)).toEqual([256, 256, 88]);
    expect(vectors).toEqual(texts.map((text) => vectorOfText(text, 'small', DIMS)));
  });

  test('holds at most the allowed bytes of text, a longer text going alone', async () => {
    const { server, embedder } = await start([], { limits: { texts: 256, bytes: 20 }, concurrency: 1 });
    const texts = ['12345678', 'é2345678', '12345678', 'x'.repeat(50), 'y'];
    const vectors = await embedder.embed(feature(), texts, 20_000);
    expect(server.seen.map(({ body }) => body.input.length)).toEqual([2, 1, 1, 1]);
    expect(vectors).toEqual(texts.map((text) => vectorOfText(text, 'small', DIMS)));
  });
});

describe('an overloaded or broken embedding server', () => {
  test.each([429, 502, 503, 504])('is asked again after %i', async (status) => {
    const { server, embedder } = await start([answerStatus(status), answerStatus(status)]);
    const [vector] = await embedder.embed(feature(), ['a cup'], 20_000);
    expect(vector).toEqual(vectorOfText('a cup', 'small', DIMS));
    expect(server.seen).toHaveLength(3);
  });

  test('is asked again no sooner than its Retry-After says', async () => {
    const { server, embedder } = await start([answerStatus(429, { 'retry-after': '1' })]);
    await embedder.embed(feature(), ['a cup'], 20_000);
    const [first, second] = server.seen;
    // Timers may fire up to a millisecond early by the other clock.
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(998);
  });

  test('is given up at once where Retry-After lies beyond the deadline', async () => {
    const { server, embedder } = await start([answerStatus(503, { 'retry-after': '3600' })]);
    const start_ = performance.now();
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(error.message).toBe(
      'the embedding server answered 503; the next try would come after the 20000 ms',
    );
    expect(performance.now() - start_).toBeLessThan(120_000);
    expect(server.seen).toHaveLength(1);
  });

  test('is given up after the allowed tries', async () => {
    const { server, embedder } = await start(Array.from({ length: 9 }, () => answerStatus(429)));
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(error.message).toBe('the embedding server answered 429 (4 tries)');
    expect(server.seen).toHaveLength(4);
  });

  test('is asked again when it resets the connection before answering', async () => {
    const { server, embedder } = await start([(response) => response.socket?.resetAndDestroy()]);
    const [vector] = await embedder.embed(feature(), ['a cup'], 20_000);
    expect(vector).toEqual(vectorOfText('a cup', 'small', DIMS));
    expect(server.seen).toHaveLength(2);
  });

  test('is asked again when it cuts the connection in the middle of the body', async () => {
    const cut: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"data": [{"index": 0, "embedding": [0.25,');
      setImmediate(() => response.destroy());
    };
    const { server, embedder } = await start([cut, cut]);
    const [vector] = await embedder.embed(feature(), ['a cup'], 20_000);
    expect(vector).toEqual(vectorOfText('a cup', 'small', DIMS));
    expect(server.seen).toHaveLength(3);
  });

  test('that always cuts its chunked answer fails by name, never with half an answer', async () => {
    const cut: Answer = (response) => {
      response.write('{"data": []');
      setImmediate(() => response.destroy());
    };
    const { embedder } = await start(Array.from({ length: 4 }, () => cut));
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(error.message).toMatch(/^the connection to the embedding server broke.* \(4 tries\)$/);
  });

  test('that nobody runs is unavailable', async () => {
    const { server, embedder } = await start();
    await closers.pop()?.();
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain(new URL(server.url).port);
  });
});

describe('the deadline of a call', () => {
  const silent: Answer = () => undefined;

  test('ends a silent server, and cancels the request', async () => {
    const { server, embedder } = await start([silent]);
    const started = performance.now();
    const error = await failureOf(embedder.embed(feature(), [SECRET], 150));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(error.message).toBe('the embedding server did not answer within 150 ms');
    expect(performance.now() - started).toBeLessThan(120_000);
    await server.seen[0]?.abandoned;
  });

  test('ends an answer that comes in drips, and cancels it', async () => {
    const drip: Answer = (response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    const { server, embedder } = await start([drip]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 200));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    await server.seen[0]?.abandoned;
  });

  test('holds for all batches and tries together', async () => {
    const { server, embedder } = await start(
      Array.from({ length: 500 }, () => answerStatus(503)),
      { retry: { attempts: 1_000, firstDelay: 20, longestDelay: 20 }, limits: { texts: 1, bytes: 100 } },
    );
    const started = performance.now();
    const error = await failureOf(embedder.embed(feature(), [SECRET, 'a cup'], 1_000));
    expect(error.code).toBe('EMBEDDING_UNAVAILABLE');
    expect(performance.now() - started).toBeLessThan(120_000);
    expect(server.seen.length).toBeGreaterThan(4);
  });

  test('is not waited for when one batch is refused: the others are cancelled', async () => {
    const { server, embedder } = await start([silent, answerStatus(400)], {
      limits: { texts: 1, bytes: 100 },
    });
    const error = await failureOf(embedder.embed(feature(), ['a cup', 'a saucer'], 30_000));
    expect(error.message).toBe('the embedding server answered 400');
    await server.seen[0]?.abandoned;
  });
});

describe('an answer that cannot be used', () => {
  const vector = (numbers: readonly unknown[]): string =>
    JSON.stringify({ data: [{ index: 0, embedding: numbers }] });
  const good = new Array<number>(DIMS).fill(0.5);
  const cases: readonly (readonly [string, string, string])[] = [
    ['of wrong dimensions', vector([1, 2, 3]), 'expected vectors of 8 numbers, got 3 numbers for text 0'],
    ['with no vector', '{"data": []}', 'expected 1 vectors, got 0'],
    [
      'with two vectors',
      JSON.stringify({ data: [{ embedding: good }, { embedding: good }] }),
      'expected 1 vectors, got 2',
    ],
    [
      'with an index beyond',
      JSON.stringify({ data: [{ index: 7, embedding: good }] }),
      'expected indexes below 1, got 7',
    ],
    [
      'with an infinite number',
      vector([...good.slice(1), 0]).replace(',0]', ',1e999]'),
      'got Infinity at position 7',
    ],
    ['with a number beyond float32', vector([...good.slice(1), 1e39]), 'got Infinity at position 7'],
    [
      'with null for a number',
      vector([...good.slice(1), null]),
      'expected numbers, got object at position 7',
    ],
    [
      'with bytes that are no float32',
      JSON.stringify({ data: [{ embedding: 'AAAA' }] }),
      'whole number of float32',
    ],
    ['without data', `{"error": "${SECRET}"}`, 'expected an object with a list named data'],
    ['that is no JSON', `<html>${SECRET}</html>`, 'expected JSON'],
    ['that is empty', '', 'expected JSON, got 0 characters'],
  ];

  test.each(cases)('%s is refused with what was expected and what came', async (_, body, message) => {
    const { server, embedder } = await start([answerBody(body)]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_FAILED');
    expect(error.message).toContain(message);
    expect(server.seen).toHaveLength(1);
  });

  test('with one index twice is refused', async () => {
    const item = { index: 1, embedding: good };
    const { embedder } = await start([answerBody(JSON.stringify({ data: [item, item] }))]);
    const error = await failureOf(embedder.embed(feature(), ['a cup', 'a saucer'], 20_000));
    expect(error.message).toContain('two with index 1');
  });

  test('that is endless is cut off at the longest honest length', async () => {
    let sent = 0;
    const endless: Answer = (response) => {
      const chunk = Buffer.alloc(65_536, ' ');
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    };
    const { server, embedder } = await start([endless]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_FAILED');
    expect(error.message).toMatch(/too long: expected at most \d+ bytes$/);
    await server.seen[0]?.abandoned;
    expect(sent).toBeLessThan(20_000_000);
  });

  test('of zeros is no vector', async () => {
    const { embedder } = await start([answerBody(vector(new Array<number>(DIMS).fill(0)))]);
    expect(await embedder.embed(feature(), ['a cup'], 20_000)).toEqual([null]);
  });
});

describe('a refusal', () => {
  test('is not tried again, and only a known code of it is passed on', async () => {
    const body = JSON.stringify({
      error: { message: `wrong key ${KEY} for ${SECRET}`, code: 'invalid_api_key' },
    });
    const { server, embedder } = await start([answerStatus(401, {}, body)]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.code).toBe('EMBEDDING_FAILED');
    expect(error.message).toBe('the embedding server answered 401 (invalid_api_key)');
    expect(server.seen).toHaveLength(1);
  });

  test('with a code nobody knows says the status alone', async () => {
    const { embedder } = await start([answerStatus(400, {}, JSON.stringify({ error: { code: SECRET } }))]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.message).toBe('the embedding server answered 400');
  });

  test('by a redirect is not followed, so that key and texts go nowhere else', async () => {
    const other = await startEmbeddingServer(DIMS);
    closers.push(() => other.close());
    const { embedder } = await start([answerStatus(307, { location: `${other.url}/embeddings` })]);
    const error = await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(error.message).toBe('the embedding server answered 307');
    expect(other.seen).toHaveLength(0);
  });

  test('leaves the embedder usable', async () => {
    const { embedder } = await start([answerStatus(400), answerWell(DIMS)]);
    await failureOf(embedder.embed(feature(), [SECRET], 20_000));
    expect(await embedder.embed(feature(), ['a cup'], 20_000)).toHaveLength(1);
  });
});
