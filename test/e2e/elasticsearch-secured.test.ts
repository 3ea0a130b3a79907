import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { ATTACH, DOCUMENTS, EXECUTE, type Answer } from '../support/attached-calls.ts';
import { CREATE_RETRIEVER, documentIdsOf, MEASURE } from '../support/both-backends-calls.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import { codesOf, post } from '../support/server.ts';
import { OWN_START, whyNoOwnElasticsearch } from '../support/elasticsearch.ts';
import { authorizationOf, PASSWORD, startSecuredElasticsearch } from '../support/elasticsearch-secured.ts';
import { ensureBuilt, startProcess, temporaryFolder, type ServerProcess } from '../support/process.ts';
import {
  addToStream,
  attachInput,
  COUNT,
  DOCUMENTS_IN_SHOP,
  INPUTS,
  INTERNAL,
  ROLES,
  type User,
  makeIndexes,
  ONES,
  retrieverInput,
  slowLog,
} from '../support/secured-shop.ts';
import { openElasticsearch } from '../../src/engine/search/elasticsearch-open.ts';
import { rawElasticsearch, type RawElasticsearch } from '../support/elasticsearch-raw.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { newCollection, newFeature, randomDocuments, request } from '../conformance/search-backend-world.ts';
import { hitsOf } from '../conformance/search-backend.ts';
import type { Collection, Feature } from '../../src/engine/collection/collection.ts';
import type { SearchBackend } from '../../src/engine/search/search-backend.ts';

const reason = whyNoOwnElasticsearch();
if (reason !== null) test.skip(`an Elasticsearch with security (${reason})`, () => undefined);
else
  describe('an Elasticsearch with security', () => {
    const folder = temporaryFolder();
    let server: Awaited<ReturnType<typeof startSecuredElasticsearch>>;
    let raw: RawElasticsearch;
    let instance: ServerProcess;
    let url: string;

    beforeAll(async () => {
      await ensureBuilt();
      server = await startSecuredElasticsearch(ROLES);
      raw = rawElasticsearch(server.url, { authorization: authorizationOf() });
      await makeIndexes(raw);
      await startAs('attacher');
    }, OWN_START);
    afterAll(async () => {
      await stop();
      folder.remove();
      await server.stop();
    }, 120_000);

    const startAs = async (user: User): Promise<void> => {
      instance = startProcess({
        DATA_DIR: folder.path,
        LOG_LEVEL: 'warn',
        ELASTICSEARCH_URL: server.url,
        ELASTICSEARCH_USERNAME: user,
        ELASTICSEARCH_PASSWORD: PASSWORD,
      });
      url = await instance.ready;
    };
    const stop = async (): Promise<void> => {
      instance.child.kill('SIGTERM');
      await instance.ended;
    };
    const ask = <Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> =>
      httpApi(url).ask<Data>(query, variables);
    const openAs = async (user: User, work: (backend: SearchBackend) => Promise<void>): Promise<void> => {
      const access = { url: server.url, username: user, password: PASSWORD, indexPrefix: 'own-' };
      const backend = await openElasticsearch(access, systemClock);
      await work(backend).finally(() => backend.close());
    };
    const executed = async (retriever: string): Promise<readonly string[]> => {
      const { execute } = await ask<{ readonly execute: Answer }>(EXECUTE, { retriever, inputs: INPUTS });
      expect(execute.degradations).toEqual([]);
      return documentIdsOf(execute.hits);
    };

    test('lets an index be attached, searched, read and measured that may be read and described', async () => {
      const attached = await ask(ATTACH, { input: attachInput('shop') });
      expect(attached).toMatchObject({
        attachCollection: { collection: { documentCount: DOCUMENTS_IN_SHOP }, userErrors: [] },
      });
      await ask(CREATE_RETRIEVER, { input: retrieverInput('shop') });
      expect((await executed('shop'))[0]).toBe('shop 1');
      expect(await ask(DOCUMENTS, { collection: 'shop' })).toMatchObject({
        documents: { nodes: { length: DOCUMENTS_IN_SHOP } },
      });
      expect(await ask(MEASURE, { input: { collection: 'shop' } })).toMatchObject({
        measureBackground: { userErrors: [], features: [{ background: { documents: DOCUMENTS_IN_SHOP } }] },
      });
    }, 120_000);

    test('writes the request id of a client into its slow log', async () => {
      const settings = { 'index.search.slowlog.threshold.query.trace': '0ms' };
      await raw.send('PUT', '/shop-1/_settings', settings);
      const id = `request-${process.pid}-of-a-client`;
      const variables = { retriever: 'shop', inputs: INPUTS };
      const { body } = await post(url, { query: EXECUTE, variables }, { 'x-request-id': id });
      expect(body.errors).toBeUndefined();
      const entries = await slowLog(join(server.cluster.data, 'node-1/logs'), id);
      for (const entry of entries) expect(entry).toMatchObject({ 'elasticsearch.slowlog.id': id });
      expect(String(entries[0]!['elasticsearch.slowlog.message'])).toContain('shop-1');
    }, 120_000);

    test('lets a data stream be attached, and documents of each of its indexes be found', async () => {
      const attached = await ask(ATTACH, { input: attachInput('stream') });
      expect(attached).toMatchObject({
        attachCollection: { collection: { documentCount: 1 }, userErrors: [] },
      });
      await ask(CREATE_RETRIEVER, { input: retrieverInput('stream') });
      expect(await executed('stream')).toEqual(['one']);
      await raw.send('POST', '/stream/_rollover');
      await addToStream(raw, 'two');
      expect([...(await executed('stream'))].sort()).toEqual(['one', 'two']);
      expect(await ask(COUNT, { name: 'stream' })).toEqual({ collection: { documentCount: 2 } });
    }, 120_000);

    test.each([
      ['unreading', 'indices:data/read/search on shop: that takes one of the privileges read, all'],
      [
        'unseeing',
        'indices:admin/mappings/get on shop: that takes one of the privileges view_index_metadata, manage, all',
      ],
      ['outsider', 'indices:data/read/search on shop: that takes one of the privileges read, all'],
    ] as const)(
      'refuses the attaching of an index to the %s user, who lacks a privilege, by its name',
      async (user, lacking) => {
        await openAs(user, async (backend) => {
          const message = `Elasticsearch answered 403: this server’s credentials do not allow ${lacking}`;
          expect(await backend.inspect(...attachedTo('shop'))).toEqual([
            { code: 'SEARCH_FORBIDDEN', path: ['index'], message },
          ]);
        });
      },
    );

    test('refuses to start a server that may not look at its nodes, and says which privilege that takes', async () => {
      await stop();
      await expect(startAs('unmonitoring')).rejects.toThrow(
        /SEARCH_BACKEND_UNAVAILABLE: .*cluster:monitor\/nodes\/info: that takes one of the privileges monitor/,
      );
      expect(instance.output.err).not.toMatch(INTERNAL);
      await startAs('attacher');
    }, 120_000);

    test('that takes privileges back makes reading fail with what is lacking, and no more than that', async () => {
      await stop();
      await startAs('outsider');
      const lacking = 'do not allow indices:data/read/search on shop';
      const document = 'query ($id: ID!) { document(collection: "shop", id: $id) { fields } }';
      const calls: readonly (readonly [string, object])[] = [
        [COUNT, { name: 'shop' }],
        [DOCUMENTS, { collection: 'shop' }],
        [document, { id: 'shop 1' }],
        [MEASURE, { input: { collection: 'shop' } }],
        [ATTACH, { input: { ...attachInput('shop'), name: 'again' } }],
      ];
      for (const [query, variables] of calls) {
        const answer = await answerTo(url, query, variables);
        const text = JSON.stringify(answer.body);
        expect({ query, codes: codesOf(answer) }).toEqual({ query, codes: ['SEARCH_FORBIDDEN'] });
        expect(text).toContain(lacking);
        expect(text).not.toMatch(INTERNAL);
      }
      const searched = await answerTo(url, EXECUTE, { retriever: 'shop', inputs: INPUTS });
      expect(codesOf(searched)).toEqual(['ALL_FEATURES_FAILED']);
      expect(JSON.stringify(searched.body)).toContain('do not allow indices:data/read/msearch');
      expect(JSON.stringify(searched.body)).not.toMatch(INTERNAL);
      expect(instance.output.err).not.toMatch(INTERNAL);
    }, 120_000);

    test('lets a server keep indexes of its own that may read, write and manage those of its prefix', async () => {
      await openAs('owner', async (backend) => {
        const [collection, feature] = managed();
        const documents = randomDocuments([feature], 20, 'secured');
        await backend.prepare(collection, [feature]);
        await backend.put(collection, documents);
        const having = documents.filter(({ vectors }) => vectors.has(feature.id));
        const one = request({ collection, feature }, Float32Array.from(ONES), { topK: 100 });
        expect(await hitsOf(backend, one)).toHaveLength(having.length);
        expect((await backend.list(collection, null, 100)).length).toBe(20);
        expect((await backend.fetch(collection, [documents[0]!.id], { vectors: [feature] })).size).toBe(1);
        expect(await backend.sample(collection, feature, 100, 'seed')).toHaveLength(having.length);
        await backend.rewrite(collection, [feature], {
          revise: (some) => Promise.resolve(some),
          onProgress: () => undefined,
          onRevised: () => undefined,
          signal: new AbortController().signal,
        });
        expect(await backend.delete(collection, [documents[0]!.id])).toEqual([true]);
        expect((await backend.count(collection, [feature])).documents).toBe(19);
        await backend.drop(collection);
      });
    }, 120_000);

    test('refuses what such a server writes or makes without the privilege', async () => {
      const [collection, feature] = managed();
      const documents = randomDocuments([feature], 2, 'secured');
      await openAs('unwriting', async (backend) => {
        await backend.prepare(collection, [feature]);
        const refused = await thrownBy(backend.put(collection, documents));
        expect(refused).toMatchObject({ code: 'SEARCH_FORBIDDEN' });
        expect(refused.message).toMatch(/indices:data\/write\/bulk.* privileges .*write/);
        expect(refused.message).not.toMatch(INTERNAL);
      });
      await openAs('outsider', async (backend) => {
        const refused = await thrownBy(backend.prepare(collection, [feature]));
        expect(refused).toMatchObject({ code: 'SEARCH_FORBIDDEN' });
        const [outcome] = await backend.search(
          [request({ collection, feature }, Float32Array.from(ONES))],
          5_000,
        );
        expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
        expect(refused.message + JSON.stringify(outcome)).not.toMatch(INTERNAL);
      });
      await openAs('owner', (backend) => backend.drop(collection));
    }, 120_000);

    test('tells wrong credentials without naming them', async () => {
      const access = { url: server.url, username: 'attacher', password: 'wrong' };
      const refused = await thrownBy(openElasticsearch(access, systemClock));
      expect(refused).toMatchObject({
        code: 'SEARCH_UNAVAILABLE',
        message: 'Elasticsearch refused the credentials with 401',
      });
    });
  });

const thrownBy = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error as Error,
  );

function attachedTo(index: string): [Collection, readonly Feature[]] {
  const attached = { index, idField: 'sku', routing: null };
  const collection: Collection = { ...newCollection(), fields: [], attached };
  return [collection, [{ ...newFeature(collection, 'L2'), field: 'vector' }]];
}

function managed(): [Collection, Feature] {
  const collection = newCollection();
  return [collection, newFeature(collection, 'L2')];
}
