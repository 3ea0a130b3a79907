import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  attachInput,
  closeShop,
  openShop,
  SHOP,
  WORDS_BBQ,
  WORDS_INT8,
  type Thing,
} from '../support/attached-things.ts';
import {
  ATTACH,
  DOCUMENTS,
  EXECUTE,
  REINDEX,
  type Answer,
  type Attached,
} from '../support/attached-calls.ts';
import {
  COLLECTION,
  FEATURES,
  FIELDS,
  FILTERS,
  INPUTS,
  SHAPE,
  specOf,
  THINGS,
  WORDS,
} from '../support/both-backends-world.ts';
import {
  CREATE_COLLECTION,
  CREATE_RETRIEVER,
  DELETE_COLLECTION,
  DELETE_DOCUMENTS,
  DELETE_RETRIEVER,
  documentIdsOf,
  EXPLAIN,
  INDEX_DOCUMENTS,
  MEASURE,
  REGISTER_FEATURE,
} from '../support/both-backends-calls.ts';
import { expectAlike } from '../support/both-backends.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { ensureBuilt, startProcess, temporaryFolder, type ServerProcess } from '../support/process.ts';
import { rawElasticsearch, type RawElasticsearch } from '../support/elasticsearch-raw.ts';
import { parseVector } from '../../src/engine/vector.ts';
import { exampleOf } from '../support/production-guide.ts';

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`an attached index (${reason})`, () => undefined);
else
  describe('an index that somebody else made, attached, and the same documents in an index of the server:', () => {
    const alias = `attached-e2e-${process.pid}`;
    const folder = temporaryFolder();
    let elasticsearch: TestElasticsearch;
    let raw: RawElasticsearch;
    let server: ServerProcess;
    let url: string;
    const ask = <Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> =>
      httpApi(url).ask<Data>(query, variables);
    const faults = async (query: string, variables: object): Promise<readonly string[]> => {
      const { body } = await answerTo(url, query, variables);
      const found = body.errors?.[0]?.extensions['faults'] as readonly {
        code: string;
        path: readonly unknown[];
      }[];
      return found.map(({ code, path }) => `${code} at ${path.join('.')}`);
    };
    const userErrors = async (query: string, input: object): Promise<unknown> => {
      const data = await ask<Readonly<Record<string, { readonly userErrors: unknown }>>>(query, { input });
      return Object.values(data)[0]!.userErrors;
    };

    beforeAll(async () => {
      await ensureBuilt();
      elasticsearch = await elasticsearchForTests();
      raw = rawElasticsearch(elasticsearch.url);
      server = startProcess({
        DATA_DIR: folder.path,
        LOG_LEVEL: 'warn',
        ELASTICSEARCH_URL: elasticsearch.url,
        ELASTICSEARCH_INDEX_PREFIX: `${alias}-own-`,
      });
      url = await server.ready;
      await ask(CREATE_COLLECTION, { input: { name: COLLECTION, fields: FIELDS } });
      for (const feature of FEATURES)
        await ask(REGISTER_FEATURE, { input: { collection: COLLECTION, ...feature } });
      await ask(INDEX_DOCUMENTS, { input: { collection: COLLECTION, documents: THINGS } });
      const { documents } = await ask<{ readonly documents: { readonly nodes: readonly Thing[] } }>(
        DOCUMENTS,
        {
          collection: COLLECTION,
        },
      );
      expect(documents.nodes).toHaveLength(THINGS.length);
      await openShop(raw, alias, documents.nodes);
    }, 300_000);
    afterAll(async () => {
      await closeShop(raw, alias);
      await ask(DELETE_COLLECTION, { input: { collection: COLLECTION } });
      server.child.kill('SIGTERM');
      await server.ended;
      folder.remove();
      await elasticsearch.stop();
    });

    /** One recipe over each of the two collections, run with the same inputs; both answers must be alike. */
    const both = async (name: string, spec: object, more: object = {}): Promise<Answer> => {
      const answers: Answer[] = [];
      for (const collection of [COLLECTION, SHOP]) {
        const retriever = `${name}-${collection}`;
        await ask(CREATE_RETRIEVER, {
          input: { name: retriever, spec: specOf({ collections: [collection], ...spec }) },
        });
        const { execute } = await ask<{ readonly execute: Answer }>(EXECUTE, {
          retriever,
          inputs: INPUTS,
          ...more,
        });
        answers.push(execute);
      }
      const [ours, theirs] = answers as [Answer, Answer];
      expectAlike(theirs, ours);
      return theirs;
    };

    test('what the index does not hold as declared is refused, every difference with its path, and nothing is stored', async () => {
      const good = attachInput(alias);
      const input = {
        ...good,
        idField: 'product.labels',
        fields: [
          { name: 'title', type: 'KEYWORD', path: 'product.name' },
          { name: 'nothing', type: 'TEXT' },
          { name: 'chunk', type: 'KEYWORD', path: 'chunks.text' },
          { name: 'price', type: 'DATE', path: 'product.euros' },
        ],
        features: [
          { uri: SHAPE, field: 'ml.shape', dims: 16, similarity: 'L2' },
          { uri: WORDS, field: 'product.name', dims: 64 },
        ],
      };
      expect(await faults(ATTACH, { input })).toEqual([
        'INDEX_MISMATCH at idField',
        'INDEX_MISMATCH at fields.0.type',
        'INDEX_MISMATCH at fields.1.path',
        'INDEX_MISMATCH at fields.2.path',
        'INDEX_MISMATCH at fields.3.type',
        'INDEX_MISMATCH at features.0.dims',
        'INDEX_MISMATCH at features.0.similarity',
        'INDEX_MISMATCH at features.1.field',
      ]);
      expect(await userErrors(ATTACH, { ...good, index: `${alias}-absent` })).toEqual([
        { code: 'NOT_FOUND', path: ['index'] },
      ]);
      const openai = { ...good.features[0], embedder: 'OPENAI' };
      expect(await faults(ATTACH, { input: { ...good, index: 'a*', features: [openai] } })).toEqual([
        'INVALID_VALUE at index',
        'EMBEDDING_FAILED at features.0.embedder',
      ]);
      expect(await ask('{ collection(name: "shop") { name } }')).toEqual({ collection: null });
    });

    test('one that fits is attached with its features, and its documents are counted', async () => {
      const input = attachInput(alias);
      const { attachCollection } = await ask<Attached>(ATTACH, { input });
      expect(attachCollection).toEqual({
        collection: {
          name: SHOP,
          attached: { index: alias, idField: 'sku', routing: null },
          fields: input.fields.map(({ name, path }) => ({ name, path })),
          documentCount: THINGS.length,
          features: input.features.map(({ uri, field }) => ({
            uri,
            field,
            documentCount: THINGS.length - (field === 'ml.mood' ? 9 : 0),
          })),
        },
        userErrors: [],
      });
      expect(await userErrors(ATTACH, input)).toEqual([{ code: 'NAME_TAKEN', path: ['name'] }]);
      expect(await ask('{ collection(name: "things") { attached { index } fields { path } } }')).toEqual({
        collection: { attached: null, fields: FIELDS.map(() => ({ path: null })) },
      });
    });

    test.each([
      { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
      { strategy: 'RRF', normalization: 'SIMILARITY' },
      { strategy: 'DBSF', normalization: 'SIMILARITY' },
      { strategy: 'MAX', normalization: 'MIN_MAX' },
      { strategy: 'WEIGHTED', normalization: 'SIMILARITY', missing: 'COMPLETE' },
      { strategy: 'LEARNED', normalization: 'L2', missing: 'COMPLETE' },
    ])('the fusion %j gives the same hits and contributions', async (fusion) => {
      const { hits, degradations } = await both(
        Object.values(fusion).join('-').toLowerCase().replaceAll('_', '-'),
        {
          fusion,
        },
      );
      expect(hits.nodes).toHaveLength(25);
      expect(degradations).toEqual([]);
    });

    test('every filter passes the same documents', async () => {
      for (const [at, filter] of FILTERS.entries()) {
        const inputs = [...INPUTS, { name: 'tag', text: 'water' }];
        const { candidateCount } = await both(
          `filtered-${at}`,
          { filter, finalTopK: 100 },
          { inputs, first: 100, learn: false },
        );
        expect(candidateCount).toBeGreaterThan(0);
        expect(candidateCount).toBeLessThan(THINGS.length);
      }
    });

    test('two hits of each group at most, and more like a stored document', async () => {
      const grouped = await both('grouped', { groupBy: { field: 'kind', limit: 2 } });
      expect(grouped.hits.nodes).toHaveLength(6);
      const likes: Answer[] = [];
      for (const collection of [COLLECTION, SHOP]) {
        const spec = specOf({
          collections: [collection],
          inputs: [{ name: 'like', type: 'DOCUMENT', required: true }],
          searches: [SHAPE, WORDS].map((feature) => ({ feature, input: '{{INPUT.like}}' })),
        });
        await ask(CREATE_RETRIEVER, { input: { name: `like-${collection}`, spec } });
        const inputs = [{ name: 'like', document: { collection, id: THINGS[10]!['id'] } }];
        const { execute } = await ask<{ readonly execute: Answer }>(EXECUTE, {
          retriever: `like-${collection}`,
          inputs,
        });
        likes.push(execute);
      }
      expect(documentIdsOf(likes[0]!.hits)).toHaveLength(25);
      expectAlike(likes[1], likes[0]);
    });

    test('documents are read and listed alike, and a plan counts them', async () => {
      const listed: (readonly Thing[])[] = [];
      for (const collection of [COLLECTION, SHOP]) {
        const answer = await ask<{ readonly documents: { readonly nodes: readonly Thing[] } }>(DOCUMENTS, {
          collection,
        });
        listed.push(answer.documents.nodes);
      }
      const [ours, theirs] = listed.map((things) =>
        things.map(({ vectors, ...thing }) => ({
          ...thing,
          // Of a cosine the server keeps the direction and the length: the last bit may differ.
          vectors: vectors.flatMap(({ feature, vector }) =>
            feature === WORDS_BBQ ? [] : [Array.from(parseVector(vector))],
          ),
        })),
      );
      expect(theirs).toHaveLength(THINGS.length);
      expectAlike(theirs, ours);
      const { explainRetriever } = await ask<{ readonly explainRetriever: object }>(EXPLAIN, {
        retriever: `grouped-${SHOP}`,
        inputs: INPUTS,
      });
      expect(explainRetriever).toMatchObject({
        searches: [80, 80, 71, 80].map((documents) => ({ collection: SHOP, documents })),
      });
    });

    test('the background is that of random pairs of the same documents', async () => {
      type Measured = {
        readonly measureBackground: {
          readonly features: readonly {
            readonly background: { readonly mean: number; readonly deviation: number };
          }[];
        };
      };
      const of = async (collection: string): Promise<Measured['measureBackground']['features']> =>
        (await ask<Measured>(MEASURE, { input: { collection } })).measureBackground.features;
      const [ours, theirs] = [await of(COLLECTION), await of(SHOP)];
      expect(theirs).toHaveLength(5);
      ours.forEach(({ background }, at) => {
        expect(Math.abs(theirs[at]!.background.mean - background.mean)).toBeLessThan(
          0.1 * background.deviation,
        );
        expect(theirs[at]!.background.deviation / background.deviation).toBeCloseTo(1, 1);
      });
    });

    test('quantized vectors are scored again with floats where a search asks for it', async () => {
      const registered = {
        collection: SHOP,
        uri: WORDS_INT8,
        field: 'ml.words_int8',
        dims: 64,
        embedder: 'HASHING',
      };
      expect(await faults(REGISTER_FEATURE, { input: { ...registered, dims: 32 } })).toEqual([
        'INDEX_MISMATCH at dims',
      ]);
      expect(await userErrors(REGISTER_FEATURE, registered)).toEqual([]);
      const scores: (readonly [string, number])[][] = [];
      for (const [at, feature] of [WORDS, WORDS_BBQ, WORDS_INT8].entries()) {
        const spec = specOf({
          collections: [SHOP],
          searches: [{ feature, input: '{{INPUT.query}}', topK: 20, oversample: 5 }],
        });
        await ask(CREATE_RETRIEVER, { input: { name: `quantized-${at}`, spec } });
        const { execute } = await ask<{ readonly execute: Answer }>(EXECUTE, {
          retriever: `quantized-${at}`,
          inputs: INPUTS.slice(0, 1),
        });
        scores.push(
          execute.hits.nodes.map(({ documentId, contributions }) => [
            documentId,
            contributions[0]!.rawScore!,
          ]),
        );
      }
      const [exact, ...quantized] = scores;
      for (const found of quantized) {
        expect(found.map(([id]) => id)).toEqual(exact!.map(([id]) => id));
        found.forEach(([, score], rank) => expect(score).toBeCloseTo(exact![rank]![1], 5));
      }
    });

    test('it is never written, and detaching it leaves it as it is', async () => {
      const before = await raw.send('GET', `/${alias}/_mapping`);
      const refused = [{ code: 'READ_ONLY', path: ['collection'] }];
      const documents = THINGS.slice(0, 1);
      expect(await userErrors(INDEX_DOCUMENTS, { collection: SHOP, documents })).toEqual(refused);
      expect(await userErrors(DELETE_DOCUMENTS, { collection: SHOP, ids: ['t1'] })).toEqual(refused);
      expect(await userErrors(REINDEX, { collection: SHOP })).toEqual(refused);
      const { retrievers } = await ask<{
        readonly retrievers: { readonly nodes: readonly { readonly name: string }[] };
      }>('{ retrievers(first: 100) { nodes { name } } }');
      for (const { name } of retrievers.nodes) await ask(DELETE_RETRIEVER, { input: { retriever: name } });
      expect(await userErrors(DELETE_COLLECTION, { collection: SHOP })).toEqual([]);
      expect(await ask('{ collection(name: "shop") { name } }')).toEqual({ collection: null });
      expect(await raw.send('GET', `/${alias}/_mapping`)).toEqual(before);
      expect(await raw.send('GET', `/${alias}/_count`)).toMatchObject({ count: THINGS.length });
    });

    test('the example of the guide to production works as it stands', async () => {
      const index = `${alias}-guide`;
      const guide = readFileSync('docs/production.md', 'utf8');
      const named = (text: string): string => text.replaceAll('shop-products', index);
      const body = JSON.parse(exampleOf(guide, 'index', 'json')) as Readonly<Record<string, unknown>>;
      await raw.send('PUT', `/${index}`, body);
      try {
        const answer = await ask<Attached>(named(exampleOf(guide, 'attach', 'graphql')));
        expect(answer.attachCollection).toMatchObject({ collection: { documentCount: 0 }, userErrors: [] });
        await ask(exampleOf(guide, 'search', 'graphql'));
      } finally {
        await raw.remove(index);
      }
    });
  });
