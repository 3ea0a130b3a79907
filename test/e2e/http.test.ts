import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerOf, codesOf, post, startServer, until, type TestServer } from '../support/server.ts';

let it: TestServer;
beforeAll(async () => {
  it = await startServer({ environment: { MAX_BODY_BYTES: '200000' } });
});
afterAll(() => it.server.close());

const raw = (init: RequestInit, search = ''): Promise<Response> => fetch(`${it.url}/graphql${search}`, init);
const json = { 'content-type': 'application/json' };

describe('GraphQL over HTTP', () => {
  test('a query is answered, and not to be stored by anybody', async () => {
    const answer = await post(it.url, { query: '{ hello }' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ data: { hello: 'hello' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('a client that prefers application/graphql-response+json gets it, errors included', async () => {
    const accept = { accept: 'application/graphql-response+json' };
    const fine = await post(it.url, { query: '{ hello }' }, accept);
    expect(fine.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    const faulty = await post(it.url, { query: '{ nothing }' }, accept);
    expect(faulty.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(faulty.status).toBe(400);
  });

  test('a request id that the caller gives comes back, one that is missing is made', async () => {
    const given = await post(it.url, { query: '{ hello }' }, { 'x-request-id': 'abc-123' });
    expect(given.headers.get('x-request-id')).toBe('abc-123');
    const made = await post(it.url, { query: '{ hello }' });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const silly = await post(it.url, { query: '{ hello }' }, { 'x-request-id': 'a b\t"c"' });
    expect(silly.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a defect is masked, told apart by its request id, and logged in full', async () => {
    const answer = await post(it.url, { query: '{ hello broken }' }, { 'x-request-id': 'defect-1' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: { hello: 'hello', broken: null },
      errors: [
        {
          message: 'internal error',
          locations: [{ line: 1, column: 9 }],
          path: ['broken'],
          extensions: { code: 'INTERNAL', retryable: false, requestId: 'defect-1' },
        },
      ],
    });
    const line = it.logged.find((entry) => entry['requestId'] === 'defect-1' && entry['level'] === 50);
    expect(JSON.stringify(line)).toContain('hunter2');
  });

  test('a refusal of a use case keeps its code, its faults and their paths', async () => {
    const answer = await post(it.url, { query: '{ refused }' });
    expect(answer.body.errors?.[0]).toMatchObject({
      message: 'expected 1 to 10, got 11',
      extensions: { code: 'OUT_OF_RANGE', faults: [{ code: 'OUT_OF_RANGE', path: ['first'] }] },
    });
  });

  test.each([
    ['malformed JSON', { method: 'POST', headers: json, body: '{"query":' }, 400, 'BAD_REQUEST'],
    ['an empty body', { method: 'POST', headers: json, body: '' }, 400, 'BAD_REQUEST'],
    ['a body that is not an object', { method: 'POST', headers: json, body: '"x"' }, 400, 'BAD_REQUEST'],
    [
      'a batch of operations',
      { method: 'POST', headers: json, body: '[{"query":"{hello}"}]' },
      400,
      'BAD_REQUEST',
    ],
    [
      'a body without a query',
      { method: 'POST', headers: json, body: '{"variables":{}}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'variables that are no object',
      { method: 'POST', headers: json, body: '{"query":"{hello}","variables":[1]}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'a persisted query',
      {
        method: 'POST',
        headers: json,
        body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}',
      },
      200,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    [
      'plain text',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{hello}"}' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a form',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'query={hello}',
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a body that is too large',
      {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query: '{hello}', variables: { x: 'x'.repeat(200_000) } }),
      },
      413,
      'BODY_TOO_LARGE',
    ],
    ['another method', { method: 'PUT', headers: json, body: '{"query":"{hello}"}' }, 405, 'BAD_REQUEST'],
  ] as const)('%s is refused in the form of GraphQL', async (_name, init, status, code) => {
    const answer = await answerOf(await raw(init));
    expect(codesOf(answer)).toEqual([code]);
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.[0]?.extensions['requestId']).toBe(answer.headers.get('x-request-id'));
  });

  test('a body in chunks without a length is cut off at the limit too', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(50_000));
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
    });
    const sent = raw({ method: 'POST', headers: json, body, duplex: 'half' } as RequestInit);
    const answer = await sent.then(answerOf, () => null);
    // The server may close the connection before the client has read the answer; either way it does not read on.
    if (answer !== null) expect(codesOf(answer)).toEqual(['BODY_TOO_LARGE']);
    expect((await post(it.url, { query: '{ hello }' })).status).toBe(200);
  });

  test('a query over GET needs the header that pages of other origins cannot send', async () => {
    const search = `?query=${encodeURIComponent('{ hello }')}`;
    const bare = await answerOf(await raw({}, search));
    expect(codesOf(bare)).toEqual(['BAD_REQUEST']);
    expect(bare.body.errors?.[0]?.message).toMatch(/Cross-Site Request Forgery/);
    const headed = await answerOf(await raw({ headers: { 'apollo-require-preflight': '1' } }, search));
    expect(headed.body).toEqual({ data: { hello: 'hello' } });
  });

  test('a mutation over GET is refused and does not run', async () => {
    const search = `?query=${encodeURIComponent('mutation { add(input: { names: ["got"] }) { name } }')}`;
    const answer = await answerOf(await raw({ headers: { 'apollo-require-preflight': '1' } }, search));
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(it.witness.namesAdded).not.toContain('got');
  });

  test('an operation that is not finished at its deadline is answered then, and told to stop', async () => {
    const hasty = await startServer({ environment: { OPERATION_DEADLINE_MS: '300' } });
    const answer = await post(hasty.url, { query: '{ slow(milliseconds: 30000) }' });
    expect(hasty.witness.finished).toEqual([]);
    expect(answer.status).toBe(503);
    expect(codesOf(answer)).toEqual(['DEADLINE_EXCEEDED']);
    expect(answer.body.errors?.[0]?.extensions['retryable']).toBe(true);
    expect(hasty.witness.aborted).toEqual(['slow 30000']);
    await hasty.server.close();
  });

  test('an operation whose caller hangs up is told to stop', async () => {
    const controller = new AbortController();
    const body = JSON.stringify({ query: '{ slow(milliseconds: 30000) }' });
    const gone = raw({ method: 'POST', headers: json, body, signal: controller.signal });
    await until(() => it.witness.started.includes('slow 30000'));
    controller.abort();
    await expect(gone).rejects.toThrow('aborted');
    await until(() => it.witness.aborted.includes('slow 30000'));
    expect(it.witness.finished).not.toContain('slow 30000');
  });

  test('the cost is told on request, and only then', async () => {
    const query = 'query ($n: Int) { items(first: $n) { name parts { name } } }';
    const asked = await post(it.url, { query, variables: { n: 3 } }, { 'x-include-cost': 'true' });
    // items 1 + 3 × (name 1 + parts 1 + 10 × name 1)
    expect(asked.body.extensions).toEqual({ cost: 1 + 3 * 12 });
    expect((await post(it.url, { query, variables: { n: 3 } })).body.extensions).toBeUndefined();
  });

  test('no stack, no host, no path of a file is in any answer', async () => {
    const answers = await Promise.all([
      post(it.url, { query: '{ broken }' }),
      post(it.url, { query: '{ nothing }' }),
      post(it.url, { query: '{' }),
      raw({ method: 'POST', headers: json, body: '{' }).then(answerOf),
    ]);
    for (const { body } of answers)
      expect(JSON.stringify(body)).not.toMatch(/hunter2|node_modules|\.ts|stack/);
  });
});
