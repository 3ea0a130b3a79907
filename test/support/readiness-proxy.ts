import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';

/** A load balancer as plain as can be: in turn to those that said they were ready, none tried twice. */
export interface ReadinessProxy {
  readonly url: string;
  /** Requests handed to each address. */
  readonly handed: ReadonlyMap<string, number>;
  /** Whether requests are handed to this address: it was ready when it was last asked. */
  isReady(url: string): boolean;
  add(url: string): void;
  remove(url: string): void;
  close(): Promise<void>;
}

export const PROBE_MILLISECONDS = 100;

export async function startReadinessProxy(): Promise<ReadinessProxy> {
  const ready = new Map<string, boolean>();
  const handed = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  let closing = false;
  const probe = async (url: string): Promise<void> => {
    const said = await fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready.has(url)) ready.set(url, said);
  };
  const probing = (async () => {
    while (!closing) {
      await Promise.all([...ready.keys()].map(probe));
      await sleep(PROBE_MILLISECONDS);
    }
  })();
  const server = createServer((incoming, outgoing) => {
    const able = [...ready].filter(([, isReady]) => isReady).map(([url]) => url);
    const url = able[(turn += 1) % Math.max(able.length, 1)];
    if (url === undefined)
      return void outgoing.writeHead(503).end('{"errors":[{"message":"none is ready"}]}');
    handed.set(url, (handed.get(url) ?? 0) + 1);
    return handOn({ url, agent }, incoming, outgoing);
  }).listen(0, '127.0.0.1');
  // Longer than any client keeps one: a connection that is closed as it is used again would be a failure of neither side.
  server.keepAliveTimeout = 600_000;
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handed,
    isReady: (url) => ready.get(url) === true,
    add: (url) => void ready.set(url, false),
    remove: (url) => void ready.delete(url),
    close: async () => {
      closing = true;
      await probing;
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function handOn(
  to: { readonly url: string; readonly agent: Agent },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const { method, headers } = incoming;
  const options = { method, headers, agent: to.agent };
  const onward = request(`${to.url}${incoming.url}`, options, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', (error) => {
    outgoing.writeHead(502).end(JSON.stringify({ errors: [{ message: error.message }] }));
  });
  incoming.pipe(onward);
}
