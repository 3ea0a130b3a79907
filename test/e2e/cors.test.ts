import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.ts';

let open: TestServer;
let closed: TestServer;
beforeAll(async () => {
  open = await startServer({ environment: { CORS_ORIGINS: 'https://shop.example, https://help.example' } });
  closed = await startServer();
});
afterAll(() => Promise.all([open.server.close(), closed.server.close()]));

const preflight = (server: TestServer, origin: string, headers = 'content-type'): Promise<Response> =>
  fetch(`${server.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': headers,
    },
  });

const send = (server: TestServer, origin: string): Promise<Response> =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: '{"query":"{ hello }"}',
  });

describe('pages of other origins', () => {
  test.each(['https://shop.example', 'https://help.example'])(
    '%s is on the list: its preflight passes',
    async (origin) => {
      const answer = await preflight(open, origin, 'content-type,x-request-id,x-include-cost');
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/content-type.*x-include-cost/);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  test('a page on the list may read the answer and its request id', async () => {
    const answer = await send(open, 'https://shop.example');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(answer.headers.get('access-control-expose-headers')).toBe('x-request-id');
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  });

  test.each(['https://evil.example', 'http://shop.example', 'https://shop.example.evil.example', 'null'])(
    '%s is not on the list: the browser learns of no permission',
    async (origin) => {
      for (const answer of [await preflight(open, origin), await send(open, origin)])
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('without a list no other origin has permission', async () => {
    for (const answer of [
      await preflight(closed, 'https://shop.example'),
      await send(closed, 'https://shop.example'),
    ])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
