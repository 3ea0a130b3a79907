import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows the connections on which no request is being answered. Node's own closeIdleConnections leaves those that
 * have not sent a request yet, and one of them would hold up a shutdown.
 */
export function watchIdleConnections(server: Server): { readonly destroy: () => void } {
  const idle = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => idle.delete(socket));
  return {
    destroy: () => {
      for (const socket of idle) socket.destroy();
    },
  };
}
