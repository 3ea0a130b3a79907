import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Status and JSON body; null: the connection is reset; 'never': no answer comes. */
export type Reply = { readonly status: number; readonly body: unknown } | null | 'never';

export interface FakeElasticsearch {
  readonly url: string;
  readonly received: readonly Received[];
  /** Paths of requests whose caller went away before the answer. */
  readonly abandoned: readonly string[];
  close(): Promise<void>;
}

/** An HTTP server that says it is Elasticsearch and answers what it is told: for answers no real one gives on demand. */
export async function fakeElasticsearch(reply: (request: Received) => Reply): Promise<FakeElasticsearch> {
  const received: Received[] = [];
  const abandoned: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(request);
      const answer = reply(request);
      if (answer === 'never') {
        incoming.socket.once('close', () => abandoned.push(url));
        return;
      }
      if (answer === null) {
        incoming.socket.resetAndDestroy();
        return;
      }
      outgoing.writeHead(answer.status, {
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
        'x-elastic-product': 'Elasticsearch',
      });
      outgoing.end(JSON.stringify(answer.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    abandoned,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
