import type { ApolloServer } from '@apollo/server';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, DEFAULT_NAMESPACE } from '../context.ts';
import { headerMap, startApollo, type ApolloParts, type Exchange, type HttpContext } from './apollo.ts';
import { beginOperation, deadlineMessage, type Operation } from './operation.ts';
import { requestError, statusOf } from './refuse-request.ts';
import type { ErrorCode } from '../engine/errors.ts';
import type { Ports } from '../engine/ports.ts';

export const COST_HEADER = 'x-include-cost';

export interface GraphqlHttp {
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  /** Answers what Fastify refuses before the handler: malformed JSON, large bodies, other media types. */
  readonly refuse: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  readonly stop: () => Promise<void>;
}

/** GraphQL over HTTP: one operation a request, each with a deadline that holds whatever the resolvers do. */
export async function startGraphqlHttp(parts: ApolloParts & { readonly ports: Ports }): Promise<GraphqlHttp> {
  const apollo = await startApollo(parts);
  const refuseWith = (code: ErrorCode, message: string, reply: FastifyReply): FastifyReply =>
    reply
      .code(statusOf(code))
      .type(answerType(reply.request))
      .send(JSON.stringify({ errors: parts.mask([requestError(code, message)], reply.request.id) }));
  return {
    stop: () => apollo.stop(),
    handle: async (request, reply) => {
      const operation = beginOperation(parts.config.OPERATION_DEADLINE_MS);
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) operation.abandon();
      });
      try {
        const answer = await Promise.race([
          answerOf(parts, apollo, { request, operation }),
          operation.expired,
        ]);
        if (answer === 'expired')
          return refuseWith('DEADLINE_EXCEEDED', deadlineMessage(parts.config.OPERATION_DEADLINE_MS), reply);
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      } finally {
        operation.end();
      }
    },
    refuse: (error, request, reply) => {
      const code = codeOfStatus(error.statusCode ?? 500);
      if (code === 'INTERNAL') parts.logger.error({ err: error, requestId: request.id }, 'request failed');
      return refuseWith(code, code === 'INTERNAL' ? 'internal error' : error.message, reply);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function answerOf(
  parts: ApolloParts & { readonly ports: Ports },
  apollo: ApolloServer<HttpContext>,
  asked: { readonly request: FastifyRequest; readonly operation: Operation },
): Promise<Answer> {
  const { request } = asked;
  const exchange: Exchange = {
    requestId: request.id,
    tellsCost: request.headers[COST_HEADER] === 'true',
    refused: [],
    masked: false,
  };
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: headerMap(request.headers),
      search: searchOf(request.url),
      body: request.body,
    },
    // Apollo calls this after its check against cross-site requests and before it reads the document.
    context: () => Promise.resolve(contextOf(parts, asked, exchange)),
  });
  if (body.kind === 'chunked') throw new Error('incremental delivery is not offered');
  return {
    status: status ?? 200,
    headers: Object.fromEntries(headers),
    body: exchange.masked ? body.string : maskBody(parts, exchange, body.string),
  };
}

function contextOf(
  parts: ApolloParts & { readonly ports: Ports },
  { request, operation }: { readonly request: FastifyRequest; readonly operation: Operation },
  exchange: Exchange,
): HttpContext {
  const text = documentText(request);
  const read = text === null ? null : parts.documents.read(text);
  if (read !== null && !read.ok) {
    exchange.refused = read.errors;
    throw read.errors[0]!;
  }
  const facts = {
    requestId: request.id,
    method: request.method === 'GET' ? ('GET' as const) : ('POST' as const),
    viewer: { namespace: DEFAULT_NAMESPACE },
    signal: operation.signal,
  };
  return { ...createContext(parts.ports, facts), exchange };
}

/** Errors from before the operation: all of the document's, or Apollo's own with the request id added. */
function maskBody(parts: ApolloParts, exchange: Exchange, body: string): string {
  if (exchange.refused.length > 0)
    return JSON.stringify({ errors: parts.mask(exchange.refused, exchange.requestId) });
  const { errors } = JSON.parse(body) as {
    errors: readonly { message: string; extensions?: { code?: string } }[];
  };
  const masked = errors.map(({ message, extensions }) => {
    const isDefect = extensions?.code === 'INTERNAL_SERVER_ERROR';
    const code = isDefect ? 'INTERNAL' : extensions?.code;
    parts.requests.error(String(code));
    return {
      message: isDefect ? 'internal error' : message.trim(),
      extensions: { code, retryable: false, requestId: exchange.requestId },
    };
  });
  return JSON.stringify({ errors: masked });
}

/** The document of a request; null where there is none to read (Apollo then says what is missing). */
function documentText(request: FastifyRequest): string | null {
  const source = request.method === 'GET' ? request.query : request.body;
  if (typeof source !== 'object' || source === null || !('query' in source)) return null;
  return typeof source.query === 'string' && source.query !== '' ? source.query : null;
}

function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function answerType(request: FastifyRequest): string {
  const type = /application\/graphql-response\+json/.test(request.headers.accept ?? '')
    ? 'application/graphql-response+json'
    : 'application/json';
  return `${type}; charset=utf-8`;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 413) return 'BODY_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return status >= 500 ? 'INTERNAL' : 'BAD_REQUEST';
}
