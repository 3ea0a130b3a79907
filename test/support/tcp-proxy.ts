import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * pass: hands on what comes. delay: each piece three tenths of a second later. silent: takes everything and hands on nothing.
 * reset: breaks every connection, and each new one.
 */
export type Manner = 'pass' | 'delay' | 'silent' | 'reset';
const DELAY_MILLISECONDS = 300;

/** A way to a server that can be made bad. */
export interface TcpProxy {
  readonly port: number;
  /** Pieces that came from either side so far. */
  taken(): number;
  behave(manner: Manner): void;
  close(): Promise<void>;
}

/** Listens on a free port and hands on to a socket of the file system, or to a port of this machine. */
export async function startProxy(to: string | number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let manner: Manner = 'pass';
  let taken = 0;
  /** Each direction of a connection: no piece overtakes one that came before it, whatever the manner is by now. */
  const handerTo = (to: Socket): ((piece: Buffer) => void) => {
    let before = Promise.resolve();
    return (piece) => {
      taken += 1;
      // What was taken in silence is lost for good, as on a way that is cut.
      if (manner === 'silent') return;
      const delayed = manner === 'delay' ? sleep(DELAY_MILLISECONDS) : Promise.resolve();
      before = Promise.all([before, delayed]).then(() => void to.write(piece));
    };
  };
  const server = createServer((near) => {
    if (manner === 'reset') return void near.resetAndDestroy();
    const far = typeof to === 'string' ? connect(to) : connect(to, '127.0.0.1');
    open.add(near);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', handerTo(to));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(near);
        to.destroy();
      });
    }
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    behave: (next) => {
      // A way that was cut does not come back: what hung on it ends.
      if (next === 'reset' || manner === 'silent') breakAll();
      manner = next;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
