import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLError } from 'graphql';
import { type GraphQLSchema } from 'graphql';
import { gauge } from './gauge.ts';
import type { Config } from '../config-variables.ts';
import type { Documents } from './documents.ts';
import type { Logger } from '../engine/ports.ts';
import type { Mask } from './mask.ts';
import type { RequestMeter } from './metrics.ts';
import type { RequestContext } from '../context.ts';

/** What one HTTP request and its answer share beside the resolvers' context. */
export interface Exchange {
  readonly requestId: string;
  /** Whether the caller asked for the cost in the extensions. */
  readonly tellsCost: boolean;
  /** Errors of the document: the answer, whatever Apollo makes of the first of them. */
  refused: readonly GraphQLError[];
  /** Whether the errors of the answer have been masked already. */
  masked: boolean;
}

export interface HttpContext extends RequestContext {
  readonly exchange: Exchange;
}

export interface ApolloParts {
  readonly schema: GraphQLSchema;
  readonly config: Config;
  readonly documents: Documents;
  readonly mask: Mask;
  readonly requests: RequestMeter;
  readonly logger: Logger;
}

/** Apollo with everything off that this server does itself, for both transports, in src/request. */
export async function startApollo(parts: ApolloParts): Promise<ApolloServer<HttpContext>> {
  const { config, documents } = parts;
  const apollo = new ApolloServer<HttpContext>({
    schema: parts.schema,
    nodeEnv: 'production',
    introspection: config.INTROSPECTION,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    validationOptions: { maxErrors: 5 },
    parseOptions: { maxTokens: config.MAX_TOKENS },
    documentStore: {
      // Apollo's key ends in the hash of the text; what is found was parsed and validated before.
      get: (key) => Promise.resolve(documents.byHash(key.slice(-64))?.document),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(true),
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      costAndMask(parts),
    ],
    logger: apolloLogger(parts.logger),
  });
  await apollo.start();
  return apollo;
}

function costAndMask({ config, documents, mask, requests }: ApolloParts): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: () => {
      let cost: number | null = null;
      return Promise.resolve({
        didResolveOperation: ({ queryHash, request, operationName, operation }) => {
          if (operation !== undefined) requests.operation(operation.operation);
          const ready = documents.byHash(queryHash);
          if (ready === undefined) return Promise.resolve();
          const gauged = gauge({ ready, operationName, variables: request.variables ?? {} }, config.MAX_COST);
          cost = gauged.cost;
          return gauged.refusal === null ? Promise.resolve() : Promise.reject(gauged.refusal);
        },
        willSendResponse: ({ response, errors, contextValue: { exchange } }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          const result = response.body.singleResult;
          if (errors !== undefined && result.errors !== undefined)
            result.errors = mask(errors, exchange.requestId);
          if (exchange.tellsCost && cost !== null) result.extensions = { ...result.extensions, cost };
          exchange.masked = true;
          return Promise.resolve();
        },
      });
    },
  };
}

function apolloLogger(logger: Logger): NonNullable<ConstructorParameters<typeof ApolloServer>[0]['logger']> {
  const say = (level: 'info' | 'warn' | 'error') => (message?: unknown) => logger[level]({}, String(message));
  return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
}

/** Headers of a request as Apollo wants them. */
export function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
}
