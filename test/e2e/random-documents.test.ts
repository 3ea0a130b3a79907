import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildReweighSchema } from '../../src/schema/build-schema.ts';
import { ERROR_CATALOGUE } from '../../src/engine/errors.ts';
import { randomDocument } from '../support/random-document.ts';
import { readConfig } from '../../src/config.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { startDemoServer, type DemoServer } from '../support/demo-server.ts';
import { post } from '../support/server.ts';

/** RANDOM_DOCUMENTS=10000 runs the whole of it, which takes some minutes. */
const DOCUMENTS = Number(process.env['RANDOM_DOCUMENTS'] ?? 1_500);
const AT_ONCE = 8;
const { MAX_COST } = readConfig({});
/** In milliseconds; nothing that takes long on a busy machine is to be taken for what never ends. */
const DEADLINE = 60_000;

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ OPERATION_DEADLINE_MS: String(DEADLINE) });
});
afterAll(() => server?.close());

interface Found {
  readonly document: string;
  readonly what: string;
}

/** How many documents came to be executed: a test of refusals only would be worth little. */
let executed = 0;

async function send(document: string): Promise<readonly Found[]> {
  const started = performance.now();
  const { status, body } = await post(
    server.url.replace(/\/graphql$/, ''),
    { query: document },
    { 'x-include-cost': 'true' },
  );
  const took = performance.now() - started;
  const found: string[] = [];
  if (status >= 500) found.push(`status ${status}`);
  if (took > DEADLINE) found.push(`took ${took} ms`);
  for (const { message, extensions } of body.errors ?? []) {
    const code = String(extensions['code']);
    if (!(code in ERROR_CATALOGUE) || code === 'INTERNAL') found.push(`${code}: ${message}`);
  }
  if (body.data !== undefined) executed += 1;
  const cost = body.extensions?.['cost'];
  if (body.data !== undefined && (typeof cost !== 'number' || cost > MAX_COST))
    found.push(`ran at a cost of ${String(cost)}`);
  return found.map((what) => ({ document, what }));
}

async function idsThatExist(): Promise<readonly string[]> {
  const query = `{ collections { nodes { id features { id } } } retrievers { nodes { id } }
    execute(retriever: "demo", inputs: [{ name: "query", text: "harbour" }]) { id hits { nodes { id document { id } } } } }`;
  const { body } = await post(server.url.replace(/\/graphql$/, ''), { query });
  return [...JSON.stringify(body.data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id!);
}

test(`of ${DOCUMENTS} random documents none is a fault of the server, none runs above the cost limit or past the deadline`, async () => {
  const ids = await idsThatExist();
  expect(ids.length).toBeGreaterThan(10);
  const schema = buildReweighSchema();
  const found: Found[] = [];
  let ran = 0;
  const worker = async (first: number): Promise<void> => {
    for (let i = first; i < DOCUMENTS && found.length < 5; i += AT_ONCE) {
      const document = randomDocument(schema, seededRandom(`document ${i}`), ids);
      found.push(...(await send(document)));
      ran += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => worker(first)));
  expect(found).toEqual([]);
  expect(ran).toBe(DOCUMENTS);
  expect(executed).toBeGreaterThan(DOCUMENTS / 4);
}, 600_000);
