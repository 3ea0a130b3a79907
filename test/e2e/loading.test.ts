import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addRetriever, MUTATIONS, TASTE, tasteSpec } from '../support/library.ts';
import { ensureBuilt, startProcess, temporaryFolder } from '../support/process.ts';
import { httpApi } from '../support/http-api.ts';
import { seededRandom } from '../../src/engine/random.ts';

const DIMS = 384;
/** So many that reading them takes longer than opening the port. */
const BATCHES = 14;
const BATCH = 1_000;

const folder = temporaryFolder();
beforeAll(ensureBuilt);
afterAll(() => folder.remove());

const random = seededRandom('loading');
const vector = (): string =>
  Buffer.from(Float32Array.from({ length: DIMS }, () => random.next() - 0.5).buffer).toString('base64');

async function fill(url: string): Promise<void> {
  const api = httpApi(url);
  await api.ask(MUTATIONS.collection, { input: { name: 'many', fields: [] } });
  await api.ask(MUTATIONS.feature, {
    input: { collection: 'many', uri: TASTE, field: 'taste', dims: DIMS },
  });
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const documents = Array.from({ length: BATCH }, (_, index) => ({
      id: `${batch} ${index}`,
      vectors: [{ feature: TASTE, vector: vector() }],
    }));
    await api.ask(MUTATIONS.documents, { input: { collection: 'many', documents } });
  }
  await addRetriever(api, 'shop', tasteSpec('many'));
}

interface Ready {
  readonly status: string;
  readonly checks: { readonly search: { readonly ok: boolean; readonly reason?: string } };
}

test('after a restart an instance is ready once its vectors are in memory, and says what it waits for', async () => {
  const environment = { DATA_DIR: folder.path };
  const first = startProcess(environment);
  await fill(await first.ready);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);

  const second = startProcess(environment);
  const url = await second.ready;
  expect(second.output.out).toContain('Health says when it is ready');
  const reasons = new Set<string | undefined>();
  const end = performance.now() + 120_000;
  for (let ready = false; !ready;) {
    const answer = await fetch(`${url}/health/ready`);
    const { search } = ((await answer.json()) as Ready).checks;
    ready = answer.status === 200;
    if (!ready) reasons.add(search.reason);
    if (performance.now() > end) throw new Error(`not ready: ${[...reasons].join()}`);
  }
  expect([...reasons]).toEqual(['loading vectors']);
  const { execute } = await httpApi(url).ask<{ readonly execute: unknown }>(
    `query ($vector: Vector) { execute(retriever: "shop", inputs: [{ name: "taste", vector: $vector }]) {
      hits { totalCount } degradations { code } } }`,
    { vector: vector() },
  );
  expect(execute).toEqual({ hits: { totalCount: 25 }, degradations: [] });
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 240_000);
