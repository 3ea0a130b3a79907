import { ReweighError } from '../errors.ts';
import { sha256 } from '../ids.ts';
import { VectorLru } from './embedding-cache-lru.ts';
import type { Clock } from '../clock.ts';
import type { Feature } from '../collection/collection.ts';
import type { Embedder } from './embedder.ts';

type Vector = Float32Array | null;
type Key = string;

export interface CacheOptions {
  /** Most bytes of vectors and their keys that are kept. */
  readonly maxBytes: number;
}

/**
 * Remembers the vectors of another embedder by model, dimensions and the text's SHA-256, the least recently used
 * forgotten first. Texts that are being embedded already are waited for, not asked again; where that other call
 * fails (its deadline may be shorter) they are asked for once more. Failures are not remembered. Every caller gets
 * vectors of its own.
 */
export class EmbeddingCache implements Embedder {
  readonly #inner: Embedder;
  readonly #clock: Clock;
  readonly #known: VectorLru;
  readonly #coming = new Map<Key, Promise<Vector>>();

  constructor(inner: Embedder, clock: Clock, options: CacheOptions) {
    this.#inner = inner;
    this.#clock = clock;
    this.#known = new VectorLru(options.maxBytes);
  }

  async embed(
    feature: Feature,
    texts: readonly string[],
    deadlineMilliseconds: number,
  ): Promise<readonly Vector[]> {
    const at = this.#clock.monotonic() + deadlineMilliseconds;
    const keys = texts.map((text) => keyOf(feature, text));
    const textOf = new Map(keys.map((key, index) => [key, texts[index]!]));
    const found = new Map<Key, Vector>();
    const missing: Key[] = [];
    const shared: Key[] = [];
    for (const key of textOf.keys()) {
      const known = this.#known.get(key);
      if (known !== undefined) found.set(key, known);
      else if (this.#coming.has(key)) shared.push(key);
      else missing.push(key);
    }
    const fetch = async (wanted: readonly Key[]): Promise<void> => {
      if (wanted.length === 0) return;
      const left = at - this.#clock.monotonic();
      if (left <= 0) throw tooLate();
      const asked = wanted.map((key) => textOf.get(key)!);
      await this.#fetch(wanted, this.#inner.embed(feature, asked, left), found);
    };
    await Promise.all([fetch(missing), this.#join(shared, at, found).then(fetch)]);
    return keys.map((key) => found.get(key)?.slice() ?? null);
  }

  /** Puts the vectors of `keys` into `found` and the cache; others may wait for them meanwhile. */
  async #fetch(
    keys: readonly Key[],
    answer: Promise<readonly Vector[]>,
    found: Map<Key, Vector>,
  ): Promise<void> {
    keys.forEach((key, index) => {
      const one = answer.then((vectors) => vectors[index] ?? null);
      // Nobody may be waiting for this one text; the failure is the whole answer's.
      one.catch(() => undefined);
      this.#coming.set(key, one);
    });
    try {
      const vectors = await answer;
      keys.forEach((key, index) => {
        const vector = vectors[index] ?? null;
        found.set(key, vector);
        this.#known.set(key, vector);
      });
    } finally {
      for (const key of keys) this.#coming.delete(key);
    }
  }

  /** Waits for texts that another call is embedding; the keys of those it failed to embed. */
  async #join(keys: readonly Key[], at: number, found: Map<Key, Vector>): Promise<readonly Key[]> {
    const ended = new AbortController();
    const late = this.#clock.delay(at - this.#clock.monotonic(), ended.signal).then(() => {
      if (!ended.signal.aborted) throw tooLate();
    });
    late.catch(() => undefined);
    const failed: Key[] = [];
    const waits = keys.map(async (key) => {
      try {
        found.set(key, (await this.#coming.get(key)) ?? null);
      } catch {
        failed.push(key);
      }
    });
    try {
      await Promise.race([Promise.all(waits), late]);
    } finally {
      ended.abort();
    }
    return failed;
  }
}

function keyOf({ embedder, model, dims }: Feature, text: string): Key {
  return JSON.stringify([embedder, model, dims, sha256(text)]);
}

function tooLate(): ReweighError {
  return new ReweighError('EMBEDDING_UNAVAILABLE', 'the text was not embedded in time');
}
