import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { answerOf, codesOf, post, startServer, type TestServer } from '../support/server.ts';

/** What graphql-cop (github.com/dolevf/graphql-cop) looks for, against a server with everything optional closed. */
let it: TestServer;
beforeAll(async () => {
  it = await startServer({ environment: { INTROSPECTION: 'false', GRAPHIQL: 'false' } });
});
afterAll(() => it.server.close());

const url = (): string => `${it.url}/graphql`;
const get = (query: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${url()}?query=${encodeURIComponent(query)}`, { headers });

describe('a closed server', () => {
  test('does not tell its schema', async () => {
    for (const query of [
      getIntrospectionQuery(),
      '{ __schema { queryType { name } } }',
      '{ __type(name: "Query") { name } }',
    ])
      expect(codesOf(await post(it.url, { query }))).toContain('INTROSPECTION_CLOSED');
    expect((await post(it.url, { query: '{ __typename }' })).body).toEqual({ data: { __typename: 'Query' } });
  });

  test('makes no suggestions, neither for documents nor for variables', async () => {
    const answers = [
      await post(it.url, { query: '{ hell }' }),
      await post(it.url, { query: '{ echo(texd: "x") }' }),
      await post(it.url, { query: '{ colour(is: REDD) }' }),
      await post(it.url, { query: 'query ($c: Colour!) { colour(is: $c) }', variables: { c: 'REDD' } }),
      await post(it.url, {
        query: 'mutation ($i: AddInput!) { add(input: $i) { name } }',
        variables: { i: { namez: [] } },
      }),
    ];
    for (const { body } of answers) {
      expect(body.errors!.length).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toMatch(/did you mean|"hello|"RED\\?"/i);
    }
  });

  test('an open server does make them (so that the test above can fail)', async () => {
    const open = await startServer();
    expect((await post(open.url, { query: '{ hell }' })).body.errors![0]!.message).toMatch(
      /Did you mean "hello"/,
    );
    const variables = { c: 'REDD' };
    const query = 'query ($c: Colour!) { colour(is: $c) }';
    expect((await post(open.url, { query, variables })).body.errors![0]!.message).toMatch(
      /Did you mean.*"RED"/,
    );
    await open.server.close();
  });

  test('serves no GraphiQL and no playground', async () => {
    for (const path of ['/graphql', '/graphiql', '/playground', '/console', '/']) {
      const answer = await fetch(`${it.url}${path}`, { headers: { accept: 'text/html' } });
      expect(answer.headers.get('content-type') ?? '').not.toMatch(/html/);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  test('answers no query over a GET that another origin could make a browser send', async () => {
    expect(codesOf(await answerOf(await get('{ __typename }')))).toEqual(['BAD_REQUEST']);
  });

  test('runs no mutation over GET', async () => {
    const mutation = 'mutation { add(input: { names: ["cop"] }) { name } }';
    for (const headers of [{}, { 'apollo-require-preflight': '1' }]) {
      const answer = await answerOf(await get(mutation, headers as Record<string, string>));
      expect(answer.body.data).toBeUndefined();
    }
    expect(it.witness.namesAdded).toEqual([]);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'takes no request as %s',
    async (type) => {
      const init = { method: 'POST', headers: { 'content-type': type }, body: 'query={__typename}' };
      expect(codesOf(await answerOf(await fetch(url(), init)))).toEqual(['UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  test('takes no array of operations', async () => {
    const body = JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })));
    const headers = { 'content-type': 'application/json' };
    expect(codesOf(await answerOf(await fetch(url(), { method: 'POST', headers, body })))).toEqual([
      'BAD_REQUEST',
    ]);
  });

  test('refuses overloading by aliases, directives and repeated fields', async () => {
    const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}: __typename`).join(' ');
    expect(codesOf(await post(it.url, { query: `{ ${aliases} }` }))).toEqual(['TOO_MANY_ALIASES']);
    expect(codesOf(await post(it.url, { query: `{ ${'__typename '.repeat(500)} }` }))).toEqual([
      'TOO_MANY_FIELDS',
    ]);
    const directives = await post(it.url, { query: `{ __typename ${'@aa'.repeat(10)} }` });
    expect(directives.body.errors!.length).toBeLessThan(10);
  });

  test('refuses circular introspection even where introspection is open', async () => {
    const open = await startServer();
    const query =
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
    expect(codesOf(await post(open.url, { query }))).toContain('GRAPHQL_VALIDATION_FAILED');
    await open.server.close();
  });

  test('gives no trace of its working and no name of its software', async () => {
    const answer = await post(
      it.url,
      { query: '{ __typename broken }' },
      { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' },
    );
    expect(answer.body.extensions).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toMatch(/stacktrace|exception|tracing|ftv1/i);
    expect([...answer.headers.keys()]).not.toEqual(expect.arrayContaining(['server', 'x-powered-by']));
  });
});
