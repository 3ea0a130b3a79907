import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../src/engine/random.ts';

export interface EmbeddingRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly encoding_format: 'float' | 'base64';
  readonly dimensions?: number;
}
export interface Seen {
  readonly body: EmbeddingRequest;
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  readonly at: number;
  /** Resolves when the caller has gone before the whole answer was sent. */
  readonly abandoned: Promise<void>;
}
export type Answer = (response: ServerResponse, request: EmbeddingRequest) => void;

/** The vector that this server gives a text: numbers from the text and model alone. */
export function vectorOfText(text: string, model: string, dims: number): Float32Array {
  const random = seededRandom(`${model} ${text}`);
  return Float32Array.from({ length: dims }, () => random.next() - 0.5);
}

/** Answers as it should. */
export const answerWell =
  (dims: number): Answer =>
  (response, { input, model, encoding_format: encoding }) => {
    const data = input.map((text, index) => {
      const vector = vectorOfText(text, model, dims);
      const embedding = encoding === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'list', model, data: data.reverse() }));
  };

export const answerStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = '{}'): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

export const answerBody =
  (body: string): Answer =>
  (response) =>
    response.end(body);

/** A server on 127.0.0.1 that gives the answers of `script` in order, then well-formed ones. */
export async function startEmbeddingServer(dims: number, script: Answer[] = []) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as EmbeddingRequest;
      const abandoned = new Promise<void>((resolve) =>
        response.on('close', () => {
          if (!response.writableFinished) resolve();
        }),
      );
      seen.push({
        body,
        headers: request.headers,
        path: request.url ?? '',
        at: performance.now(),
        abandoned,
      });
      (script.shift() ?? answerWell(dims))(response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    script,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
