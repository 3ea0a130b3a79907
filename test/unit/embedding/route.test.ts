import { describe, expect, test } from '@jest/globals';
import { RouteEmbedder } from '../../../src/engine/embedding/route-embedder.ts';
import type { EmbedderKind, Feature } from '../../../src/engine/collection/collection.ts';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';

const answering = (number: number): Embedder => ({
  embed: (_, texts) => Promise.resolve(texts.map(() => Float32Array.of(number))),
});
const feature = (embedder: EmbedderKind): Feature => ({ uri: 'embed://x@1/title', embedder }) as Feature;

describe('the choice of an embedder', () => {
  test("follows the feature's kind", async () => {
    const route = new RouteEmbedder({ HASHING: answering(1), OPENAI: answering(2) });
    expect(await route.embed(feature('HASHING'), ['cup'], 100)).toEqual([Float32Array.of(1)]);
    expect(await route.embed(feature('OPENAI'), ['cup'], 100)).toEqual([Float32Array.of(2)]);
  });

  test('refuses a text for a feature of ready vectors, by name', async () => {
    const route = new RouteEmbedder({ HASHING: answering(1), OPENAI: answering(2) });
    await expect(route.embed(feature('NONE'), ['cup'], 100)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: 'embed://x@1/title takes ready vectors only, got a text',
    });
  });

  test('says where no server is configured', async () => {
    const route = new RouteEmbedder({ HASHING: answering(1), OPENAI: null });
    await expect(route.embed(feature('OPENAI'), ['cup'], 100)).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
    });
  });
});
