import { createLoaders, type Loaders } from './resolvers/loaders.ts';
import type { Ports } from './engine/ports.ts';

/** Who asks, and what they may see. */
export interface Viewer {
  /** Everything a request reads or writes is in this namespace. */
  readonly namespace: string;
}

/** How the request came. WEBSOCKET: an operation of a graphql-ws connection. */
export type RequestMethod = 'GET' | 'POST' | 'WEBSOCKET';

/** What the server knows about a request before its document is run. */
export interface RequestFacts {
  readonly requestId: string;
  readonly method: RequestMethod;
  readonly viewer: Viewer;
  /** Aborts when the caller has gone or the operation's deadline has passed. */
  readonly signal: AbortSignal;
}

/** What a resolver gets beside its arguments. One per operation. */
export interface RequestContext extends RequestFacts {
  readonly ports: Ports;
  readonly loaders: Loaders;
}

/** The namespace of requests that name none. */
export const DEFAULT_NAMESPACE = 'default';

export function createContext(ports: Ports, facts: RequestFacts): RequestContext {
  return { ...facts, ports, loaders: createLoaders(ports, facts.viewer.namespace) };
}
