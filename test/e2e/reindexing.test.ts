import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  addBooks,
  begin,
  COUNT,
  documentOf,
  ended,
  FIRST,
  indexesOf,
  lostOf,
  reindex,
  reindexingOf,
  search,
  searchSteadily,
  specOf,
  titleFeature,
  untilKnown,
  writeSteadily,
} from '../support/reindexed-world.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import { DELETE_FEATURE, REGISTER } from '../support/reindexing.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { freshDatabase, startInstanceOn, stopInstance } from '../support/production.ts';
import { MUTATIONS } from '../support/library.ts';
import { npmPostgres, startPostgres, type PostgresServer } from '../support/database-postgres.ts';
import { answerStatus, answerWell, startEmbeddingServer, type Answer } from '../support/embedding-server.ts';
import { until } from '../support/server.ts';

const SECOND = 'embed://hashing@2/title';
const THIRD = 'embed://served@3/title';
const UPDATE = `mutation ($spec: RetrieverSpecInput!) { updateRetriever(input: {
  retriever: "titles", expectedVersion: 1, spec: $spec }) { retriever { latestVersion } userErrors { code } } }`;
const CLICK = `mutation ($hit: ID!) { recordInteraction(input: { hit: $hit, kinds: [CLICK] }) { userErrors { code } } }`;
const LOGGED = `{ execute(retriever: "titles", inputs: [{ name: "query", text: "sea" }]) { hits { nodes { id } } } }`;

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`reindexing on Elasticsearch (${reason})`, () => undefined);
else
  describe('two instances on Elasticsearch and PostgreSQL', () => {
    const prefix = `reindexing-${process.pid}-`;
    let elasticsearch: TestElasticsearch;
    let database: PostgresServer;
    let embeddings: Awaited<ReturnType<typeof startEmbeddingServer>>;
    let processes: [ServerProcess, ServerProcess];
    let urls: [string, string];
    let start: (over: Readonly<Record<string, string>>) => ServerProcess;
    beforeAll(async () => {
      await ensureBuilt();
      elasticsearch = await elasticsearchForTests();
      database = await startPostgres(await npmPostgres());
      embeddings = await startEmbeddingServer(16);
      const databaseUrl = (await freshDatabase(database))();
      start = (over) =>
        startInstanceOn(databaseUrl, {
          ELASTICSEARCH_URL: elasticsearch.url,
          ELASTICSEARCH_INDEX_PREFIX: prefix,
          EMBEDDINGS_URL: embeddings.url,
          EMBEDDINGS_MODEL: 'small',
          OPERATION_DEADLINE_MS: '120000',
          ...over,
        });
      // The second one has the new setting already.
      processes = [start({}), start({ ELASTICSEARCH_INDEX_OPTION: 'int8_hnsw' })];
      urls = [await processes[0].ready, await processes[1].ready];
      await addBooks(urls[0]);
    }, 300_000);
    afterAll(async () => {
      const remove = 'mutation { deleteRetriever(input: { retriever: "titles" }) { userErrors { code } } }';
      await httpApi(urls[0]).ask(remove);
      await httpApi(urls[0]).ask(
        'mutation { deleteCollection(input: { collection: "books" }) { userErrors { code } } }',
      );
      expect(await indexesOf(elasticsearch.url, prefix)).toEqual({});
      for (const one of processes) await stopInstance(one);
      await database.stop();
      await embeddings.close();
      await elasticsearch.stop();
    });

    test('search and write through another index option: no execution fails, no write is lost', async () => {
      expect(await indexesOf(elasticsearch.url, prefix)).toEqual({ 1: { title_1: 'hnsw' } });
      let running = true;
      const over = (): boolean => !running;
      const busy = [
        searchSteadily(urls[0], over),
        searchSteadily(urls[1], over),
        writeSteadily(urls[0], 'a', over),
        writeSteadily(urls[1], 'b', over),
      ] as const;
      const { reindexing } = await reindex(urls[1]).finally(() => {
        running = false;
      });
      const [ofA, ofB, writtenByA, writtenByB] = await Promise.all(busy);
      expect(reindexing).toMatchObject({ state: 'DONE', reason: null, embedded: 0 });
      expect(reindexing!.documents).toBeGreaterThanOrEqual(COUNT);
      expect(await indexesOf(elasticsearch.url, prefix)).toEqual({ 2: { title_1: 'int8_hnsw' } });
      expect(Math.min(ofA, ofB)).toBeGreaterThan(3);
      const written = new Map([...writtenByA, ...writtenByB]);
      expect(written.size).toBeGreaterThan(3);
      expect(await lostOf(urls[0], written)).toEqual([]);
      const added = [...written].filter(([id, revision]) => !id.startsWith('book') && revision !== null);
      await httpApi(urls[1]).ask(MUTATIONS.documents, {
        input: { collection: 'books', documents: [documentOf('book 0', 9_999)] },
      });
      expect((await reindexingOf(urls[0])).documentCount).toBe(COUNT + added.length);
    }, 240_000);

    test('a new version of a model: registered, made for all documents, searched, and the old one deleted', async () => {
      const { execute } = await httpApi(urls[0]).ask<{
        readonly execute: { readonly hits: { readonly nodes: readonly { readonly id: string }[] } };
      }>(LOGGED);
      await httpApi(urls[0]).ask(CLICK, { hit: execute.hits.nodes[0]!.id });
      const before = await search(urls[0]);
      expect(before.level).toBe('GLOBAL');
      await httpApi(urls[0]).ask(REGISTER, { input: titleFeature(SECOND, 'title_2') });
      expect((await indexesOf(elasticsearch.url, prefix))[2]).toHaveProperty('title_2');
      await untilKnown(urls[1], SECOND);
      const { reindexing, documentCount } = await reindex(urls[1], [SECOND]);
      expect(reindexing).toMatchObject({ state: 'DONE', embedded: documentCount });
      expect(await httpApi(urls[1]).ask(UPDATE, { spec: specOf(SECOND) })).toMatchObject({
        updateRetriever: { retriever: { latestVersion: 2 }, userErrors: [] },
      });
      const after = await search(urls[1]);
      expect(after.degradations).toEqual([]);
      expect(after.hits.nodes.length).toBe(before.hits.nodes.length);
      expect(after.level).toBe('PRIOR');
      expect(
        await httpApi(urls[0]).ask(DELETE_FEATURE, { input: { collection: 'books', uri: FIRST } }),
      ).toEqual({ deleteFeature: { deleted: FIRST, userErrors: [] } });
    }, 240_000);

    test('the field of a deleted feature is free after the next reindexing, and not before', async () => {
      const again = { input: titleFeature('embed://hashing@9/title', 'title_1') };
      const { body } = await answerTo(urls[0], REGISTER, again);
      expect(body.errors?.[0]).toMatchObject({
        message: expect.stringContaining('reindex the collection'),
        extensions: { code: 'INDEX_MISMATCH', faults: [{ path: ['field'] }] },
      });
      expect((await reindex(urls[0])).reindexing).toMatchObject({ state: 'DONE' });
      expect(await indexesOf(elasticsearch.url, prefix)).toEqual({ 4: { title_2: 'hnsw' } });
      expect(await httpApi(urls[0]).ask(REGISTER, again)).toMatchObject({
        registerFeature: { userErrors: [] },
      });
      const count = '{ feature(collection: "books", uri: "embed://hashing@9/title") { documentCount } }';
      expect(await httpApi(urls[0]).ask(count)).toEqual({ feature: { documentCount: 0 } });
    }, 240_000);

    test('an instance killed while it reindexes: searches go on, writes work again, a second run succeeds', async () => {
      const { documentCount } = await reindexingOf(urls[0]);
      const feature = { ...titleFeature(THIRD, 'title_3'), dims: 16, embedder: 'OPENAI' };
      await httpApi(urls[0]).ask(REGISTER, { input: feature });
      const never: Answer = () => undefined;
      embeddings.script.push(...Array<Answer>(100).fill(never));
      await untilKnown(urls[1], THIRD);
      await begin(urls[1], [THIRD]);
      await until(() => embeddings.seen.length > 0);
      processes[1].child.kill('SIGKILL');
      await processes[1].ended;
      embeddings.script.length = 0;
      expect(Object.keys(await indexesOf(elasticsearch.url, prefix))).toHaveLength(2);
      // As it would be, had it died in its last step.
      await fetch(`${elasticsearch.url}/${prefix}*-4/_block/write`, { method: 'PUT' });
      let cleared = false;
      const busy = [
        searchSteadily(urls[0], () => cleared),
        httpApi(urls[0]).ask<{ readonly indexDocuments: object }>(MUTATIONS.documents, {
          input: { collection: 'books', documents: [documentOf('written meanwhile', 1)] },
        }),
      ] as const;
      const { reindexing } = await ended(urls[0]).finally(() => {
        cleared = true;
      });
      expect(reindexing).toMatchObject({ state: 'FAILED', reason: expect.stringContaining('died') });
      expect(Object.keys(await indexesOf(elasticsearch.url, prefix))).toEqual(['4']);
      const [searches, written] = await Promise.all(busy);
      expect(searches).toBeGreaterThan(3);
      expect(written.indexDocuments).toMatchObject({ indexed: 1, refused: 0 });
      processes[1] = start({});
      urls[1] = await processes[1].ready;
      const second = await reindex(urls[1], [THIRD]);
      expect(second.reindexing).toMatchObject({ state: 'DONE' });
      expect(second.documentCount).toBe(documentCount + 1);
      const count = `{ feature(collection: "books", uri: "${THIRD}") { documentCount } }`;
      expect(await httpApi(urls[0]).ask(count)).toEqual({ feature: { documentCount: second.documentCount } });
      expect(await lostOf(urls[1], new Map([['written meanwhile', 1]]))).toEqual([]);
    }, 300_000);

    test('a model that refuses some texts: all of them are told, and left out where that is asked for', async () => {
      const refused = ['poison 1', 'poison 2'];
      const documents = refused.map((id) => ({ id, fields: { title: id } }));
      expect(
        await httpApi(urls[0]).ask(MUTATIONS.documents, { input: { collection: 'books', documents } }),
      ).toMatchObject({ indexDocuments: { indexed: 2 } });
      const picky: Answer = (response, request) =>
        (request.input.some((text) => text.startsWith('poison')) ? answerStatus(400) : answerWell(16))(
          response,
          request,
        );
      embeddings.script.push(...Array<Answer>(5_000).fill(picky));
      const before = await indexesOf(elasticsearch.url, prefix);
      const failed = await reindex(urls[1], [THIRD]);
      expect(failed.reindexing).toMatchObject({
        state: 'FAILED',
        reason: expect.stringContaining('the texts of 2 documents'),
        documents: failed.documentCount,
        refused: 2,
        refusedDocuments: expect.arrayContaining(
          refused.map((documentId) => ({ documentId, reason: expect.stringContaining(THIRD) })),
        ),
      });
      expect(await indexesOf(elasticsearch.url, prefix)).toEqual(before);
      const { documentCount, reindexing } = await reindex(urls[1], [THIRD], { refusedTexts: 'LEAVE_OUT' });
      expect(reindexing).toMatchObject({ state: 'DONE', refused: 2, embedded: documentCount - 2 });
      const count = `{ feature(collection: "books", uri: "${THIRD}") { documentCount } }`;
      expect(await httpApi(urls[0]).ask(count)).toEqual({ feature: { documentCount: documentCount - 2 } });
      embeddings.script.length = 0;
    }, 300_000);
  });
