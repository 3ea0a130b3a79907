import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  COUNTS,
  CREATE_COLLECTION,
  CREATE_RETRIEVER,
  DELETE_COLLECTION,
  DELETE_DOCUMENTS,
  DELETE_RETRIEVER,
  documentIdsOf,
  DOCUMENT,
  DOCUMENTS_PAGE,
  EXECUTE,
  EXPLAIN,
  INDEX_DOCUMENTS,
  MEASURE,
  METHODS,
  PAGE,
  RECORD,
  REGISTER_FEATURE,
  WEIGHTS,
  type Execution,
  type Hits,
} from '../support/both-backends-calls.ts';
import {
  COLLECTION,
  DOCUMENTS,
  FEATURES,
  FIELDS,
  FILTERS,
  FUSIONS,
  INPUTS,
  newInputs,
  SHAPE,
  specOf,
  THINGS,
  WORDS,
} from '../support/both-backends-world.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import { ensureBuilt } from '../support/process.ts';
import { bothOf, expectAlike, startBothBackends, type BothBackends } from '../support/both-backends.ts';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`the same GraphQL calls on both search backends (${reason})`, () => undefined);
else
  describe('the same GraphQL calls work on both search backends, alike to 1e-5:', () => {
    const prefix = `e2e-${process.pid}-`;
    let server: TestElasticsearch;
    let both: BothBackends;
    beforeAll(async () => {
      await ensureBuilt();
      server = await elasticsearchForTests();
      both = await startBothBackends({
        ELASTICSEARCH_URL: server.url,
        ELASTICSEARCH_INDEX_PREFIX: prefix,
      });
    }, 300_000);
    afterAll(async () => {
      await both.end();
      await server.stop();
    });

    const indexes = async (): Promise<readonly string[]> =>
      Object.keys((await (await fetch(`${server.url.split(',')[0]}/${prefix}*/_alias`)).json()) as object);
    const create = (name: string, over: object): Promise<unknown> =>
      both.ask(CREATE_RETRIEVER, { input: { name, spec: specOf(over) } });
    const execute = async (
      retriever: string,
      over: object = {},
    ): Promise<readonly [Execution, Execution]> => {
      const [ours, theirs] = await both.ask<{ readonly execute: Execution }>(EXECUTE, {
        retriever,
        inputs: INPUTS,
        ...over,
      });
      return [ours.execute, theirs.execute];
    };

    test('a collection is made with its features, and one index for it', async () => {
      await both.ask(CREATE_COLLECTION, { input: { name: COLLECTION, fields: FIELDS } });
      for (const feature of FEATURES)
        await both.ask(REGISTER_FEATURE, { input: { collection: COLLECTION, ...feature } });
      const [taken] = await both.ask(CREATE_COLLECTION, { input: { name: COLLECTION, fields: [] } });
      expect(taken).toMatchObject({ createCollection: { userErrors: [{ code: 'NAME_TAKEN' }] } });
      expect(await indexes()).toHaveLength(1);
    });

    test('documents come with vectors and with texts to embed; bad ones are refused, each with its faults', async () => {
      const bad = [
        { id: 'short', vectors: [{ feature: SHAPE, vector: [1, 2] }] },
        { id: 'zero', vectors: [{ feature: SHAPE, vector: [0, 0, 0, 0, 0, 0, 0, 0] }] },
        { id: 'strange', fields: { nope: 1, price: 'dear' } },
      ];
      const input = { collection: COLLECTION, documents: [...THINGS, ...bad] };
      const [{ indexDocuments }] = await both.ask<{ readonly indexDocuments: object }>(INDEX_DOCUMENTS, {
        input,
      });
      expect(indexDocuments).toMatchObject({ indexed: DOCUMENTS, refused: 3 });
      const [again] = await both.ask(INDEX_DOCUMENTS, {
        input: { collection: COLLECTION, documents: THINGS.slice(0, 1) },
      });
      expect(again).toMatchObject({ indexDocuments: { results: [{ status: 'REPLACED' }] } });
      const [counts] = await both.ask(COUNTS);
      expect(counts).toMatchObject({ collection: { documentCount: DOCUMENTS } });
    });

    test('a document is read back as it was given, its vectors to the last bit', async () => {
      for (const { id } of [THINGS[0]!, THINGS[1]!]) {
        const [{ document }] = await both.ask<{ readonly document: object }>(DOCUMENT, { id });
        expect(document).toMatchObject({ documentId: id, vectors: { length: id === 't1' ? 4 : 3 } });
      }
    });

    test('documents are listed in pages, in the order of their ids', async () => {
      const listed: string[] = [];
      let from = bothOf([null, null], () => ({ first: 33 }));
      for (let page = 0; page < 3; page += 1) {
        const answers = await both.ask<{ readonly documents: Hits }>(DOCUMENTS_PAGE, from);
        listed.push(...documentIdsOf(answers[0].documents));
        from = bothOf(answers, ({ documents: { pageInfo } }) => ({ first: 33, after: pageInfo.endCursor }));
      }
      expect(listed).toHaveLength(DOCUMENTS);
      expect(listed).toEqual([...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    });

    test('the background of each feature is measured from the same documents', async () => {
      const [{ measureBackground }] = await both.ask<{ readonly measureBackground: object }>(MEASURE, {
        input: { collection: COLLECTION },
      });
      expect(measureBackground).toMatchObject({ features: FEATURES.map(({ uri }) => ({ uri })) });
    });

    test.each(FUSIONS)('the fusion %j', async (fusion) => {
      const name = Object.values(fusion).join('-').toLowerCase().replaceAll('_', '-');
      await create(name, { fusion });
      const [{ hits, degradations, notices, candidateCount }] = await execute(name);
      expect(hits.nodes).toHaveLength(25);
      expect(candidateCount).toBeGreaterThan(30);
      expect([degradations, notices]).toEqual([[], []]);
      const unranked = hits.nodes.flatMap(({ contributions }) =>
        contributions.filter(({ rank }) => rank === null),
      );
      expect(unranked.length).toBeGreaterThan(0);
      if ('missing' in fusion && fusion.missing === 'COMPLETE')
        expect(unranked.some(({ rawScore }) => rawScore !== null)).toBe(true);
    });

    test.each(FILTERS)('the filter %j', async (filter) => {
      const name = `filtered-${FILTERS.indexOf(filter)}`;
      await create(name, { filter, finalTopK: 100 });
      const inputs = [...INPUTS, { name: 'tag', text: 'water' }];
      const [{ candidateCount, hits }] = await execute(name, { inputs, first: 100, learn: false });
      expect(hits.nodes).toHaveLength(candidateCount);
      expect(candidateCount).toBeGreaterThan(0);
      expect(candidateCount).toBeLessThan(DOCUMENTS);
    });

    test('a filter and a least score of one search alone', async () => {
      await create('narrow', {
        searches: [
          { feature: SHAPE, input: '{{INPUT.shape}}', minScore: 0.2, filter: { field: 'kind', eq: 'book' } },
        ],
      });
      const [{ hits }] = await execute('narrow');
      expect(hits.nodes.length).toBeGreaterThan(1);
      for (const { document, contributions } of hits.nodes) {
        expect(document!.fields['kind']).toBe('book');
        expect(contributions[0]!.rawScore).toBeGreaterThanOrEqual(0.2);
      }
    });

    test('more like a stored document, which is not among its hits', async () => {
      await create('like', {
        inputs: [{ name: 'like', type: 'DOCUMENT', required: true }],
        searches: [SHAPE, WORDS].map((feature) => ({ feature, input: '{{INPUT.like}}' })),
      });
      const id = THINGS[10]!['id'];
      const [{ hits }] = await execute('like', {
        inputs: [{ name: 'like', document: { collection: COLLECTION, id } }],
      });
      expect(hits.nodes).toHaveLength(25);
      expect(documentIdsOf(hits)).not.toContain(id);
    });

    test('two hits of each group at most', async () => {
      await create('grouped', { groupBy: { field: 'kind', limit: 2 } });
      const [{ hits }] = await execute('grouped');
      const kinds = hits.nodes.map(({ document }) => document!.fields['kind']);
      expect([...kinds].sort()).toEqual(['book', 'book', 'film', 'film', 'song', 'song']);
    });

    test('a plan is explained alike, but for the method of searching', async () => {
      const [{ explainRetriever }] = await both.ask<{ readonly explainRetriever: object }>(EXPLAIN, {
        retriever: 'weighted-background',
        inputs: INPUTS,
      });
      expect(explainRetriever).toMatchObject({ searches: { length: 4 } });
      const methods = await Promise.all(both.urls.map((url) => httpApi(url).ask<object>(METHODS)));
      for (const [side, method] of ['EXACT', 'APPROXIMATE'].entries())
        expect(methods[side]).toMatchObject({
          explainRetriever: { searches: FEATURES.map(() => ({ method })) },
        });
    });

    test('what cannot be searched is refused with the same faults', async () => {
      const inputs = [
        { name: 'shape', vector: [1] },
        { name: 'nope', text: 'x' },
      ];
      expect(await both.refused(EXECUTE, { retriever: 'narrow', inputs })).toEqual([
        'UNKNOWN_INPUT at inputs.1.name',
      ]);
      expect(await both.refused(EXECUTE, { retriever: 'narrow', inputs: inputs.slice(0, 1) })).toEqual([
        'WRONG_DIMENSIONS at searches.0.input',
      ]);
    });

    test('a later page of an execution, and a click on it', async () => {
      const first = await execute('learned-background-complete', { first: 10 });
      const pages = await both.ask<{ readonly executionPage: { readonly hits: Hits } }>(
        PAGE,
        bothOf(first, ({ id, hits }) => ({ execution: id, after: hits.pageInfo.endCursor, first: 10 })),
      );
      expect(pages[0].executionPage.hits.nodes[0]!.rank).toBe(11);
      const clicks = bothOf(pages, ({ executionPage: { hits } }) => ({
        input: { hit: hits.nodes[3]!.id, kinds: ['CLICK', 'LONG_VIEW'] },
      }));
      expect((await both.ask(RECORD, clicks))[0]).toMatchObject({
        recordInteraction: { interaction: { state: 'CREDITED', position: 14 }, userErrors: [] },
      });
    });

    test('clicks on what one feature finds move the weights, from the prior to the same place', async () => {
      const name = 'learner';
      await create(name, {
        fusion: { strategy: 'LEARNED', normalization: 'BACKGROUND', missing: 'COMPLETE' },
      });
      const [before] = await execute(name, { learn: false });
      expect(before.level).toBe('PRIOR');
      const served: (readonly [Execution, Execution])[] = [];
      for (let page = 0; page < 10; page += 1)
        served.push(await execute(name, { inputs: newInputs(), first: 10 }));
      for (const page of served) {
        const liked = page[0].hits.nodes.findIndex(
          ({ contributions }) => (contributions[2]!.rank ?? 99) <= 2,
        );
        const clicks = bothOf(page, ({ hits }) => ({
          input: { hit: hits.nodes[Math.max(liked, 0)]!.id, kinds: ['CLICK', 'PURCHASE'] },
        }));
        await both.ask(RECORD, clicks);
      }
      const [after] = await execute(name, { learn: false });
      expect(after.level).toBe('GLOBAL');
      expect(after.weights[2]!.weight).toBeGreaterThan(1.2 * before.weights[2]!.weight);
      await both.ask(WEIGHTS, { name });
    });

    test('a document that was deleted is gone at once', async () => {
      await create('all', { finalTopK: 100 });
      const [{ hits: before }] = await execute('all', { learn: false, first: 100 });
      const ids = [before.nodes[0]!.documentId, before.nodes[1]!.documentId, 'never was'];
      const [{ deleteDocuments }] = await both.ask<{ readonly deleteDocuments: object }>(DELETE_DOCUMENTS, {
        input: { collection: COLLECTION, ids },
      });
      expect(deleteDocuments).toMatchObject({ deleted: 2 });
      const [{ hits: after }] = await execute('all', { learn: false, first: 100 });
      expect(documentIdsOf(after).filter((id) => ids.includes(id))).toEqual([]);
      expect(documentIdsOf(after).length).toBeGreaterThan(30);
      expect(await both.ask(DOCUMENT, { id: ids[0] })).toEqual([{ document: null }, { document: null }]);
      const [counts] = await both.ask(COUNTS);
      expect(counts).toMatchObject({ collection: { documentCount: DOCUMENTS - 2 } });
    });

    test('a collection that no retriever uses is deleted, and its index with it', async () => {
      const input = { collection: COLLECTION };
      const [used] = await both.ask(DELETE_COLLECTION, { input });
      expect(used).toMatchObject({ deleteCollection: { deleted: null, userErrors: [{ code: 'IN_USE' }] } });
      const [{ retrievers }] = await both.ask<{
        readonly retrievers: { readonly nodes: readonly { readonly name: string }[] };
      }>('{ retrievers(first: 100) { nodes { name } } }');
      for (const { name } of retrievers.nodes)
        await both.ask(DELETE_RETRIEVER, { input: { retriever: name } });
      await both.ask(DELETE_COLLECTION, { input });
      expect(await indexes()).toEqual([]);
      const gone = await answerTo(both.urls[1], COUNTS);
      expect(gone.body).toEqual({ data: { collection: null } });
    });

    test('a difference between the answers would be seen', () => {
      const ours = {
        id: 'a',
        hits: [
          { documentId: 'x', score: 0.5 },
          { documentId: 'y', score: 0.4 },
        ],
      };
      expectAlike({ ...ours, id: 'b' }, ours);
      for (const theirs of [
        { id: 'a', hits: [...ours.hits].reverse() },
        { id: 'a', hits: ours.hits.slice(1) },
        { id: 'a', hits: [{ documentId: 'x', score: 0.50002 }, ours.hits[1]] },
        { id: 'a', hits: [{ documentId: 'x', score: null }, ours.hits[1]] },
        { id: 'a' },
      ])
        expect(() => expectAlike(theirs, ours)).toThrow();
    });
  });
