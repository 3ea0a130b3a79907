import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  elasticsearchForTests,
  whyNoElasticsearch,
  type TestElasticsearch,
} from '../support/elasticsearch.ts';
import { MUTATIONS, TASTE, TITLE, addFeature, addLibrary, addRetriever } from '../support/library.ts';
import { openApi, type Api } from '../support/api.ts';

const MEANING = 'embed://e5@1/title';
const MODEL = 'reweigh-test-no-such-endpoint';

interface Executed {
  readonly execute: {
    readonly hits: { readonly nodes: readonly { readonly documentId: string }[] };
    readonly degradations: readonly {
      readonly code: string;
      readonly feature: string;
      readonly message: string;
    }[];
    readonly notices: readonly { readonly code: string; readonly feature: string | null }[];
    readonly weights: readonly { readonly weight: number }[];
  };
}

const reason = whyNoElasticsearch();
if (reason !== null) test.skip(`features that Elasticsearch embeds (${reason})`, () => undefined);
else
  describe('over a real Elasticsearch without the model', () => {
    let server: TestElasticsearch;
    let api: Api;

    beforeAll(async () => {
      server = await elasticsearchForTests();
      api = await openApi({
        ELASTICSEARCH_URL: server.url,
        ELASTICSEARCH_INDEX_PREFIX: `embedding-${process.pid}-`,
      });
      await addLibrary(api, 'books');
      const meaning = {
        collection: 'books',
        uri: MEANING,
        field: 'meaning',
        dims: 4,
        sourceFields: ['title'],
      };
      await addFeature(api, { ...meaning, embedder: 'ELASTICSEARCH', model: MODEL });
      await addRetriever(api, 'shop', {
        collections: ['books'],
        inputs: [
          { name: 'query', type: 'TEXT', required: true },
          { name: 'taste', type: 'VECTOR', required: true },
        ],
        searches: [
          { feature: MEANING, input: '{{INPUT.query}}', onEmpty: 'SKIP' },
          { feature: TITLE, input: '{{INPUT.query}}', onEmpty: 'SKIP' },
          { feature: TASTE, input: '{{INPUT.taste}}' },
        ],
        fusion: { strategy: 'WEIGHTED', normalization: 'SIMILARITY' },
      });
    }, 240_000);
    afterAll(async () => {
      await api.ask(`mutation { deleteRetriever(input: { retriever: "shop" }) { userErrors { code } } }`);
      await api.ask(`mutation { deleteCollection(input: { collection: "books" }) { userErrors { code } } }`);
      await api.close();
      await server.stop();
    });

    const search = (query: string): Promise<Executed> =>
      api.ask(
        `query ($query: String!) { execute(retriever: "shop", inputs: [
          { name: "query", text: $query }, { name: "taste", vector: [1, 0] }]) {
          hits { nodes { documentId } } degradations { code feature message } notices { code feature }
          weights { weight } } }`,
        { query },
      );

    test('a search leaves the feature out with what the server says, and answers with the others', async () => {
      const { execute } = await search('the sea');
      expect(execute.degradations).toEqual([
        {
          code: 'FEATURE_REJECTED',
          feature: MEANING,
          message: expect.stringMatching(/^Elasticsearch answered 40/),
        },
      ]);
      expect(execute.hits.nodes[0]?.documentId).toBe('sea');
      expect(execute.weights[0]?.weight).toBe(0);
    });

    test('a blank text is nothing to search with: nobody is asked', async () => {
      const { execute } = await search(' \n ');
      expect(execute.degradations).toEqual([]);
      expect(execute.notices).toContainEqual({ code: 'EMPTY_SEARCH', feature: MEANING });
      expect(execute.hits.nodes[0]?.documentId).toBe('sea');
    });

    test('a document to embed is refused with what the server says; one with its vector is stored', async () => {
      const { indexDocuments } = await api.ask<{
        readonly indexDocuments: {
          readonly results: readonly {
            readonly status: string;
            readonly faults: readonly { readonly code: string; readonly message: string }[];
          }[];
        };
      }>(MUTATIONS.documents, {
        input: {
          collection: 'books',
          documents: [
            { id: 'text', fields: { title: 'Words alone' } },
            {
              id: 'ready',
              fields: { title: 'With its vector' },
              vectors: [{ feature: MEANING, vector: [1, 2, 3, 4] }],
            },
          ],
        },
      });
      const [text, ready] = indexDocuments.results;
      expect(text).toMatchObject({
        status: 'REFUSED',
        faults: [{ code: 'EMBEDDING_FAILED', message: expect.stringContaining(`${MEANING}: Elasticsearch`) }],
      });
      expect(ready).toMatchObject({ status: 'CREATED', faults: [] });
    });
  });
