import { describe, expect, test } from '@jest/globals';
import { EmbeddingCache } from '../../../src/engine/embedding/embedding-cache.ts';
import { VectorLru } from '../../../src/engine/embedding/embedding-cache-lru.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import type { Feature } from '../../../src/engine/collection/collection.ts';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';
import type { Uuid } from '../../../src/engine/ids.ts';

const feature = (over: Partial<Feature> = {}): Feature => ({
  id: '00000000-0000-7000-8000-000000000001' as Uuid,
  collectionId: '00000000-0000-7000-8000-000000000002' as Uuid,
  uri: 'embed://openai@1/title',
  field: 'title_vector',
  dims: 2,
  similarity: 'COSINE',
  sourceFields: [],
  embedder: 'OPENAI',
  model: 'small',
  background: null,
  createdAt: new Date(0),
  ...over,
});

type Vectors = readonly (Float32Array | null)[];
interface Call {
  readonly texts: readonly string[];
  readonly milliseconds: number;
  answer(): void;
  fail(): void;
}

/** An embedder that answers when it is told to: the vector of a text is [its length, dims]. */
function heldEmbedder() {
  const calls: Call[] = [];
  const inner: Embedder = {
    embed: ({ dims }, texts, milliseconds) =>
      new Promise<Vectors>((resolve, reject) => {
        const answer = (): void =>
          resolve(texts.map((text) => (text === '' ? null : Float32Array.of(text.length, dims))));
        calls.push({ texts, milliseconds, answer, fail: () => reject(new Error('no answer')) });
      }),
  };
  return { calls, cache: new EmbeddingCache(inner, systemClock, { maxBytes: 10_000 }) };
}

async function embedNow(
  { calls, cache }: ReturnType<typeof heldEmbedder>,
  texts: readonly string[],
  of = feature(),
) {
  const asked = calls.length;
  const answer = cache.embed(of, texts, 5_000);
  calls.slice(asked).forEach((call) => call.answer());
  return answer;
}

describe('the cache of embeddings', () => {
  test('asks for a text once, also where one call names it twice', async () => {
    const held = heldEmbedder();
    expect(await embedNow(held, ['cup', 'cup', 'saucer'])).toEqual([
      Float32Array.of(3, 2),
      Float32Array.of(3, 2),
      Float32Array.of(6, 2),
    ]);
    expect(await embedNow(held, ['saucer', 'cup'])).toEqual([Float32Array.of(6, 2), Float32Array.of(3, 2)]);
    expect(held.calls.map(({ texts }) => texts)).toEqual([['cup', 'saucer']]);
  });

  test('asks only for the texts it lacks, and puts all in order', async () => {
    const held = heldEmbedder();
    await embedNow(held, ['cup']);
    expect(await embedNow(held, ['saucer', 'cup', 'jug'])).toEqual([
      Float32Array.of(6, 2),
      Float32Array.of(3, 2),
      Float32Array.of(3, 2),
    ]);
    expect(held.calls[1]?.texts).toEqual(['saucer', 'jug']);
  });

  test('keeps models, dimensions and kinds of embedder apart', async () => {
    const held = heldEmbedder();
    await embedNow(held, ['cup']);
    await embedNow(held, ['cup'], feature({ model: 'large' }));
    await embedNow(held, ['cup'], feature({ dims: 3 }));
    await embedNow(held, ['cup'], feature({ embedder: 'HASHING', model: null }));
    expect(held.calls).toHaveLength(4);
    await embedNow(held, ['cup'], feature({ uri: 'embed://openai@1/other' }));
    expect(held.calls).toHaveLength(4);
  });

  test('remembers that a text has no vector', async () => {
    const held = heldEmbedder();
    expect(await embedNow(held, [''])).toEqual([null]);
    expect(await embedNow(held, [''])).toEqual([null]);
    expect(held.calls).toHaveLength(1);
  });

  test('gives every caller a vector of its own', async () => {
    const held = heldEmbedder();
    const [first] = await embedNow(held, ['cup']);
    first![0] = 99;
    expect(await embedNow(held, ['cup', 'cup'])).toEqual([Float32Array.of(3, 2), Float32Array.of(3, 2)]);
  });

  test('asks once where several callers want a text at the same time', async () => {
    const { calls, cache } = heldEmbedder();
    const first = cache.embed(feature(), ['cup', 'jug'], 5_000);
    const second = cache.embed(feature(), ['jug', 'saucer'], 5_000);
    const third = cache.embed(feature(), ['cup'], 5_000);
    expect(calls.map(({ texts }) => texts)).toEqual([['cup', 'jug'], ['saucer']]);
    calls.forEach((call) => call.answer());
    expect(await first).toEqual([Float32Array.of(3, 2), Float32Array.of(3, 2)]);
    expect(await second).toEqual([Float32Array.of(3, 2), Float32Array.of(6, 2)]);
    expect(await third).toEqual([Float32Array.of(3, 2)]);
  });

  test('does not remember failures', async () => {
    const held = heldEmbedder();
    const failed = held.cache.embed(feature(), ['cup'], 5_000);
    held.calls[0]?.fail();
    await expect(failed).rejects.toThrow('no answer');
    expect(await embedNow(held, ['cup'])).toEqual([Float32Array.of(3, 2)]);
  });

  test('asks again for one who waited for a call that failed', async () => {
    const { calls, cache } = heldEmbedder();
    const first = cache.embed(feature(), ['cup'], 100);
    const second = cache.embed(feature(), ['cup'], 5_000);
    calls[0]?.fail();
    await expect(first).rejects.toThrow('no answer');
    while (calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
    calls[1]?.answer();
    expect(await second).toEqual([Float32Array.of(3, 2)]);
    expect(calls[1]?.milliseconds).toBeLessThanOrEqual(5_000);
  });

  test('lets nobody wait for a longer call beyond the own deadline', async () => {
    const { calls, cache } = heldEmbedder();
    const slow = cache.embed(feature(), ['cup'], 60_000);
    await expect(cache.embed(feature(), ['cup'], 50)).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
    });
    calls[0]?.answer();
    expect(await slow).toEqual([Float32Array.of(3, 2)]);
  });
});

describe('the bounded store of vectors', () => {
  test('forgets the least recently used first', () => {
    // An entry of 20 numbers takes 320 + 80 bytes: three fit into 1,200.
    const store = new VectorLru(1_200);
    for (const key of ['a', 'b', 'c']) store.set(key, new Float32Array(20));
    store.get('a');
    store.set('d', new Float32Array(20));
    expect(['a', 'b', 'c', 'd'].filter((key) => store.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  test('stays within its bytes whatever is put in', () => {
    const store = new VectorLru(1_200);
    for (let index = 0; index < 1_000; index += 1)
      store.set(`key ${index % 7}`, new Float32Array(index % 50));
    expect(store.size).toBeLessThanOrEqual(3);
    expect(store.size).toBeGreaterThan(0);
  });

  test('replaces a key without counting it twice', () => {
    const store = new VectorLru(1_200);
    for (let index = 0; index < 100; index += 1) store.set('a', new Float32Array(20));
    store.set('b', null);
    store.set('c', new Float32Array(20));
    expect(store.size).toBe(3);
    expect(store.get('b')).toBeNull();
  });

  test('does not keep what is larger than all of it', () => {
    const store = new VectorLru(1_200);
    store.set('a', new Float32Array(1_000));
    expect(store.get('a')).toBeUndefined();
    expect(store.size).toBe(0);
  });
});
