import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { hitsOf } from './search-backend.ts';
import { DIMS, newCollection, newFeature, request } from './search-backend-world.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type { Rewriting, SearchBackend } from '../../src/engine/search/search-backend.ts';

const ONE = new Float32Array(DIMS).fill(1);
const asTheyAre: Rewriting['revise'] = (documents) => Promise.resolve(documents);

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`a new index behind the alias (${reason})`, () => undefined);
else
  describe('a new index behind the alias of a collection', () => {
    const prefix = `rewrite-${process.pid}-`;
    const collections: Collection[] = [];
    let server: TestElasticsearch;
    let backend: SearchBackend;
    /** As another instance has it, with other settings. */
    let other: SearchBackend;
    beforeAll(async () => {
      server = await elasticsearchForTests();
      const options = {
        url: server.url,
        indexPrefix: prefix,
        shards: 2,
        refreshInterval: '200ms',
        leaveAfter: 500,
      };
      backend = await openElasticsearch({ ...options, indexOption: 'flat' }, systemClock);
      other = await openElasticsearch({ ...options, indexOption: 'int8_hnsw', replicas: 0 }, systemClock);
    }, 240_000);
    afterAll(async () => {
      for (const collection of collections) await backend.drop(collection);
      expect(await ask('GET', `/${prefix}*/_alias`)).toEqual({});
      await backend.close();
      await other.close();
      await server.stop();
    });

    const ask = async (method: string, path: string): Promise<unknown> =>
      (await fetch(`${server.url}${path}`, { method })).json();
    const indexesOf = async (collection: Collection): Promise<readonly string[]> =>
      Object.keys((await ask('GET', `/${prefix}${collection.id}-*/_alias`)) as object)
        .map((name) => name.slice(prefix.length + collection.id.length + 1))
        .sort();
    const bare = (id: string, vectors: ReadonlyMap<Feature['id'], Float32Array> = new Map()): Document => ({
      id,
      fields: new Map(),
      vectors,
    });
    const stage = async (count: number): Promise<{ collection: Collection; feature: Feature }> => {
      const collection = newCollection();
      const feature = newFeature(collection, 'COSINE');
      collections.push(collection);
      await backend.prepare(collection, [feature]);
      const documents = Array.from({ length: count }, (_, place) =>
        bare(`d${place}`, place % 2 === 0 ? new Map([[feature.id, ONE]]) : new Map()),
      );
      for (let from = 0; from < count; from += 5_000)
        await backend.put(collection, documents.slice(from, from + 5_000));
      return { collection, feature };
    };
    const how = (revise: Rewriting['revise']): Rewriting => ({
      revise,
      onProgress: () => undefined,
      onRevised: () => undefined,
      signal: new AbortController().signal,
    });
    /** Runs `work` beside the first page. */
    const onceBeside = (work: () => Promise<unknown>): Rewriting['revise'] => {
      let begun: Promise<unknown> | null = null;
      return async (documents) => {
        begun ??= work();
        await begun;
        return documents;
      };
    };

    test('has the settings of the instance that made it, for searches and writes as well', async () => {
      const { collection, feature } = await stage(50);
      await other.rewrite(collection, [feature], how(asTheyAre));
      expect(await indexesOf(collection)).toEqual(['2']);
      const answer = (await ask('GET', `/${prefix}${collection.id}`)) as Readonly<
        Record<string, { readonly settings: object; readonly mappings: object; readonly aliases: object }>
      >;
      const [index] = Object.values(answer);
      expect(index).toMatchObject({
        settings: { index: { refresh_interval: '200ms', number_of_replicas: '0', number_of_shards: '2' } },
        mappings: {
          properties: { vectors: { properties: { cosine: { index_options: { type: 'int8_hnsw' } } } } },
        },
      });
      expect(Object.keys(index!.aliases)).toEqual([`${prefix}${collection.id}`]);
      expect(index!.settings).not.toHaveProperty('index.blocks');
      // The first instance has not heard of it.
      expect(await backend.put(collection, [bare('new', new Map([[feature.id, ONE]]))])).toEqual([false]);
      const hits = await hitsOf(backend, request({ collection, feature }, ONE, { topK: 100 }));
      expect(hits.map(({ id }) => id)).toContain('new');
      expect(hits).toHaveLength(26);
    });

    test('lacks what was deleted from thousands of documents while they were copied', async () => {
      const { collection, feature } = await stage(11_000);
      const gone = Array.from({ length: 40 }, (_, place) => `d${place * 271}`);
      await backend.rewrite(collection, [feature], how(onceBeside(() => other.delete(collection, gone))));
      expect((await backend.count(collection, [])).documents).toBe(11_000 - gone.length);
      expect(await backend.fetch(collection, gone, { vectors: [] })).toEqual(new Map());
    });

    test('has a feature that was registered while documents were copied, with its vectors', async () => {
      const { collection, feature } = await stage(50);
      const late = newFeature(collection, 'L2');
      const register = async (): Promise<void> => {
        await other.prepare(collection, [feature, late]);
        await other.put(collection, [bare('late', new Map([[late.id, ONE]]))]);
      };
      await backend.rewrite(collection, [feature], how(onceBeside(register)));
      const hits = await hitsOf(other, request({ collection, feature: late }, ONE));
      expect(hits.map(({ id }) => id)).toEqual(['late']);
      expect(await other.put(collection, [bare('later', new Map([[late.id, ONE]]))])).toEqual([false]);
    });

    test('is not put into its place by a rewrite that was cleared away after: it was only asleep', async () => {
      const { collection, feature } = await stage(50);
      const clearAway = async (): Promise<void> => {
        expect(await indexesOf(collection)).toEqual(['1', '2']);
        expect(await other.abandonRewrite(collection)).toBe(false);
        await other.put(collection, [bare('meanwhile')]);
      };
      const sleeper = backend.rewrite(collection, [feature], how(onceBeside(clearAway)));
      await expect(sleeper).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
      expect(await indexesOf(collection)).toEqual(['1']);
      expect(await backend.put(collection, [bare('after')])).toEqual([false]);
      expect((await backend.count(collection, [])).documents).toBe(52);
    });

    test('is gone with the collection where that is deleted meanwhile', async () => {
      const { collection, feature } = await stage(50);
      const rewriting = backend.rewrite(collection, [feature], how(onceBeside(() => other.drop(collection))));
      await expect(rewriting).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
      expect(await backend.abandonRewrite(collection)).toBe(false);
      expect(await indexesOf(collection)).toEqual([]);
    });

    test('is given up where somebody opens the old one for writing in the last step', async () => {
      const { collection, feature } = await stage(50);
      const unblockAndWrite = async (documents: readonly Document[]): Promise<readonly Document[]> => {
        const path = `/${prefix}${collection.id}-1/_settings`;
        const { [`${prefix}${collection.id}-1`]: index } = (await ask('GET', path)) as Readonly<
          Record<string, { readonly settings: { readonly index: { readonly blocks?: object } } }>
        >;
        if (index?.settings.index.blocks !== undefined) {
          await fetch(`${server.url}${path}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ 'index.blocks.write': null }),
          });
          await other.put(collection, [bare('too late')]);
        } else if (documents.some(({ id }) => id === 'changed') || documents.length > 1)
          // There must be something to copy in the last step, so one more is always on its way.
          void later(collection);
        return documents;
      };
      const later = async (of: Collection): Promise<void> => {
        await other.put(of, [bare('changed')]);
      };
      const rewriting = backend.rewrite(collection, [feature], how(unblockAndWrite));
      await expect(rewriting).rejects.toMatchObject({ message: expect.stringContaining('written to') });
      expect(await backend.abandonRewrite(collection)).toBe(false);
      expect((await backend.fetch(collection, ['too late'], { vectors: [] })).size).toBe(1);
    });

    test('that serves already is kept by whoever clears away after it, and the old one goes', async () => {
      const { collection } = await stage(5);
      const alias = `${prefix}${collection.id}`;
      // As a rewrite leaves it that died right after it had moved the alias.
      await fetch(`${server.url}/${alias}-2`, { method: 'PUT' });
      await fetch(`${server.url}/_aliases`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          actions: [{ remove: { index: `${alias}-1`, alias } }, { add: { index: `${alias}-2`, alias } }],
        }),
      });
      expect(await backend.abandonRewrite(collection)).toBe(true);
      expect(await indexesOf(collection)).toEqual(['2']);
      expect(await backend.abandonRewrite(collection)).toBe(false);
    });
  });
