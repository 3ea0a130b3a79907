import { ReweighError } from '../errors.ts';
import type { EmbedderKind, Feature } from '../collection/collection.ts';
import type { Embedder } from './embedder.ts';

/** An embedder for each kind that can embed; null where none is configured. */
export type Routes = Readonly<Record<Exclude<EmbedderKind, 'NONE'>, Embedder | null>>;

/**
 * Chooses by the feature's embedder. EMBEDDING_FAILED where the feature takes only ready vectors, or no embedder of
 * its kind is configured.
 */
export class RouteEmbedder implements Embedder {
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
        `${feature.uri} is embedded by a server, and none is configured here`,
      );
    return embedder.embed(feature, texts, deadlineMilliseconds);
  }
}
