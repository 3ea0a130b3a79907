import pino from 'pino';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { createHealth, type Health, type HealthCheck } from '../../src/request/health.ts';
import { createServer, type Server } from '../../src/server.ts';
import { readConfig } from '../../src/config.ts';
import { refusal } from '../../src/engine/errors.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Ports } from '../../src/engine/ports.ts';
import type { RequestContext } from '../../src/context.ts';

/** A schema of few fields that misbehave on request: what the transport does must not depend on the real one. */
const SDL = `
  type Query {
    hello: String!
    echo(text: String!): String!
    colour(is: Colour!): Colour!
    items(first: Int = 10): [Item!]!
    slow(milliseconds: Int!): String!
    broken: String
    refused: String
    self: Query!
  }
  enum Colour { RED GREEN }
  type Item { name: String! parts: [Part!]! }
  type Part { name: String! }
  input AddInput { names: [String!]! }
  type Mutation { add(input: AddInput!): [Item!]! }
  type Subscription {
    ticks(count: Int!): Int!
    breaks: Int!
    waits: Int!
  }
`;

const item = (name: string): object => ({ name, parts: [{ name: `${name} part` }] });

/** What a test can look at: which slow fields ran to their end, which were told to stop. */
export interface Witness {
  readonly started: string[];
  readonly finished: string[];
  readonly aborted: string[];
  readonly namesAdded: string[];
}

function rootFields(witness: Witness): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {
    hello: 'hello',
    echo: ({ text }: { readonly text: string }) => text,
    colour: ({ is }: { readonly is: string }) => is,
    items: ({ first }: { readonly first: number }) =>
      Array.from({ length: first }, (_, i) => item(`item ${i}`)),
    slow: async ({ milliseconds }: { readonly milliseconds: number }, { signal }: RequestContext) => {
      signal.addEventListener('abort', () => witness.aborted.push(`slow ${milliseconds}`));
      witness.started.push(`slow ${milliseconds}`);
      await unlessAborted(milliseconds, signal);
      witness.finished.push(`slow ${milliseconds}`);
      return 'at last';
    },
    broken: () => {
      throw new Error('password=hunter2 at /srv/secret.ts');
    },
    refused: () => {
      throw refusal('OUT_OF_RANGE', 'expected 1 to 10, got 11', ['first']);
    },
    self: () => root,
    add: ({ input }: { readonly input: { readonly names: readonly string[] } }) => {
      witness.namesAdded.push(...input.names);
      return input.names.map(item);
    },
  };
  return root;
}

/** Takes so long; fails soon after the signal says to stop, when whoever said so has long gone on. */
function unlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      setTimeout(reject, 50, signal.reason);
    });
  });
}

async function* ticks({ count }: { readonly count: number }): AsyncGenerator<object> {
  for (let i = 1; i <= count; i += 1) yield { ticks: i };
}

async function* breaks(): AsyncGenerator<object> {
  yield { breaks: 1 };
  throw new Error('password=hunter2');
}

/** Never yields; ends when the operation's signal says so. */
async function* waits(_args: unknown, { signal }: RequestContext, witness: Witness): AsyncGenerator<object> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  witness.aborted.push('waits');
}

export function tinySchema(witness: Witness): GraphQLSchema {
  const schema = buildSchema(SDL);
  const root = rootFields(witness);
  const attach = (type: 'Query' | 'Mutation'): void => {
    for (const field of Object.values(
      (type === 'Query' ? schema.getQueryType() : schema.getMutationType())!.getFields(),
    ))
      field.resolve = (_parent, args: unknown, context: unknown) => {
        const value = root[field.name];
        return typeof value === 'function' ? (value as (...all: unknown[]) => unknown)(args, context) : value;
      };
  };
  attach('Query');
  attach('Mutation');
  const fields = schema.getSubscriptionType()!.getFields();
  fields['ticks']!.subscribe = (_root, args: { readonly count: number }) => ticks(args);
  fields['breaks']!.subscribe = () => breaks();
  fields['waits']!.subscribe = (_root, args: unknown, context: unknown) =>
    waits(args, context as RequestContext, witness);
  return schema;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  readonly health: Health;
  readonly witness: Witness;
  /** Lines of the log, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
}

export interface TestServerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly checks?: readonly HealthCheck[];
  readonly schema?: GraphQLSchema;
}

/** A real server on a free port of the loopback address, over the tiny schema and without any store. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const witness: Witness = { started: [], finished: [], aborted: [], namesAdded: [] };
  const logged: Record<string, unknown>[] = [];
  const write = (line: string): void => void logged.push(JSON.parse(line) as Record<string, unknown>);
  const log = pino({ level: 'debug', base: null }, { write });
  const config = readConfig({ PORT: '0', ...options.environment });
  const health = createHealth(systemClock, options.checks ?? [], []);
  const ports = { logger: log, clock: systemClock } as unknown as Ports;
  const schema = options.schema ?? tinySchema(witness);
  const server = await createServer({ config, schema, ports, log, health });
  const url = await server.listen();
  return { url, port: Number(new URL(url).port), server, health, witness, logged };
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
}

/** Posts a GraphQL request; the answer must be JSON. */
export async function post(
  url: string,
  request: { readonly query?: unknown; readonly [name: string]: unknown },
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer> {
  return answerOf(
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
    }),
  );
}

export async function answerOf(response: Response): Promise<GraphqlAnswer> {
  const body = (await response.json()) as GraphqlAnswer['body'];
  return { status: response.status, headers: response.headers, body };
}

export const codesOf = ({ body }: GraphqlAnswer): readonly unknown[] =>
  (body.errors ?? []).map(({ extensions }) => extensions['code']);

/** Waits for a fact, a minute at most: a busy machine is slow, a missing fact stays missing. */
export async function until(fact: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!fact()) {
    if (performance.now() > end) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
