import { ReweighError } from '../errors.ts';
import {
  isWorthAnotherTry,
  retryAfter,
  untilAnswered,
  type Outcome,
  type Patience,
} from './embedding-retry.ts';

/** One question to the server. */
export interface Question {
  readonly url: string;
  readonly apiKey: string | null;
  /** JSON. */
  readonly body: string;
  /** Bytes after which an answer is given up. */
  readonly longestAnswer: number;
}

const ERROR_BYTES = 16_384;
/** The only words of an error's body that are passed on: the rest may quote the texts. */
const KNOWN_CODES = new Set([
  'context_length_exceeded',
  'insufficient_quota',
  'invalid_api_key',
  'invalid_request_error',
  'model_not_found',
  'rate_limit_exceeded',
]);

/**
 * The body of the answer with status 200. Tries again after 429, 502–504 and broken connections, with back-off and
 * as late as Retry-After says; gives up at once where the next try would come after the deadline.
 */
export function ask(question: Question, patience: Patience): Promise<string> {
  return untilAnswered(() => post(question, patience), patience);
}

async function post(question: Question, { clock, deadline }: Patience): Promise<Outcome<string>> {
  try {
    const response = await fetch(question.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(question.apiKey === null ? {} : { authorization: `Bearer ${question.apiKey}` }),
      },
      body: question.body,
      // A redirect would carry the key and the texts to a server that nobody configured.
      redirect: 'manual',
      signal: deadline.signal,
    });
    if (response.status === 200)
      return { kind: 'answer', answer: await readText(response, question.longestAnswer) };
    const reason = `the embedding server answered ${response.status}${await codeOf(response)}`;
    if (!isWorthAnotherTry(response.status)) throw new ReweighError('EMBEDDING_FAILED', reason);
    return {
      kind: 'again',
      reason,
      wait: retryAfter(response.headers.get('retry-after'), clock.now()),
    };
  } catch (error) {
    if (error instanceof ReweighError || deadline.signal.aborted) throw error;
    return {
      kind: 'again',
      reason: `the connection to the embedding server broke${causeOf(error)}`,
      wait: null,
    };
  }
}

/** The body as text. EMBEDDING_FAILED where it is longer than `limit` bytes; the rest is not read. */
async function readText(response: Response, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limit)
      throw new ReweighError(
        'EMBEDDING_FAILED',
        `the embedding server's answer is too long: expected at most ${limit} bytes`,
      );
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/** The error's code in brackets where it is a known one. */
async function codeOf(response: Response): Promise<string> {
  try {
    const body = JSON.parse(await readText(response, ERROR_BYTES)) as {
      readonly error?: { readonly code?: unknown; readonly type?: unknown } | null;
    } | null;
    const known = [body?.error?.code, body?.error?.type].find(
      (code) => typeof code === 'string' && KNOWN_CODES.has(code),
    );
    return known === undefined ? '' : ` (${String(known)})`;
  } catch {
    // A body that cannot be read takes nothing away from the status.
    return '';
  }
}

/** The code of a broken connection in brackets, such as ECONNRESET. */
function causeOf(error: unknown): string {
  const code = (error as { readonly cause?: { readonly code?: unknown } | null } | null)?.cause?.code;
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
}
