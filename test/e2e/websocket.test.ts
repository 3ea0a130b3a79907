import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startServer, until, type TestServer } from '../support/server.ts';

let it: TestServer;
beforeAll(async () => {
  const environment = {
    SOCKET_OPERATIONS: '3',
    SOCKET_MAX_BYTES: '2048',
    CORS_ORIGINS: 'https://shop.example',
    MAX_COST: '50',
  };
  it = await startServer({ environment });
});
afterAll(() => it.server.close());

const socketUrl = (): string => `${it.url.replace('http', 'ws')}/graphql`;
const connect = (): Client =>
  createClient({ url: socketUrl(), webSocketImpl: WebSocket, retryAttempts: 0, lazyCloseTimeout: 50 });

interface Outcome {
  readonly values: readonly unknown[];
  readonly failure: unknown;
}

/** Runs a subscription to its end. */
async function outcomeOf(client: Client, payload: SubscribePayload): Promise<Outcome> {
  const values: unknown[] = [];
  return new Promise((resolve) => {
    client.subscribe(payload, {
      next: (value) => values.push(value),
      error: (failure) => resolve({ values, failure }),
      complete: () => resolve({ values, failure: null }),
    });
  });
}

const codes = ({ failure }: Outcome): readonly unknown[] =>
  (failure as readonly { readonly extensions: { readonly code: string } }[]).map(
    ({ extensions }) => extensions.code,
  );

/** A bare socket, to say what a client library would not. */
async function openRaw(): Promise<WebSocket> {
  const socket = new WebSocket(socketUrl(), 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

describe('GraphQL over WebSocket', () => {
  test('a subscription delivers its events in order and completes', async () => {
    const outcome = await outcomeOf(connect(), { query: 'subscription { ticks(count: 3) }' });
    expect(outcome).toEqual({ values: [1, 2, 3].map((ticks) => ({ data: { ticks } })), failure: null });
  });

  test.each([
    ['a query', '{ hello }', 'SUBSCRIPTIONS_ONLY'],
    ['a mutation', 'mutation { add(input: { names: ["ws"] }) { name } }', 'SUBSCRIPTIONS_ONLY'],
    ['a document that is not GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['a document that does not fit the schema', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a document without an operation', 'fragment F on Query { hello }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'too many aliases',
      `subscription { ${Array.from({ length: 51 }, (_, i) => `a${i}: ticks(count: 1)`).join(' ')} }`,
      'TOO_MANY_ALIASES',
    ],
  ])('%s is refused as over HTTP', async (_name, query, code) => {
    const outcome = await outcomeOf(connect(), { query });
    expect(outcome.values).toEqual([]);
    expect(codes(outcome)).toContain(code);
    expect(it.witness.namesAdded).toEqual([]);
  });

  test('an operation name that the document does not hold is refused', async () => {
    const outcome = await outcomeOf(connect(), {
      query: 'subscription A { ticks(count: 1) }',
      operationName: 'B',
    });
    expect(codes(outcome)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });

  test('a variable of another type is refused with its code', async () => {
    const query = 'subscription ($n: Int!) { ticks(count: $n) }';
    const outcome = await outcomeOf(connect(), { query, variables: { n: 'three' } });
    const shown = outcome.failure ?? (outcome.values[0] as { readonly errors: unknown }).errors;
    expect(codes({ values: [], failure: shown })).toEqual(['BAD_USER_INPUT']);
  });

  test('a defect in a stream is masked, in the error that ends it', async () => {
    const outcome = await outcomeOf(connect(), { query: 'subscription { breaks }' });
    expect(outcome.values).toEqual([{ data: { breaks: 1 } }]);
    expect(outcome.failure).toMatchObject([{ message: 'internal error', extensions: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(JSON.stringify(it.logged)).toContain('hunter2');
  });

  test('a socket holds as many subscriptions as allowed, and one more is refused without harm to them', async () => {
    const client = connect();
    const outcomes: Outcome[] = [];
    const waiting = Array.from({ length: 3 }, () =>
      client.subscribe(
        { query: 'subscription { waits }' },
        { next: () => undefined, error: () => undefined, complete: () => undefined },
      ),
    );
    outcomes.push(await outcomeOf(client, { query: 'subscription { waits }' }));
    expect(codes(outcomes[0]!)).toEqual(['TOO_MANY_OPERATIONS']);
    const before = it.witness.aborted.length;
    waiting[0]!();
    await until(() => it.witness.aborted.length === before + 1);
    expect((await outcomeOf(client, { query: 'subscription { ticks(count: 1) }' })).failure).toBeNull();
    await client.dispose();
    await until(() => it.witness.aborted.length === before + 3);
  });

  test('a socket that breaks ends its subscriptions', async () => {
    const socket = await openRaw();
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    const before = it.witness.aborted.length;
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: 'subscription { waits }' } }));
    socket.send(JSON.stringify({ type: 'ping' }));
    await once(socket, 'message');
    socket.terminate();
    await until(() => it.witness.aborted.length === before + 1);
  });

  test('a client that does not name the protocol is closed with 4406', async () => {
    const socket = new WebSocket(socketUrl());
    expect(await closeCode(socket)).toBe(4406);
  });

  const INIT = '{"type":"connection_init"}';
  const WAIT = '{"type":"subscribe","id":"1","payload":{"query":"subscription { waits }"}}';
  test.each([
    ['text that is not JSON', ['{'], 4400],
    ['an unknown message', ['{"type":"nonsense"}'], 4400],
    ['a subscription before the connection is initialised', [WAIT], 4401],
    ['initialising twice', [INIT, INIT], 4429],
    ['the same id twice', [INIT, WAIT, WAIT], 4409],
    [
      'a message that is too large',
      [JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(3_000) } })],
      1009,
    ],
  ] as const)('%s closes the socket with the code of the protocol', async (_name, messages, code) => {
    const socket = await openRaw();
    const closed = closeCode(socket);
    for (const message of messages) {
      socket.send(message);
      if (message === INIT) await Promise.race([once(socket, 'message'), closed]);
    }
    expect(await closed).toBe(code);
  });

  test('an id may be used again once its subscription is completed', async () => {
    const socket = await openRaw();
    const received: { readonly type: string }[] = [];
    socket.on('message', (text) => received.push(JSON.parse(String(text)) as { readonly type: string }));
    socket.send(INIT);
    await until(() => received.length === 1);
    const before = it.witness.aborted.length;
    socket.send(WAIT);
    socket.send('{"type":"ping"}');
    await until(() => received.length === 2);
    socket.send('{"type":"complete","id":"1"}');
    await until(() => it.witness.aborted.length === before + 1);
    socket.send('{"type":"subscribe","id":"1","payload":{"query":"subscription { ticks(count: 2) }"}}');
    await until(() => received.some(({ type }) => type === 'complete'));
    expect(received.map(({ type }) => type)).toEqual(['connection_ack', 'pong', 'next', 'next', 'complete']);
    socket.terminate();
  });

  test.each([
    ['of an allowed origin', 'https://shop.example', 101],
    ['of its own origin', 'own', 101],
    ['of another origin', 'https://evil.example', 401],
    ['of no origin worth the name', 'null', 401],
  ])('a page %s is answered accordingly when it opens a socket', async (_name, origin, status) => {
    const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', {
      origin: origin === 'own' ? it.url : origin,
    });
    const answered = new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
    });
    expect(await answered).toBe(status);
    socket.terminate();
  });

  test('when the server closes, sockets are closed with 1001', async () => {
    const other = await startServer();
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = closeCode(socket);
    await other.server.close();
    expect(await closed).toBe(1001);
  });

  test('a draining server takes no new subscription', async () => {
    const other = await startServer();
    const client = createClient({
      url: `${other.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => undefined,
    });
    await outcomeOf(client, { query: 'subscription { ticks(count: 1) }' });
    other.health.drain();
    expect(codes(await outcomeOf(client, { query: 'subscription { ticks(count: 1) }' }))).toEqual([
      'SHUTTING_DOWN',
    ]);
    await client.dispose();
    await other.server.close();
  });
});
