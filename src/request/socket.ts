import type { GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode, type ExecutionArgs } from 'graphql';
import { CloseCode, makeServer, type Context, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { createContext, DEFAULT_NAMESPACE } from '../context.ts';
import { gauge } from './gauge.ts';
import { requestError } from './refuse-request.ts';
import type { ApolloParts } from './apollo.ts';
import type { Ports } from '../engine/ports.ts';

/** What belongs to one connection. */
interface Connection {
  readonly requestId: string;
  /** One per running operation, by its id on this connection. */
  readonly operations: Map<string, AbortController>;
}

type Parts = Omit<ApolloParts, 'logger'> &
  Pick<Ports, 'logger'> & { readonly ports: Ports; readonly isDraining: () => boolean };
type ConnectionContext = Context<Record<string, unknown>, Connection>;

/** Milliseconds between two pings; a client that has not answered the last one by the next is cut off. */
const PING_INTERVAL = 15_000;

/** GraphQL subscriptions over WebSocket (protocol graphql-transport-ws), with the same rules as over HTTP. */
export function createGraphqlSocket(parts: Parts): (socket: WebSocket, requestId: string) => void {
  const server = makeServer<Record<string, unknown>, Connection>({
    onSubscribe: (context, id, payload) => prepare(parts, context, { id, payload }),
    onNext: ({ extra }, _id, _payload, _args, { errors, data = null, extensions = {} }) =>
      errors === undefined ? undefined : { data, extensions, errors: parts.mask(errors, extra.requestId) },
    onError: ({ extra }, _id, _payload, errors) => parts.mask(errors, extra.requestId),
    onComplete: ({ extra }, id) => endOperation(extra, id),
    onClose: ({ extra }) => {
      for (const id of extra.operations.keys()) endOperation(extra, id);
    },
  });
  return (socket, requestId) => {
    const closed = server.opened(transportOf(parts, socket), { requestId, operations: new Map() });
    const stopPings = keepAlive(socket);
    socket.once('close', (code, reason) => {
      stopPings();
      closed(code, String(reason)).catch((error: unknown) =>
        parts.logger.error({ err: error }, 'socket did not close cleanly'),
      );
    });
  };
}

/** The arguments of a subscription, or why it is refused. */
function prepare(
  parts: Parts,
  { extra, subscriptions }: ConnectionContext,
  { id, payload }: { readonly id: string; readonly payload: SubscribePayload },
): ExecutionArgs | readonly GraphQLError[] {
  const most = parts.config.SOCKET_OPERATIONS;
  if (parts.isDraining()) return [requestError('SHUTTING_DOWN', 'this instance is shutting down')];
  if (Object.keys(subscriptions).length > most)
    return [requestError('TOO_MANY_OPERATIONS', `expected at most ${most} subscriptions on one WebSocket`)];
  const read = parts.documents.read(payload.query);
  if (!read.ok) return read.errors;
  const operationName = payload.operationName ?? null;
  const variables = payload.variables ?? {};
  const operation = getOperationAST(read.ready.document, operationName);
  if (operation === undefined || operation === null)
    return [requestError('OPERATION_RESOLUTION_FAILURE', 'the document holds no operation of this name')];
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    return [requestError('SUBSCRIPTIONS_ONLY', `expected a subscription, got a ${operation.operation}`)];
  const { refusal } = gauge({ ready: read.ready, operationName, variables }, parts.config.MAX_COST);
  if (refusal !== null) return [refusal];
  return {
    schema: parts.schema,
    document: read.ready.document,
    operationName,
    variableValues: variables,
    contextValue: beginSubscription(parts, extra, id),
  };
}

function beginSubscription(
  parts: Parts,
  connection: Connection,
  id: string,
): ReturnType<typeof createContext> {
  const controller = new AbortController();
  connection.operations.set(id, controller);
  return createContext(parts.ports, {
    requestId: connection.requestId,
    method: 'WEBSOCKET',
    viewer: { namespace: DEFAULT_NAMESPACE },
    signal: controller.signal,
  });
}

function endOperation(connection: Connection, id: string): void {
  connection.operations.get(id)?.abort(new Error('the subscription has ended'));
  connection.operations.delete(id);
}

function transportOf(
  parts: Parts,
  socket: WebSocket,
): Parameters<ReturnType<typeof makeServer>['opened']>[0] {
  return {
    protocol: socket.protocol,
    // Resolves when the text has left this process: a slow client slows its own subscriptions, nothing else.
    send: (text) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        socket.send(text, (error) => (error ? reject(error) : resolve()));
      }),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (receive) =>
      socket.on('message', (data) => {
        receive(String(data)).catch((error: unknown) => {
          parts.logger.error({ err: error }, 'defect while answering a socket message');
          socket.close(CloseCode.InternalServerError, 'internal error');
        });
      }),
  };
}

function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_INTERVAL);
  return () => clearInterval(timer);
}
