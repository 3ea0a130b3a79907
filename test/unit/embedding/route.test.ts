import { describe, expect, test } from '@jest/globals';
import { RouteEmbedder, type Routes } from '../../../src/engine/embedding/route-embedder.ts';
import type { EmbedderKind, Feature } from '../../../src/engine/collection/collection.ts';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';

const answering = (number: number): Embedder => ({
  embed: (_, texts) => Promise.resolve(texts.map(() => Float32Array.of(number))),
});
const feature = (embedder: EmbedderKind): Feature => ({ uri: 'embed://x@1/title', embedder }) as Feature;

const ROUTES: Routes = { HASHING: answering(1), OPENAI: answering(2), ELASTICSEARCH: answering(3) };

describe('the choice of an embedder', () => {
  test.each([
    ['HASHING', 1],
    ['OPENAI', 2],
    ['ELASTICSEARCH', 3],
  ] as const)("follows the feature's kind: %s", async (kind, number) => {
    const route = new RouteEmbedder(ROUTES);
    expect(await route.embed(feature(kind), ['cup'], 100)).toEqual([Float32Array.of(number)]);
    expect(route.whyNot(kind)).toBeNull();
  });

  test('refuses a text for a feature of ready vectors, by name', async () => {
    const route = new RouteEmbedder(ROUTES);
    expect(route.whyNot('NONE')).toBeNull();
    await expect(route.embed(feature('NONE'), ['cup'], 100)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: 'embed://x@1/title takes ready vectors only, got a text',
    });
  });

  test.each([
    ['OPENAI', 'OPENAI needs EMBEDDINGS_URL and EMBEDDINGS_MODEL, which this server is started without'],
    ['ELASTICSEARCH', 'ELASTICSEARCH needs ELASTICSEARCH_URL, which this server is started without'],
  ] as const)('says what must be set for %s where nothing is', async (kind, reason) => {
    const route = new RouteEmbedder({ ...ROUTES, [kind]: null });
    expect(route.whyNot(kind)).toBe(reason);
    await expect(route.embed(feature(kind), ['cup'], 100)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: `embed://x@1/title cannot be embedded: ${reason}`,
    });
  });
});
