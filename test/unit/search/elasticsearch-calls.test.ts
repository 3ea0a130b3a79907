import { afterEach, describe, expect, test } from '@jest/globals';
import {
  openElasticsearch,
  type ElasticsearchOptions,
} from '../../../src/engine/search/elasticsearch-open.ts';
import { indexBody } from '../../../src/engine/search/elasticsearch-mapping.ts';
import {
  newCollection,
  newFeature,
  randomDocuments,
  request,
} from '../../conformance/search-backend-world.ts';
import {
  fakeElasticsearch,
  type FakeElasticsearch,
  type Received,
  type Reply,
} from '../../support/elasticsearch-fake.ts';
import type { Clock } from '../../../src/engine/clock.ts';
import type { ElasticsearchBackend } from '../../../src/engine/search/elasticsearch-backend.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import { until } from '../../support/server.ts';

const collection = newCollection();
const feature = newFeature(collection, 'COSINE');
const ONE = request({ collection, feature }, new Float32Array(8).fill(1));
const documents = randomDocuments([feature], 3, 'calls');

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A backend over a fake of this version; what `reply` leaves undefined is answered as a healthy server would. */
async function over(
  reply: (request: Received) => Reply | undefined,
  options: Partial<ElasticsearchOptions> & { readonly version?: string; readonly clock?: Clock } = {},
): Promise<{ readonly backend: ElasticsearchBackend; readonly fake: FakeElasticsearch }> {
  const settings = { indexOption: 'hnsw', shards: 1, replicas: null, refreshInterval: '1s' } as const;
  const fake = await fakeElasticsearch((one) => {
    const special = reply(one);
    if (special !== undefined) return special;
    if (one.path.startsWith('/_nodes'))
      return { status: 200, body: { nodes: { n: { version: options.version ?? '9.5.4' } } } };
    if (one.path.endsWith('/_mapping'))
      return { status: 200, body: { index: indexBody(collection, [feature], settings) } };
    return { status: 200, body: {} };
  });
  open.push(fake.close);
  const backend = await openElasticsearch({ url: fake.url, ...options }, options.clock ?? systemClock);
  open.push(() => backend.close());
  return { backend, fake };
}

describe('opening Elasticsearch', () => {
  test('refuses another major version, naming both', async () => {
    await expect(over(() => undefined, { version: '8.19.2' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/9\.x.*8\.19\.2/),
    });
  });

  test('says that a server is not there', async () => {
    await expect(openElasticsearch({ url: 'http://127.0.0.1:1' }, systemClock)).rejects.toMatchObject({
      code: 'SEARCH_UNAVAILABLE',
    });
  });

  test.each([
    [{ apiKey: 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
    [{ username: 'u', password: 'p' }, `Basic ${Buffer.from('u:p').toString('base64')}`],
  ])('sends the credentials %j', async (access, header) => {
    const { fake } = await over(() => undefined, access);
    expect(fake.received[0]?.headers.authorization).toBe(header);
  });

  test.each([
    ['9.0.3', '[1,1,1,1,1,1,1,1]'],
    ['9.5.4', '"P4AAAD+AAAA/gAAAP4AAAD+AAAA/gAAAP4AAAD+AAAA="'],
  ])('writes vectors as server %s reads them', async (version, vector) => {
    const { backend, fake } = await over(() => undefined, { version });
    await backend.search([ONE], 20_000);
    expect(fake.received.at(-1)?.body).toContain(`"query_vector":${vector}`);
  });
});

describe('a multi-search', () => {
  test('is one request, whatever the number of features', async () => {
    const { backend, fake } = await over(() => undefined);
    await backend.search([ONE, ONE, ONE], 20_000);
    expect(fake.received.filter(({ path }) => path.startsWith('/_msearch'))).toHaveLength(1);
  });

  test.each([
    [429, 'overload'],
    [503, '503'],
  ])('answered %i as a whole fails its features with the reason', async (status, word) => {
    const { backend } = await over(({ path }) =>
      path.startsWith('/_msearch')
        ? { status, body: { error: { type: 'overload', reason: 'busy' } } }
        : undefined,
    );
    const [outcome] = await backend.search([ONE], 20_000);
    expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
    expect(outcome?.status === 'failed' ? outcome.reason : '').toContain(word);
  });

  test('whose connection is reset fails its features, and the next one works', async () => {
    let resets = 4;
    const { backend } = await over(({ path }) => {
      if (!path.startsWith('/_msearch')) return undefined;
      resets -= 1;
      return resets >= 0 ? null : { status: 200, body: { responses: [{ status: 200, hits: { hits: [] } }] } };
    });
    const started = performance.now();
    const [broken] = await backend.search([ONE], 20_000);
    expect(broken).toMatchObject({ status: 'failed', failure: 'FEATURE_FAILED' });
    expect(performance.now() - started).toBeLessThan(19_000);
    const [whole] = await backend.search([ONE], 20_000);
    expect(whole).toMatchObject({ status: 'ok', hits: [] });
  });

  test('carries the request id as X-Opaque-Id, and is dropped when its caller gives up', async () => {
    const operation = new AbortController();
    const { backend, fake } = await over(({ path, headers }) => {
      if (!path.startsWith('/_msearch')) return undefined;
      expect(headers['x-opaque-id']).toBe('request 7');
      queueMicrotask(() => operation.abort());
      return 'never';
    });
    const caller = { requestId: 'request 7', signal: operation.signal };
    const [outcome] = await backend.search([ONE], 20_000, caller);
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(outcome?.milliseconds).toBeLessThan(15_000);
    await until(() => fake.abandoned.length === 1);
  });

  test('asks once more for a part whose shards were lost on the way, and not for one that was refused', async () => {
    const asked: number[] = [];
    const whole = { status: 200, hits: { hits: [{ _id: 'a', _score: 1 }] } };
    const lost = { status: 503, error: { type: 'no_shard_available_action_exception' } };
    const allLost = { status: 200, _shards: { total: 1, successful: 0, failed: 1 } };
    const busy = { status: 429, error: { type: 'es_rejected_execution_exception' } };
    const { backend } = await over(({ path, body }) => {
      if (!path.startsWith('/_msearch')) return undefined;
      asked.push(body.trim().split('\n').length / 2);
      return {
        status: 200,
        body: { responses: asked.length === 1 ? [whole, lost, busy, allLost] : [whole, allLost] },
      };
    });
    const outcomes = await backend.search([ONE, ONE, ONE, ONE], 20_000);
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'failed', 'failed']);
    expect(asked).toEqual([4, 2]);
  });

  test('asks once more for a part whose shard was moved, and takes it for something that passes', async () => {
    const root_cause = [{ type: 'search_context_missing_exception', reason: 'No search context found' }];
    const moved = { status: 404, error: { type: 'search_phase_execution_exception', root_cause } };
    const whole = { status: 200, hits: { hits: [{ _id: 'a', _score: 1 }] } };
    const answers = [
      [moved, whole, moved],
      [whole, moved],
    ];
    const { backend } = await over(({ path }) =>
      path.startsWith('/_msearch') ? { status: 200, body: { responses: answers.shift() } } : undefined,
    );
    const outcomes = await backend.search([ONE, ONE, ONE], 20_000);
    expect(outcomes).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
      { status: 'failed', failure: 'FEATURE_FAILED' },
    ]);
    expect(answers).toEqual([]);
  });

  test('fails only the features whose parts failed', async () => {
    const responses = [
      {
        status: 200,
        _shards: { total: 1, successful: 1, failed: 0 },
        hits: { hits: [{ _id: 'a', _score: 1 }] },
      },
      { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } },
      { status: 200, _shards: { total: 2, successful: 1, failed: 1 }, hits: { hits: [] } },
    ];
    const { backend } = await over(({ path }) =>
      path.startsWith('/_msearch') ? { status: 200, body: { responses } } : undefined,
    );
    expect(await backend.search([ONE, ONE, ONE, ONE], 20_000)).toMatchObject([
      { status: 'ok', partial: false, hits: [{ id: 'a', score: 1 }] },
      { status: 'failed', failure: 'FEATURE_FAILED' },
      { status: 'ok', partial: true },
      { status: 'failed', failure: 'FEATURE_FAILED' },
    ]);
  });
});

describe('a bulk', () => {
  /** Time passes at once: pauses are not waited for. */
  const impatient: Clock = {
    ...systemClock,
    delay: (milliseconds, signal) =>
      milliseconds < 5_000 ? Promise.resolve() : systemClock.delay(milliseconds, signal),
  };
  const idsIn = (body: string): readonly string[] =>
    body.split('\n').flatMap((line) => {
      const action = line.startsWith('{"index":{"_id"')
        ? (JSON.parse(line) as { index: { _id: string } })
        : null;
      return action === null ? [] : [action.index._id];
    });
  const items = (ids: readonly string[], of: (id: string) => object): Reply => ({
    status: 200,
    body: { items: ids.map((id) => ({ index: { _id: id, ...of(id) } })) },
  });
  const bulkPath = ({ path }: Received): boolean => path.includes('/_bulk');

  test('tries again only what an overloaded server refused', async () => {
    let calls = 0;
    const { backend, fake } = await over(
      (one) => {
        if (!bulkPath(one)) return undefined;
        calls += 1;
        return items(idsIn(one.body), (id) =>
          calls === 1 && id !== documents[0]!.id
            ? { status: 429, error: { type: 'es_rejected_execution_exception' } }
            : { status: 201, result: id === documents[2]!.id ? 'updated' : 'created' },
        );
      },
      { clock: impatient },
    );
    expect(await backend.put(collection, documents)).toEqual([false, false, true]);
    expect(fake.received.filter(bulkPath).map(({ body }) => idsIn(body).length)).toEqual([3, 2]);
  });

  test('that stays refused takes back what was new, and says to try again', async () => {
    const { backend, fake } = await over(
      (one) => {
        if (!bulkPath(one)) return undefined;
        return items(idsIn(one.body), (id) =>
          id === documents[0]!.id
            ? { status: 201, result: 'created' }
            : { status: 429, error: { type: 'es_rejected_execution_exception' } },
        );
      },
      { clock: impatient },
    );
    await expect(backend.put(collection, documents)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    const last = fake.received.filter(bulkPath).at(-1)!;
    expect(last.body).toBe(`${JSON.stringify({ delete: { _id: documents[0]!.id } })}\n`);
  });

  const blocked = { status: 403, error: { type: 'cluster_block_exception', reason: 'index write (api)' } };

  test('meets a blocked index again until it takes writes, with what it refused and no more', async () => {
    let refusals = 7;
    const { backend, fake } = await over(
      (one) => {
        if (!bulkPath(one)) return undefined;
        refusals -= 1;
        return items(idsIn(one.body), (id) =>
          refusals > 0 && id !== documents[0]!.id ? blocked : { status: 201, result: 'created' },
        );
      },
      { clock: impatient },
    );
    expect(await backend.put(collection, documents)).toEqual([false, false, false]);
    const sizes = fake.received.filter(bulkPath).map(({ body }) => idsIn(body).length);
    expect(sizes).toEqual([3, 2, 2, 2, 2, 2, 2]);
  });

  test('of a blocked index that stays so is refused as worth another try, at the write deadline', async () => {
    const { backend } = await over(
      (one) => (bulkPath(one) ? items(idsIn(one.body), () => blocked) : undefined),
      { writeDeadline: 1_500 },
    );
    const started = performance.now();
    await expect(backend.put(collection, documents)).rejects.toMatchObject({
      code: 'SEARCH_UNAVAILABLE',
      message: expect.stringContaining('takes no writes'),
    });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('waits until searches see it, unless soon is enough', async () => {
    const { backend, fake } = await over((one) =>
      bulkPath(one) ? items(idsIn(one.body), () => ({ status: 201, result: 'created' })) : undefined,
    );
    await backend.put(collection, documents);
    await backend.put(collection, documents, { searchable: 'soon' });
    const refreshes = fake.received
      .filter(bulkPath)
      .map(({ path }) => new URLSearchParams(path.split('?')[1]).get('refresh'));
    expect(refreshes).toEqual(['wait_for', 'false']);
  });

  test('never makes an index by itself, and says that it is gone', async () => {
    const { backend, fake } = await over((one) =>
      bulkPath(one)
        ? items(idsIn(one.body), () => ({ status: 404, error: { type: 'index_not_found_exception' } }))
        : undefined,
    );
    await expect(backend.put(collection, documents)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    expect(fake.received.find(bulkPath)?.path).toContain('require_alias=true');
  });

  test('asks for the index once, and again after it was gone', async () => {
    let gone = false;
    const { backend, fake } = await over((one) =>
      bulkPath(one)
        ? items(idsIn(one.body), () =>
            gone
              ? { status: 404, error: { type: 'index_not_found_exception' } }
              : { status: 201, result: 'created' },
          )
        : undefined,
    );
    const mappings = (): number => fake.received.filter(({ path }) => path.endsWith('/_mapping')).length;
    for (let i = 0; i < 3; i += 1) {
      await backend.prepare(collection, [feature]);
      await backend.put(collection, documents);
    }
    expect(mappings()).toBe(1);
    gone = true;
    await expect(backend.put(collection, documents)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    await backend.prepare(collection, [feature]);
    expect(mappings()).toBe(2);
  });

  test('of much text goes out in several requests', async () => {
    const large = Array.from({ length: 12 }, (_, index) => ({
      id: `large ${index}`,
      fields: new Map([['keyword', 'x'.repeat(1_000_000)]]),
      vectors: new Map(),
    }));
    const { backend, fake } = await over((one) =>
      bulkPath(one) ? items(idsIn(one.body), () => ({ status: 201, result: 'created' })) : undefined,
    );
    expect(await backend.put(collection, large)).toEqual(large.map(() => false));
    const sizes = fake.received.filter(bulkPath).map(({ body }) => body.length);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(8_500_000);
  });
});
