/**
 * The other side of bench/overhead.ts: graphql-js with a memory of parsed and validated documents behind node:http,
 * over results that are there already. Its argument is a file with the schema and the result of every page.
 */
import { buildSchema, execute, parse, specifiedRules, validate, type DocumentNode } from 'graphql';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { processorTime } from '../support/processor.ts';
import type { Body, Order, Report } from './protocol.ts';

export interface PlainPage {
  readonly body: Body;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Given {
  readonly sdl: string;
  readonly pages: Readonly<Record<string, PlainPage>>;
}

const given = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Given;
const schema = buildSchema(given.sdl);
const documents = new Map<string, DocumentNode>();
const roots = new Map(Object.values(given.pages).map(({ body, data }) => [body.query, data]));

function read(text: string): DocumentNode {
  const known = documents.get(text);
  if (known !== undefined) return known;
  const document = parse(text);
  const errors = validate(schema, document, specifiedRules);
  if (errors.length > 0) throw errors[0]!;
  documents.set(text, document);
  return document;
}

/** Fields are resolved by graphql-js's default resolver, from plain objects. */
function answer({ query, variables }: Body): string {
  const rootValue = roots.get(query);
  const result = execute({ schema, document: read(query), rootValue, variableValues: variables ?? {} });
  return JSON.stringify(result);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = answer(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body);
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

const say = (report: Report): void => void process.send!(report);
process.on('message', (order: Order) => {
  if (order.kind === 'run') {
    const { body } = given.pages[order.page]!;
    for (let done = 0; done < order.times; done += 1) answer(body);
  }
  say({ kind: 'time', time: processorTime() });
});
process.once('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  say({ kind: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
});
