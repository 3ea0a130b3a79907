import {
  Client,
  errors,
  type TransportRequestOptions,
  type TransportRequestParams,
} from '@elastic/elasticsearch';
import { ReweighError } from '../errors.ts';
import { NodePool, type Attempt } from './elasticsearch-nodes.ts';
import { refusedAccess, type ToldError } from './elasticsearch-refused-access.ts';
import type { Caller } from './search-backend.ts';
import type { Clock } from '../clock.ts';

export interface ElasticsearchAccess {
  /** One address, or several of one cluster with commas between them. */
  readonly url: string;
  /** Base64 of id:key. */
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificate of the authority that signed the server's, in PEM. */
  readonly ca?: string;
}

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Newline-delimited JSON, in place of a body. */
  readonly lines?: string;
  /** The form of the answer, where it is not that of version 9. */
  readonly accept?: string;
}

/** How long calls may take, in milliseconds, other than searches, which bring their own deadline. */
export interface CallDeadlines {
  readonly read: number;
  readonly write: number;
}

/** One collection's index or alias, and how to reach it. */
export interface ElasticsearchTarget {
  readonly calls: ElasticsearchCalls;
  readonly alias: string;
  /** Goes with every request; null: all shards are asked. */
  readonly routing: string | null;
  readonly deadlines: CallDeadlines;
}

/** Calls of Elasticsearch that end by their deadline. */
export interface ElasticsearchCalls {
  /**
   * The parsed answer, or null for 404. SEARCH_UNAVAILABLE where the server is not there, overloaded, too slow, or
   * blocks the index; SEARCH_FORBIDDEN where the credentials lack a privilege; other refusals as they are.
   */
  call<T>(call: Call, deadlineMilliseconds: number, caller?: Caller): Promise<T | null>;
  close(): Promise<void>;
}

const RETRIES = 2;

export function connectElasticsearch(access: ElasticsearchAccess, clock: Clock): ElasticsearchCalls {
  const client = new Client({
    nodes: access.url.split(',').map((one) => one.trim()),
    ConnectionPool: NodePool,
    ...authOf(access),
    // A field may be called __proto__; answers are only read key by key.
    disablePrototypePoisoningProtection: true,
    ...(access.ca === undefined ? {} : { tls: { ca: access.ca } }),
  });
  return {
    call: (call, deadlineMilliseconds, caller) =>
      within(client, call, { clock, deadlineMilliseconds, caller }),
    close: () => client.close(),
  };
}

function authOf({ apiKey, username, password }: ElasticsearchAccess): object {
  if (apiKey !== undefined) return { auth: { apiKey } };
  return username === undefined ? {} : { auth: { username, password: password ?? '' } };
}

interface Allowance {
  readonly clock: Clock;
  readonly deadlineMilliseconds: number;
  readonly caller: Caller | undefined;
}

/** Retries are made at once: the next node may be well, and the client's own pauses are longer than a search may take. */
function optionsOf(
  { accept }: Call,
  { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: Attempt },
  caller: Caller | undefined,
): TransportRequestOptions {
  // The request id as X-Opaque-Id: in the slow log and the list of tasks of Elasticsearch.
  const opaqueId = caller === undefined ? {} : { opaqueId: caller.requestId };
  const headers = accept === undefined ? {} : { headers: { accept } };
  return {
    signal,
    maxRetries: RETRIES,
    retryBackoff: () => 0,
    context: { attempt },
    ...headers,
    ...opaqueId,
  };
}

function requestOf({ method, path, query, body, lines }: Call): TransportRequestParams {
  return {
    method,
    path,
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    ...(lines === undefined ? {} : { bulkBody: lines }),
  };
}

/** What the timer of a call that was answered ends with; nobody hears it. */
const CALLED_OFF = new Error('called off');

/**
 * The client's own timeouts are not used: they abort other requests that share a signal, and take a slow answer
 * for a dead node. Each call has a timer and an AbortController of its own.
 */
async function within<T>(
  client: Client,
  call: Call,
  { clock, deadlineMilliseconds, caller }: Allowance,
): Promise<T | null> {
  const request = new AbortController();
  const giveUp = (): void => request.abort();
  caller?.signal.addEventListener('abort', giveUp);
  const timer = new AbortController();
  const attempt: Attempt = {};
  const late = clock.delay(deadlineMilliseconds, timer.signal).then(() => {
    if (timer.signal.aborted) throw CALLED_OFF;
    if (client.connectionPool instanceof NodePool) client.connectionPool.markLate(attempt);
    request.abort();
    throw unavailable(`Elasticsearch did not answer within ${deadlineMilliseconds} ms`);
  });
  late.catch(() => undefined);
  const options = optionsOf(call, { signal: request.signal, attempt }, caller);
  const answer = client.transport.request<T>(requestOf(call), options);
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return null;
    throw explained(error);
  } finally {
    answer.catch(() => undefined);
    // A reason given here, and a fault made before, spare two errors with their stacks in every call.
    timer.abort('answered');
    caller?.signal.removeEventListener('abort', giveUp);
  }
}

const OVERLOAD = [429, 502, 503, 504];
/** Also what an index answers that is blocked. */
const FORBIDDEN = 403;
const REASON_CHARACTERS = 200;

/** Faults that pass as SEARCH_UNAVAILABLE, lacking privileges as SEARCH_FORBIDDEN, the driver's error as the cause. */
function explained(error: unknown): unknown {
  if (error instanceof errors.ResponseError) {
    const { statusCode = 0 } = error;
    // What it says beside it are users and realms.
    if (statusCode === 401) return unavailable('Elasticsearch refused the credentials with 401', error);
    const refused = refusedAccess(toldBy(error));
    if (refused !== null) return forbidden(`Elasticsearch answered ${statusCode}: ${refused}`, error);
    if (statusCode !== FORBIDDEN && !OVERLOAD.includes(statusCode)) return error;
    // On one line: the client's message lists every cause on its own.
    const reason = error.message.replaceAll(/\s+/g, ' ').slice(0, REASON_CHARACTERS);
    return unavailable(`Elasticsearch answered ${statusCode}: ${reason}`, error);
  }
  if (error instanceof errors.ElasticsearchClientError)
    return unavailable(`Elasticsearch cannot be reached: ${error.message}`, error);
  return error;
}

function toldBy({ body }: errors.ResponseError): ToldError {
  const { error } = (body ?? {}) as { readonly error?: ToldError | string };
  return typeof error === 'object' ? error : {};
}

function unavailable(message: string, cause?: unknown): ReweighError {
  const error = new ReweighError('SEARCH_UNAVAILABLE', message);
  error.cause = cause;
  return error;
}

function forbidden(message: string, cause: unknown): ReweighError {
  const error = new ReweighError('SEARCH_FORBIDDEN', message);
  error.cause = cause;
  return error;
}
