import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addShop,
  EXECUTE,
  executeFreshly,
  executeOn,
  freshDatabase,
  LEARNED_SPEC,
  RECORD,
  startInstanceOn,
  stopInstance,
  untilWritten,
} from '../support/production.ts';
import { answerTo, httpApi } from '../support/http-api.ts';
import { codesOf } from '../support/server.ts';
import { describeForms, startForm, type ProductionServers } from '../support/production-forms.ts';
import { ensureBuilt, type ServerProcess } from '../support/process.ts';
import { MUTATIONS, TASTE } from '../support/library.ts';
import { REMOVE } from '../support/documents.ts';

/** What is promised: a change made here is served elsewhere after this many milliseconds. */
const PROMISED = 1_000;
const UPDATE = `mutation ($input: UpdateRetrieverInput!) { updateRetriever(input: $input) {
  retriever { latestVersion } userErrors { code } } }`;
const FIND = `{ execute(retriever: "shop", learn: false, inputs: [{ name: "query", text: "sea" },
  { name: "taste", vector: [1, 0] }]) { hits { nodes { documentId } } } }`;

beforeAll(ensureBuilt);

describeForms('two instances', (form) => {
  let servers: ProductionServers;
  let instances: readonly [ServerProcess, ServerProcess];
  let here: string;
  let there: string;
  beforeAll(async () => {
    servers = await startForm(form);
    const url = (await freshDatabase(servers.database))();
    const { environment } = servers;
    // Both at once, on a database without a table.
    instances = [startInstanceOn(url, environment), startInstanceOn(url, environment)];
    [here, there] = [await instances[0].ready, await instances[1].ready];
    await addShop(here);
  }, 240_000);
  afterAll(async () => {
    for (const instance of instances) expect(await stopInstance(instance)).toBe(0);
    await servers.stop();
  });

  /** Searches there all the time, so that what it remembers is as new as can be when the change is made. */
  const changed = async <T>(change: () => Promise<T>): Promise<T> => {
    let over = false;
    const searching = (async () => {
      while (!over) await executeOn(there, { learn: false });
    })();
    await sleep(300);
    const result = await change();
    await sleep(PROMISED);
    over = true;
    await searching;
    return result;
  };

  test('a version made on one is served by it at once, and by the other within a second', async () => {
    expect((await executeOn(there)).version).toBe(1);
    for (const version of [2, 3]) {
      await changed(async () => {
        const answer = await answerTo(here, UPDATE, {
          input: { retriever: 'shop', expectedVersion: version - 1, spec: LEARNED_SPEC },
        });
        expect(answer.body.errors).toBeUndefined();
        expect((await executeOn(here)).version).toBe(version);
      });
      expect((await executeFreshly(there)).version).toBe(version);
    }
  });

  test('a click reported on one moves the weights of both, within a second', async () => {
    await untilWritten(there);
    const before = await executeOn(there, { learn: false });
    expect(before.level).toBe('PRIOR');
    const { hits } = await executeOn(there);
    // Until it is stored by the other instance, the click waits for its execution.
    await untilWritten(there);
    await changed(async () => {
      const interactions = [{ hit: hits.nodes[1]!.id, kinds: ['CLICK'] }];
      const { recordInteractions } = await httpApi(here).ask<{
        recordInteractions: { recorded: number };
      }>(RECORD, { input: { interactions } });
      expect(recordInteractions.recorded).toBe(1);
      expect((await executeFreshly(here, { learn: false })).level).toBe('GLOBAL');
    });
    const after = await executeFreshly(there, { learn: false });
    expect(after.level).toBe('GLOBAL');
    expect(after.weights).not.toEqual(before.weights);
    expect(after.weights).toEqual((await executeFreshly(here, { learn: false })).weights);
  });

  test('an execution of one is paged through the other', async () => {
    const { id, hits } = await executeOn(here);
    await untilWritten(here);
    const page = await answerTo(
      there,
      'query ($id: ID!) { executionPage(execution: $id, first: 2) { hits { nodes { id } } } }',
      {
        id,
      },
    );
    expect(page.body).toEqual({
      data: {
        executionPage: { hits: { nodes: hits.nodes.slice(0, 2).map(({ id: hit }) => ({ id: hit })) } },
      },
    });
  });

  test('a retriever deleted on one is gone on the other within a second', async () => {
    const input = { name: 'fleeting', spec: LEARNED_SPEC };
    await httpApi(here).ask(
      'mutation ($input: CreateRetrieverInput!) { createRetriever(input: $input) { userErrors { code } } }',
      { input },
    );
    // Absence is not remembered: what was just made is found at once.
    await executeOn(there, { retriever: 'fleeting' });
    await changed(() =>
      httpApi(here).ask(
        'mutation ($input: DeleteRetrieverInput!) { deleteRetriever(input: $input) { userErrors { code } } }',
        { input: { retriever: 'fleeting' } },
      ),
    );
    const codes = async (): Promise<readonly unknown[]> =>
      codesOf(await answerTo(there, EXECUTE, { retriever: 'fleeting' }));
    // Where the database is slow, what is remembered is served for longer, and says so.
    await executeFreshly(there, { retriever: 'fleeting' }).catch(() => undefined);
    expect(await codes()).toEqual(['NOT_FOUND']);
  });

  test('a document indexed on one is found by the other at once, and one deleted there no more', async () => {
    // The embedded search finds what its own instance wrote.
    const reader = form.searching === 'embedded' ? here : there;
    const foundBy = async (): Promise<readonly string[]> => {
      const answer = await httpApi(reader).ask<{
        readonly execute: { readonly hits: { readonly nodes: readonly { readonly documentId: string }[] } };
      }>(FIND);
      return answer.execute.hits.nodes.map(({ documentId }) => documentId);
    };
    for (const id of ['new 1', 'new 2', 'new 3']) {
      const vectors = [{ feature: TASTE, vector: [1, 0.01] }];
      const documents = [{ id, fields: { title: 'A newer sea' }, vectors }];
      await httpApi(here).ask(MUTATIONS.documents, { input: { collection: 'books', documents } });
      expect(await foundBy()).toContain(id);
      await httpApi(here).ask(REMOVE, { input: { collection: 'books', ids: [id] } });
      expect(await foundBy()).not.toContain(id);
    }
  });
});
