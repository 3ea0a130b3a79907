import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { codesOf, post, startServer, type TestServer } from '../support/server.ts';

let it: TestServer;
beforeAll(async () => {
  it = await startServer({ environment: { MAX_COST: '1000' } });
  // The first requests pay for compiling the code; what is measured below is the server when warm.
  for (let i = 0; i < 50; i += 1) await post(it.url, { query: `{ a${i}: hello items { name } }` });
});
afterAll(() => it.server.close());

const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(' ');
const nested = (depth: number): string => `{ ${'self { '.repeat(depth)}hello${' }'.repeat(depth)} }`;

/** Documents that must not be run, and the codes that say why. */
const REFUSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['10,000 aliases', `{ ${many(10_000, (i) => `a${i}:hello`)} }`, ['DOCUMENT_TOO_LARGE']],
  ['5,000 aliases', `{ ${many(5_000, (i) => `a${i}:hello`)} }`, ['TOO_MANY_TOKENS']],
  ['51 aliases', `{ ${many(51, (i) => `a${i}: hello`)} }`, ['TOO_MANY_ALIASES']],
  ['a document of 10 MB', `{ ${'hello '.repeat(1_700_000)} }`, ['DOCUMENT_TOO_LARGE']],
  ['a comment of 101,000 bytes', `# ${'x'.repeat(101_000)}\n{ hello }`, ['DOCUMENT_TOO_LARGE']],
  ['200 levels', nested(200), ['TOO_DEEP']],
  ['21 levels', nested(20), ['TOO_DEEP']],
  [
    'lists nested 2,000 deep in an argument',
    `{ echo(text: ${'['.repeat(2_000)}${']'.repeat(2_000)}) }`,
    ['TOO_DEEP'],
  ],
  [
    '1,000 fragments in a cycle',
    `{ ...F0 } ${many(1_000, (i) => `fragment F${i} on Query { ...F${(i + 1) % 1_000} }`)}`,
    ['TOO_MANY_TOKENS'],
  ],
  [
    '100 fragments in a cycle',
    `{ ...F0 } ${many(100, (i) => `fragment F${i} on Query { ...F${(i + 1) % 100} }`)}`,
    ['GRAPHQL_VALIDATION_FAILED'],
  ],
  [
    '101 fragments',
    `{ ${many(101, (i) => `...F${i}`)} } ${many(101, (i) => `fragment F${i} on Query { hello }`)}`,
    ['TOO_MANY_FRAGMENTS'],
  ],
  [
    'fragments that double 20 times',
    `{ ...F0 } ${many(20, (i) => `fragment F${i} on Query { ...F${i + 1} self { ...F${i + 1} } }`)} fragment F20 on Query { hello }`,
    ['TOO_DEEP', 'TOO_MANY_FIELDS'],
  ],
  ['100,000 tokens', `{ ${'hello '.repeat(16_600)} }`, ['TOO_MANY_TOKENS']],
  ['one field 500 times', `{ ${'hello '.repeat(500)} }`, ['TOO_MANY_FIELDS']],
  ['__typename 500 times', `{ ${'__typename '.repeat(500)} }`, ['TOO_MANY_FIELDS']],
  [
    '1,111 uses of fields',
    `{ ${many(10, () => '...A')} } fragment A on Query { ${many(10, () => '...B')} } fragment B on Query { ${many(10, () => 'hello')} }`,
    ['TOO_MANY_FIELDS'],
  ],
  ['51 directives', `{ hello ${'@include(if: true) '.repeat(51)} }`, ['TOO_MANY_DIRECTIVES']],
  ['a list of 1,000 with fields', '{ items(first: 1000) { name } }', ['TOO_COSTLY']],
];

/** A client in a thread of its own, so that the server's thread can be measured alone. */
const SENDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const send = async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(workerData.url + '/graphql', { method: 'POST', headers, body: workerData.body });
    await response.text();
    parentPort.postMessage(response.status);
  };
  parentPort.on('message', send);
  send();
`;

/** However it is closed: a byte that is sent as the server closes it makes it a reset. */
const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

describe('limits', () => {
  test.each(REFUSED)('%s are refused with a code', async (_name, query, codes) => {
    const answer = await post(it.url, { query });
    expect(answer.status).toBe(400);
    for (const code of codes) expect(codesOf(answer)).toContain(code);
    expect(answer.body.data).toBeUndefined();
  });

  test.each(REFUSED)('%s cost less than 50 ms of the server to refuse', async (_name, query) => {
    const client = new Worker(SENDER, {
      eval: true,
      workerData: { url: it.url, body: JSON.stringify({ query }) },
    });
    await once(client, 'message');
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const before = process.threadCpuUsage();
      client.postMessage('again');
      await once(client, 'message');
      const used = process.threadCpuUsage(before);
      times.push((used.user + used.system) / 1_000);
    }
    await client.terminate();
    // The least of five: what else the machine does only adds.
    expect(Math.min(...times)).toBeLessThan(50);
  });

  test('what is at the limit still runs', async () => {
    const answers = await Promise.all([
      post(it.url, { query: `{ ${many(50, (i) => `a${i}: hello`)} }` }),
      post(it.url, { query: nested(19) }),
      post(it.url, { query: `{ ${'hello '.repeat(20)} }` }),
      post(it.url, { query: '{ items(first: 499) { name } }' }),
    ]);
    for (const { body } of answers) expect(body.errors).toBeUndefined();
  });

  test('a list size in a variable, or in its default, counts like one in the document', async () => {
    const query = 'query ($n: Int = 1000) { items(first: $n) { name } }';
    expect(codesOf(await post(it.url, { query }))).toEqual(['TOO_COSTLY']);
    expect(codesOf(await post(it.url, { query, variables: { n: 5_000 } }))).toEqual(['TOO_COSTLY']);
    expect((await post(it.url, { query, variables: { n: 2 } })).body.errors).toBeUndefined();
  });

  test('a mutation costs what its list of items makes it answer, and does not run when that is too much', async () => {
    const query = 'mutation ($names: [String!]!) { add(input: { names: $names }) { name } }';
    const names = Array.from({ length: 1_100 }, (_, i) => `name ${i}`);
    expect(codesOf(await post(it.url, { query, variables: { names } }))).toEqual(['TOO_COSTLY']);
    expect(it.witness.namesAdded).toEqual([]);
  });

  test('at most five faults of a document are told', async () => {
    const answer = await post(it.url, { query: `{ ${many(40, (i) => `x${i}`)} }` });
    expect(answer.body.errors!.length).toBeLessThanOrEqual(6);
    expect(answer.body.errors!.length).toBeGreaterThan(1);
  });

  test('a body that trickles in is cut off at the request timeout, and others are answered meanwhile', async () => {
    const hasty = await startServer({ environment: { REQUEST_TIMEOUT_MS: '400' } });
    const socket = connect(hasty.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const started = performance.now();
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    const trickle = setInterval(() => socket.write(' '), 50);
    const closed = closeOf(socket);
    socket.resume();
    expect((await fetch(`${hasty.url}/health/live`)).status).toBe(200);
    await closed;
    clearInterval(trickle);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(390);
    expect(took).toBeLessThan(12_000);
    await hasty.server.close();
  });

  test('headers that trickle in are cut off too', async () => {
    const hasty = await startServer({ environment: { REQUEST_TIMEOUT_MS: '400' } });
    const socket = connect(hasty.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /health/live HTTP/1.1\r\n');
    const trickle = setInterval(() => socket.write('x: y\r\n'), 50);
    socket.resume();
    await closeOf(socket);
    clearInterval(trickle);
    await hasty.server.close();
  });
});
