import { errors } from '@elastic/elasticsearch';
import { ReweighError } from '../errors.ts';
import { embedInBatches, type BatchRule } from './embedding-batches.ts';
import { isObject, unusable, vectorsOf } from './embedding-answer.ts';
import { untilAnswered, type Outcome, type Patience, type RetryRule } from './embedding-retry.ts';
import { withDeadline, type Deadline } from './embedding-deadline.ts';
import { refusalOf } from '../search/elasticsearch-outcome.ts';
import type { ElasticsearchCalls } from '../search/elasticsearch-client.ts';
import type { Embedder } from './embedder.ts';
import type { Feature } from '../collection/collection.ts';

export interface ElasticsearchEmbedderOptions extends BatchRule {
  readonly calls: ElasticsearchCalls;
  readonly retry: RetryRule;
}

/** Small batches: services behind an endpoint take as few as 96 texts a request; models in the cluster are slow. */
export const ELASTICSEARCH_EMBEDDER_DEFAULTS: Omit<ElasticsearchEmbedderOptions, 'calls'> = {
  limits: { texts: 64, bytes: 500_000 },
  concurrency: 2,
  retry: { attempts: 5, firstDelay: 200, longestDelay: 5_000 },
};

/** What a model is told its texts are: models that tell questions from documents prefix them differently. */
const FOR_DOCUMENTS = { input_type: 'INGEST' };
const TIMED_OUT = 408;

/**
 * Embeds the texts of documents by an inference endpoint of Elasticsearch, which the feature's model names. Texts that
 * are searched with go to the search instead: it embeds them where the vectors are.
 * A text of white space, and one that the model maps to zero, has no vector (null).
 * EMBEDDING_UNAVAILABLE where no answer came before the deadline or after all tries (408, 429, 502–504, broken
 * connections); EMBEDDING_FAILED where the server has no such endpoint, refused, or gave other dimensions.
 * Source: Elasticsearch API, "Perform text embedding inference".
 */
export class ElasticsearchEmbedder implements Embedder {
  readonly #options: ElasticsearchEmbedderOptions;
  readonly #ports: Pick<Patience, 'clock' | 'random'>;
  /** Models whose service refuses to be told what the texts are. */
  readonly #untold = new Set<string>();

  constructor(options: ElasticsearchEmbedderOptions, ports: Pick<Patience, 'clock' | 'random'>) {
    this.#options = options;
    this.#ports = ports;
  }

  embed(
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
    const { retry } = this.#options;
    const model = feature.model ?? '';
    const answer = await untilAnswered(() => this.#ask(model, texts, deadline), {
      ...this.#ports,
      retry,
      deadline,
    });
    return vectorsOf(embeddingsOf(answer), texts.length, feature.dims);
  }

  async #ask(model: string, input: readonly string[], deadline: Deadline): Promise<Outcome<unknown>> {
    const left = deadline.at - this.#ports.clock.monotonic();
    const told = this.#untold.has(model) ? {} : FOR_DOCUMENTS;
    try {
      const answer = await this.#options.calls.call<unknown>(
        {
          method: 'POST',
          path: `/_inference/text_embedding/${encodeURIComponent(model)}`,
          query: { timeout: `${Math.max(1, Math.ceil(left))}ms` },
          body: { input, ...told },
        },
        left,
      );
      if (answer === null)
        throw new ReweighError('EMBEDDING_FAILED', `Elasticsearch has no inference endpoint ${model}`);
      return { kind: 'answer', answer };
    } catch (error) {
      if (!isUntellable(error) || this.#untold.has(model)) return outcomeOfFailure(error);
      this.#untold.add(model);
      return this.#ask(model, input, deadline);
    }
  }
}

/** Whether the endpoint's service does not want to be told what the texts are. */
function isUntellable(error: unknown): boolean {
  return (
    error instanceof errors.ResponseError && error.statusCode === 400 && /input_type/.test(error.message)
  );
}

/** Another try where it may help; thrown where it will not. */
function outcomeOfFailure(error: unknown): Outcome<never> {
  if (error instanceof ReweighError) {
    if (error.code === 'SEARCH_FORBIDDEN') throw new ReweighError('EMBEDDING_FAILED', error.message);
    if (error.code !== 'SEARCH_UNAVAILABLE') throw error;
    return { kind: 'again', reason: error.message, wait: null };
  }
  if (!(error instanceof errors.ResponseError)) throw error;
  const reason = refusalOf(error);
  if (error.statusCode === TIMED_OUT) return { kind: 'again', reason, wait: null };
  throw new ReweighError('EMBEDDING_FAILED', reason);
}

function embeddingsOf(answer: unknown): readonly unknown[] {
  const list = isObject(answer) ? answer['text_embedding'] : undefined;
  if (!Array.isArray(list)) throw unusable('a list named text_embedding', kindsIn(answer));
  return list;
}

/** Names of what came instead, such as text_embedding_bytes of a model that answers in bytes. */
function kindsIn(answer: unknown): string {
  return isObject(answer) ? Object.keys(answer).slice(0, 5).join(', ') || 'nothing' : 'another form of JSON';
}
