import { ReweighError } from '../errors.ts';
import type { EmbedderKind, Feature } from '../collection/collection.ts';
import type { Embedder, Embedders } from './embedder.ts';

/** An embedder for each kind that can embed; null where none is configured. */
export type Routes = Readonly<Record<Exclude<EmbedderKind, 'NONE'>, Embedder | null>>;

/** What an operator must set for features of a kind to be embedded. */
const NEEDS: Readonly<Record<EmbedderKind, string>> = {
  NONE: 'nothing',
  HASHING: 'nothing',
  OPENAI: 'EMBEDDINGS_URL and EMBEDDINGS_MODEL',
  ELASTICSEARCH: 'ELASTICSEARCH_URL',
};

/**
 * Chooses by the feature's embedder. EMBEDDING_FAILED where the feature takes only ready vectors, or no embedder of
 * its kind is configured.
 */
export class RouteEmbedder implements Embedders {
  readonly #routes: Routes;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  async embed(
    feature: Feature,
    texts: readonly string[],
    deadlineMilliseconds: number,
  ): Promise<readonly (Float32Array | null)[]> {
    if (feature.embedder === 'NONE')
      throw new ReweighError('EMBEDDING_FAILED', `${feature.uri} takes ready vectors only, got a text`);
    const embedder = this.#routes[feature.embedder];
    if (embedder === null)
      throw new ReweighError(
        'EMBEDDING_FAILED',
        `${feature.uri} cannot be embedded: ${this.whyNot(feature.embedder)}`,
      );
    return embedder.embed(feature, texts, deadlineMilliseconds);
  }

  whyNot(kind: EmbedderKind): string | null {
    if (kind === 'NONE' || this.#routes[kind] !== null) return null;
    return `${kind} needs ${NEEDS[kind]}, which this server is started without`;
  }
}
