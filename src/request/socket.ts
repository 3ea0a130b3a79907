import type { GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { CloseCode, makeServer, type Context, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { createContext, DEFAULT_NAMESPACE, type RequestContext } from '../context.ts';
import { gauge } from './gauge.ts';
import { requestError } from './refuse-request.ts';
import type { ApolloParts } from './apollo.ts';
import type { Ports } from '../engine/ports.ts';

/** What belongs to one connection. */
interface Connection {
  readonly requestId: string;
  /** Ends each operation that is under way. */
  readonly operations: Set<() => void>;
}

interface SocketContext extends RequestContext {
  /** Aborts the operation's signal. */
  readonly end: () => void;
}

type Parts = Omit<ApolloParts, 'logger'> &
  Pick<Ports, 'logger'> & { readonly ports: Ports; readonly isDraining: () => boolean };
type ConnectionContext = Context<Record<string, unknown>, Connection>;

/** Milliseconds between two pings; a client that has not answered the last one by the next is cut off. */
const PING_INTERVAL = 15_000;

/** GraphQL subscriptions over WebSocket (protocol graphql-transport-ws), with the same rules as over HTTP. */
export function createGraphqlSocket(parts: Parts): (socket: WebSocket, requestId: string) => void {
  const server = makeServer<Record<string, unknown>, Connection>({
    onSubscribe: (context, _id, payload) => prepare(parts, context, payload),
    onNext: ({ extra }, _id, _payload, _args, { errors, data = null, extensions = {} }) =>
      errors === undefined ? undefined : { data, extensions, errors: parts.mask(errors, extra.requestId) },
    onError: ({ extra }, _id, _payload, errors) => parts.mask(errors, extra.requestId),
    onOperation: (_context, _id, _payload, { contextValue }, result) => {
      const { end } = contextValue as SocketContext;
      if (isStream(result)) return endingWith(result, end);
      end();
      return undefined;
    },
  });
  return (socket, requestId) => {
    const connection: Connection = { requestId, operations: new Set() };
    const closed = server.opened(transportOf(parts, socket), connection);
    const stopPings = keepAlive(socket);
    socket.once('close', (code, reason) => {
      stopPings();
      for (const end of connection.operations) end();
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
  payload: SubscribePayload,
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
  parts.requests.operation(operation.operation);
  return {
    schema: parts.schema,
    document: read.ready.document,
    operationName,
    variableValues: variables,
    contextValue: beginSubscription(parts, extra),
  };
}

function beginSubscription(parts: Parts, connection: Connection): SocketContext {
  const controller = new AbortController();
  const end = (): void => {
    connection.operations.delete(end);
    controller.abort(new Error('the subscription has ended'));
  };
  connection.operations.add(end);
  const context = createContext(parts.ports, {
    requestId: connection.requestId,
    method: 'WEBSOCKET',
    viewer: { namespace: DEFAULT_NAMESPACE },
    signal: controller.signal,
  });
  return { ...context, end };
}

type Stream = AsyncGenerator<ExecutionResult>;

function isStream(result: unknown): result is Stream {
  return (
    typeof result === 'object' && result !== null && Symbol.asyncIterator in result && 'return' in result
  );
}

/** A stream that says when it is over or given up: one that waits for its next event would not notice the latter. */
async function* endingAfter(stream: Stream, end: () => void): Stream {
  try {
    yield* stream;
  } finally {
    end();
  }
}

function endingWith(stream: Stream, end: () => void): Stream {
  const inner = endingAfter(stream, end);
  const giveUp = inner.return.bind(inner);
  inner.return = (value) => {
    end();
    return giveUp(value);
  };
  return inner;
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
