import type { Feature } from '../collection/collection.ts';
import type { Embedder } from './embedder.ts';
import { ask } from './openai-embedder-call.ts';
import { embedInBatches, type BatchRule } from './embedding-batches.ts';
import { longestAnswer, readEmbeddings } from './openai-embedder-answer.ts';
import { withDeadline, type Deadline } from './embedding-deadline.ts';
import type { Patience, RetryRule } from './embedding-retry.ts';

export interface OpenAiOptions extends BatchRule {
  /** Base of the server, such as https://host/v1, or the address of its embeddings itself. */
  readonly url: string;
  /** Sent as a bearer token; null: none is sent. */
  readonly apiKey: string | null;
  /** Model of features that name none. */
  readonly model: string;
  /** How vectors come back: base64 is a third of the size, not every server knows it. */
  readonly encoding: 'base64' | 'float';
  /** Whether to ask for the feature's number of dimensions; models that cannot shorten refuse that. */
  readonly sendDimensions: boolean;
  readonly retry: RetryRule;
}

/** Limits that servers of this kind accept: 256 texts and 1 MB of text a request; five tries. */
export const OPENAI_DEFAULTS: Omit<OpenAiOptions, 'url' | 'apiKey' | 'model'> = {
  encoding: 'float',
  sendDimensions: false,
  limits: { texts: 256, bytes: 1_000_000 },
  concurrency: 4,
  retry: { attempts: 5, firstDelay: 200, longestDelay: 5_000 },
};

/**
 * Embeds through a server that answers POST /v1/embeddings as OpenAI's does.
 * A text of white space, and one that the model maps to zero, has no vector (null).
 * EMBEDDING_UNAVAILABLE where no answer came before the deadline or after all tries (429, 502–504, broken
 * connections); EMBEDDING_FAILED where the server refused or the answer cannot be used.
 * No error holds the key or a text.
 * Source: OpenAI API reference, "Create embeddings".
 */
export class OpenAiEmbedder implements Embedder {
  readonly #options: OpenAiOptions;
  readonly #ports: Pick<Patience, 'clock' | 'random'>;
  readonly #url: string;

  /** TypeError where the address cannot be used. */
  constructor(options: OpenAiOptions, ports: Pick<Patience, 'clock' | 'random'>) {
    this.#options = options;
    this.#ports = ports;
    this.#url = embeddingsUrl(options.url);
  }

  async embed(
    feature: Feature,
    texts: readonly string[],
    deadlineMilliseconds: number,
  ): Promise<readonly (Float32Array | null)[]> {
    return withDeadline(this.#ports.clock, deadlineMilliseconds, (deadline) =>
      embedInBatches(this.#options, texts, (batch) => this.#embedBatch(feature, batch, deadline)),
    );
  }

  async #embedBatch(
    feature: Feature,
    texts: readonly string[],
    deadline: Deadline,
  ): Promise<readonly (Float32Array | null)[]> {
    const { apiKey, model, encoding, sendDimensions, retry } = this.#options;
    const answer = await ask(
      {
        url: this.#url,
        apiKey,
        body: JSON.stringify({
          model: feature.model ?? model,
          input: texts,
          encoding_format: encoding,
          ...(sendDimensions ? { dimensions: feature.dims } : {}),
        }),
        longestAnswer: longestAnswer(texts.length),
      },
      { ...this.#ports, retry, deadline },
    );
    return readEmbeddings(answer, texts.length, feature.dims);
  }
}

/**
 * The address to post to, whether the base, its /v1 or the whole address was given. TypeError where it is no
 * address of http or https, or holds a password.
 */
export function embeddingsUrl(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`expected an address of http or https, got ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('expected an address without user and password: give the key apart');
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/embeddings')) url.pathname = path;
  else url.pathname = path === '' ? '/v1/embeddings' : `${path}/embeddings`;
  return url.href;
}
