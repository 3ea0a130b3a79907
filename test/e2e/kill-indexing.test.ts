import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { ensureBuilt, startProcess, temporaryFolder } from '../support/process.ts';
import { post, until } from '../support/server.ts';

const folder = temporaryFolder();
beforeAll(ensureBuilt);
afterAll(() => folder.remove());

const DEFINITIONS = [
  `mutation { createCollection(input: { name: "notes", fields: [{ name: "text", type: TEXT }] }) { userErrors { message } } }`,
  `mutation { registerFeature(input: { collection: "notes", uri: "embed://hashing@1/text", field: "text_vector",
     dims: 64, embedder: HASHING, sourceFields: ["text"] }) { userErrors { message } } }`,
  `mutation { createRetriever(input: { name: "notes", spec: { collections: ["notes"],
     inputs: [{ name: "query", type: TEXT, required: true }],
     searches: [{ feature: "embed://hashing@1/text", input: "{{INPUT.query}}" }] } }) { userErrors { message } } }`,
];
const INDEX = `mutation ($input: IndexDocumentsInput!) {
  indexDocuments(input: $input) { indexed userErrors { message } } }`;
const SEARCH = `{ execute(retriever: "notes", inputs: [{ name: "query", text: "harbour" }]) { hits { nodes { rank } } } }`;
const DOCUMENT = `query ($ids: ID!) { document(collection: "notes", id: $ids) { documentId fields } }`;
const BATCH = 50;

interface Round {
  /** Ids of documents whose indexing was acknowledged. */
  readonly acknowledged: string[];
  searches: number;
}

/** Indexes and searches until the server does not answer any more. */
async function work(url: string, round: Round, first: number): Promise<void> {
  const index = async (): Promise<void> => {
    for (let next = first; ; next += BATCH) {
      const ids = Array.from({ length: BATCH }, (_, i) => `note ${next + i}`);
      const documents = ids.map((id) => ({ id, fields: { text: `harbour ${id}` } }));
      const { body } = await post(url, {
        query: INDEX,
        variables: { input: { collection: 'notes', documents } },
      });
      expect(body.data?.['indexDocuments']).toEqual({ indexed: BATCH, userErrors: [] });
      round.acknowledged.push(...ids);
    }
  };
  const search = async (): Promise<void> => {
    for (;;) {
      const { body } = await post(url, { query: SEARCH });
      if (body.errors === undefined) round.searches += 1;
    }
  };
  const ended = await Promise.allSettled([index(), search(), search()]);
  for (const { reason } of ended as readonly PromiseRejectedResult[])
    expect(String(reason)).toMatch(/^TypeError: (fetch failed|terminated)/);
}

/** Acknowledged documents that are not there, or not as they were given. */
async function missing(url: string, ids: readonly string[]): Promise<readonly string[]> {
  const lost: string[] = [];
  for (let at = 0; at < ids.length; at += 20)
    await Promise.all(
      ids.slice(at, at + 20).map(async (id) => {
        const { body } = await post(url, { query: DOCUMENT, variables: { ids: id } });
        const { document } = (body.data ?? {}) as {
          readonly document?: { readonly fields: { readonly text: string } } | null;
        };
        if (document?.fields.text !== `harbour ${id}`) lost.push(id);
      }),
    );
  return lost;
}

describe('kill -9 while indexing and searching', () => {
  test('every acknowledged document is there after the next start, three times over', async () => {
    const environment = { DATA_DIR: join(folder.path, 'data') };
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      const server = startProcess(environment);
      const url = await server.ready;
      if (kill === 0)
        for (const query of DEFINITIONS) expect((await post(url, { query })).body.errors).toBeUndefined();
      expect(await missing(url, acknowledged)).toEqual([]);
      const round: Round = { acknowledged: [], searches: 0 };
      const working = work(url, round, kill * 1_000_000);
      await until(() => round.acknowledged.length >= 6 * BATCH && round.searches >= 10);
      server.child.kill('SIGKILL');
      await server.ended;
      await working;
      acknowledged.push(...round.acknowledged);
    }
    const last = startProcess(environment);
    const url = await last.ready;
    expect(await missing(url, acknowledged)).toEqual([]);
    expect(await missing(url, ['note that was never indexed'])).toHaveLength(1);
    const found = await post(url, { query: SEARCH });
    expect(found.body.data).toMatchObject({ execute: { hits: { nodes: expect.any(Array) } } });
    last.child.kill('SIGTERM');
    expect(await last.ended).toBe(0);
  }, 240_000);
});
