import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { IncomingMessage } from 'node:http';
import { GRAPHIQL_POLICY, readTabs, renderPage, wantsPage } from './graphiql.ts';
import { createDocuments } from './request/documents.ts';
import { createGraphqlSocket } from './request/socket.ts';
import { COST_HEADER, startGraphqlHttp } from './request/http.ts';
import { createMask } from './request/mask.ts';
import { createMetrics, type Metrics } from './request/metrics.ts';
import { mayConnect } from './request/origin.ts';
import { watchIdleConnections } from './request/idle-connections.ts';
import type { Config } from './config-variables.ts';
import type { Health } from './request/health.ts';
import type { Ports } from './engine/ports.ts';

export interface ServerParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly ports: Ports;
  readonly log: FastifyBaseLogger;
  readonly health: Health;
  /** Left out: metrics of the transport alone. */
  readonly metrics?: Metrics;
}

export interface Server {
  /** Starts to listen; the URL with the real port. */
  listen(): Promise<string>;
  /** Stops taking requests, lets those in flight finish, closes WebSockets with 1001. */
  close(): Promise<void>;
}

const GOING_AWAY = 1001;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server: /graphql (HTTP, WebSocket, GraphiQL), /health and /metrics. Reads no environment. */
export async function createServer(parts: ServerParts): Promise<Server> {
  const { config, health, metrics = createMetrics() } = parts;
  const app = createApp(parts);
  await app.register(cors, corsOptions(config));
  await app.register(websocket, socketOptions(config));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (health.isDraining()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, id } = request;
    const facts = { requestId: id, method, route: routeOptions.url, status: reply.statusCode };
    const milliseconds = reply.elapsedTime;
    request.log.debug({ ...facts, milliseconds: Math.round(milliseconds) }, 'request');
    metrics.requests.answered({
      method,
      route: routeOptions.url ?? 'none',
      status: reply.statusCode,
      milliseconds,
    });
  });
  addHealth(app, health);
  addMetrics(app, health, metrics);
  const http = await addGraphql(app, { ...parts, metrics });
  const connections = watchIdleConnections(app.server);
  return {
    listen: () => app.listen({ host: config.HOST, port: config.PORT }),
    close: async () => {
      for (const client of app.websocketServer.clients) client.close(GOING_AWAY, 'going away');
      // Again and again: a connection may come before the port is closed, or fall idle after.
      const sweeping = setInterval(connections.destroy, 50);
      await app.close();
      clearInterval(sweeping);
      await http.stop();
    },
  };
}

function createApp({ config, log }: ServerParts): FastifyInstance {
  return fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    bodyLimit: config.MAX_BODY_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    genReqId: requestIdOf,
    // Node looks for overdue requests only this often, every 30 s unless told.
    http: {
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(1_000, config.REQUEST_TIMEOUT_MS),
    },
  }) as unknown as FastifyInstance;
}

/** The caller's request id where it gives a plausible one, so that logs of several systems can be joined. */
function requestIdOf({ headers }: { readonly headers: IncomingMessage['headers'] }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function corsOptions({ CORS_ORIGINS }: Config): Parameters<typeof cors>[1] & object {
  return {
    origin: CORS_ORIGINS.length === 0 ? false : [...CORS_ORIGINS],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'x-request-id',
      COST_HEADER,
      'apollo-require-preflight',
      'authorization',
    ],
    exposedHeaders: ['x-request-id'],
    maxAge: 600,
  };
}

function socketOptions(config: Config): NonNullable<Parameters<typeof websocket>[1]> {
  return {
    options: {
      maxPayload: config.SOCKET_MAX_BYTES,
      handleProtocols,
      verifyClient: ({ req }: { readonly req: IncomingMessage }) =>
        mayConnect(req.headers, config.CORS_ORIGINS),
    },
    // ws has answered with the right close code (too large: 1009, not UTF-8: 1007) before it says so here.
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error, requestId: request.id }, 'socket failed');
      socket.close();
    },
  };
}

function addHealth(app: FastifyInstance, health: Health): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await health.readiness();
    return reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness);
  });
}

function addMetrics(app: FastifyInstance, health: Health, metrics: Metrics): void {
  metrics.watch('reweigh_draining', () => [{ labels: {}, value: health.isDraining() ? 1 : 0 }]);
  metrics.watch('reweigh_websockets', () => [{ labels: {}, value: app.websocketServer.clients.size }]);
  app.get('/metrics', async (_request, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
}

async function addGraphql(
  app: FastifyInstance,
  parts: ServerParts & { readonly metrics: Metrics },
): Promise<{ readonly stop: () => Promise<void> }> {
  const { config, schema, ports, health, metrics } = parts;
  const { logger } = ports;
  const documents = createDocuments(schema, { limits: config, introspection: config.INTROSPECTION });
  const mask = createMask({
    logger,
    suggestions: config.INTROSPECTION,
    onError: metrics.requests.error,
  });
  const shared = { config, schema, ports, documents, mask, logger, requests: metrics.requests };
  const http = await startGraphqlHttp(shared);
  const openSocket = createGraphqlSocket({ ...shared, isDraining: health.isDraining });
  const page = lazyPage();
  await app.register(async (scope) => {
    scope.removeContentTypeParser('text/plain');
    scope.setErrorHandler(http.refuse);
    scope.route({
      method: 'GET',
      url: '/graphql',
      handler: async (request, reply) => {
        if (!config.GRAPHIQL || !wantsPage(request.method, request.headers.accept))
          return http.handle(request, reply);
        return reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', GRAPHIQL_POLICY)
          .send(await page());
      },
      wsHandler: (socket, request) => openSocket(socket, request.id),
    });
    scope.route({ method: ['POST', 'PUT', 'PATCH', 'DELETE'], url: '/graphql', handler: http.handle });
  });
  return http;
}

function lazyPage(): () => Promise<string> {
  let page: Promise<string> | null = null;
  return () => (page ??= renderPage(readTabs()));
}
