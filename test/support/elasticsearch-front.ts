import { createServer } from 'node:https';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.ts';

/** TLS and credentials before a server that has neither. */
export interface ElasticsearchFront {
  readonly url: string;
  /** Values of the header Authorization that are let through. */
  readonly allowed: Set<string>;
  readonly received: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** What Elasticsearch answers to a key that it does not know. */
const REFUSAL = JSON.stringify({
  error: {
    root_cause: [{ type: 'security_exception', reason: 'unable to authenticate user' }],
    type: 'security_exception',
    reason: 'unable to authenticate user',
  },
  status: 401,
});

export async function startElasticsearchFront(
  behind: string,
  { cert, key }: Certificate,
): Promise<ElasticsearchFront> {
  const allowed = new Set<string>();
  const received: { path: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    received.push({ path: url, headers });
    if (!allowed.has(headers.authorization ?? '')) {
      const type = 'application/vnd.elasticsearch+json;compatible-with=9';
      outgoing.writeHead(401, { 'content-type': type, 'x-elastic-product': 'Elasticsearch' });
      return void outgoing.end(REFUSAL);
    }
    const onward = request(new URL(url, behind), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    return void incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    allowed,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
