import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddingCache } from '../../src/engine/embedding/embedding-cache.ts';
import { HashingEmbedder } from '../../src/engine/embedding/hashing-embedder.ts';
import { OPENAI_DEFAULTS, OpenAiEmbedder } from '../../src/engine/embedding/openai-embedder.ts';
import { RouteEmbedder } from '../../src/engine/embedding/route-embedder.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Ports } from '../../src/engine/ports.ts';
import { newCollection, newFeature } from '../conformance/search-backend-world.ts';
import { openApi, type Api } from '../support/api.ts';
import { answerStatus, startEmbeddingServer, vectorOfText } from '../support/embedding-server.ts';

const DIMS = 16;
const MODEL = 'letters-1';
const MEANING = 'embed://letters@1/title';
const TITLES = ['A cup of tea', 'The long saucer', 'Jugs and their makers', 'On kettles', 'Plain spoons'];

let api: Api;
let server: Awaited<ReturnType<typeof startEmbeddingServer>>;
let ports: Partial<Ports>;

beforeAll(async () => {
  server = await startEmbeddingServer(DIMS);
  api = await openApi();
  const openAi = new OpenAiEmbedder(
    {
      ...OPENAI_DEFAULTS,
      url: server.url,
      apiKey: null,
      model: 'unused',
      retry: { attempts: 1, firstDelay: 1, longestDelay: 1 },
    },
    { clock: systemClock, random: seededRandom('search') },
  );
  const cached = new EmbeddingCache(openAi, systemClock, { maxBytes: 1_000_000 });
  ports = {
    embedder: new RouteEmbedder({ HASHING: new HashingEmbedder(), OPENAI: cached, ELASTICSEARCH: null }),
  };
  await createLibrary();
});

afterAll(async () => {
  await api.close();
  await server.close();
});

const ask = <Data>(source: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> =>
  api.ask<Data>(source, variables, { ports });

async function createLibrary(): Promise<void> {
  const made = await ask<Record<string, { readonly userErrors: readonly unknown[] }>>(
    `mutation ($meaning: RegisterFeatureInput!, $words: RegisterFeatureInput!, $retriever: CreateRetrieverInput!) {
      createCollection(input: { name: "shelf", fields: [{ name: "title", type: TEXT }] }) { userErrors { message } }
      meaning: registerFeature(input: $meaning) { userErrors { message } }
      words: registerFeature(input: $words) { userErrors { message } }
      createRetriever(input: $retriever) { userErrors { message } }
    }`,
    {
      meaning: {
        collection: 'shelf',
        uri: MEANING,
        field: 'meaning',
        dims: DIMS,
        embedder: 'OPENAI',
        model: MODEL,
        sourceFields: ['title'],
      },
      words: {
        collection: 'shelf',
        uri: 'embed://hashing@1/title',
        field: 'words',
        dims: 64,
        embedder: 'HASHING',
        sourceFields: ['title'],
      },
      retriever: {
        name: 'shelf',
        spec: {
          collections: ['shelf'],
          inputs: [{ name: 'query', type: 'TEXT', required: true }],
          searches: [
            { feature: MEANING, input: '{{INPUT.query}}' },
            { feature: 'embed://hashing@1/title', input: '{{INPUT.query}}', weight: 0 },
          ],
          fusion: { strategy: 'RRF' },
        },
      },
    },
  );
  expect(Object.values(made).flatMap(({ userErrors }) => userErrors)).toEqual([]);
  const documents = TITLES.map((title, index) => ({ id: `b${index}`, fields: { title } }));
  await ask(
    `mutation ($documents: [DocumentInput!]!) {
      indexDocuments(input: { collection: "shelf", documents: $documents }) { indexed refused }
    }`,
    { documents },
  );
}

interface Executed {
  readonly execute: {
    readonly hits: {
      readonly nodes: readonly {
        readonly documentId: string;
        readonly contributions: readonly { readonly rawScore: number | null }[];
      }[];
    };
    readonly degradations: readonly {
      readonly code: string;
      readonly feature: string;
      readonly message: string;
    }[];
  };
}

const search = (text: string): Promise<Executed> =>
  ask(
    `query ($text: String!) {
      execute(retriever: "shelf", inputs: [{ name: "query", text: $text }], learn: false) {
        hits { nodes { documentId contributions { rawScore } } }
        degradations { code feature message }
      }
    }`,
    { text },
  );

const cosine = (a: Float32Array, b: Float32Array): number => {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe('a feature embedded by a server', () => {
  test('embeds all documents of a batch in one request, with the model of the feature', () => {
    expect(server.seen.map(({ body }) => [body.model, body.input])).toEqual([[MODEL, TITLES]]);
  });

  test("is searched by the server's vector of the text, and scored by its cosine", async () => {
    const asked = server.seen.length;
    const { execute } = await search('something to drink from');
    expect(server.seen.slice(asked).map(({ body }) => body.input)).toEqual([['something to drink from']]);
    const question = vectorOfText('something to drink from', MODEL, DIMS);
    const expected = TITLES.map((title, index) => ({
      documentId: `b${index}`,
      score: cosine(question, vectorOfText(title, MODEL, DIMS)),
    })).sort((a, b) => b.score - a.score);
    expect(execute.hits.nodes.map(({ documentId }) => documentId)).toEqual(
      expected.map(({ documentId }) => documentId),
    );
    execute.hits.nodes.forEach(({ contributions }, index) =>
      expect(contributions[0]?.rawScore).toBeCloseTo(expected[index]!.score, 5),
    );
  });

  test('is not embedded again for a text that was searched before', async () => {
    await search('a kettle');
    const asked = server.seen.length;
    await search('a kettle');
    expect(server.seen).toHaveLength(asked);
  });

  test('is left out, by name, while its server is overloaded, and the others answer', async () => {
    server.script.push(answerStatus(503));
    const { execute } = await search('spoons');
    expect(execute.degradations).toEqual([
      { code: 'FEATURE_FAILED', feature: MEANING, message: 'the embedding server answered 503' },
    ]);
    expect(execute.hits.nodes.length).toBeGreaterThan(0);
  });

  test('refuses documents that its server cannot embed, and stores the others', async () => {
    server.script.push(answerStatus(400));
    const { indexDocuments } = await ask<{
      readonly indexDocuments: {
        readonly indexed: number;
        readonly refused: number;
        readonly results: readonly { readonly faults: readonly { readonly code: string }[] }[];
      };
    }>(
      `mutation ($documents: [DocumentInput!]!) {
        indexDocuments(input: { collection: "shelf", documents: $documents }) { indexed refused results { faults { code } } }
      }`,
      {
        documents: [
          { id: 'new', fields: { title: 'New bowls' } },
          { id: 'bare', fields: {} },
        ],
      },
    );
    expect(indexDocuments).toMatchObject({ indexed: 1, refused: 1 });
    expect(indexDocuments.results[0]?.faults).toEqual([{ code: 'EMBEDDING_FAILED' }]);
  });
});

test.each([
  ['true', DIMS],
  ['false', undefined],
])('EMBEDDINGS_SEND_DIMENSIONS=%s asks for %p dimensions', async (flag, dimensions) => {
  const configured = await openApi({
    EMBEDDINGS_URL: server.url,
    EMBEDDINGS_MODEL: MODEL,
    EMBEDDINGS_SEND_DIMENSIONS: flag,
  });
  const feature = { ...newFeature(newCollection(), 'COSINE'), embedder: 'OPENAI', dims: DIMS } as const;
  await configured.ports.embedder.embed(feature, [`a text for ${flag}`], 5_000);
  expect(server.seen.at(-1)?.body.dimensions).toBe(dimensions);
  await configured.close();
});
