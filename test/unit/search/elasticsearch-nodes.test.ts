import { afterEach, describe, expect, test } from '@jest/globals';
import { newCollection, newFeature, request } from '../../conformance/search-backend-world.ts';
import { openElasticsearch } from '../../../src/engine/search/elasticsearch-open.ts';
import { systemClock } from '../../../src/engine/system-clock.ts';
import { fakeElasticsearch, type FakeElasticsearch, type Reply } from '../../support/elasticsearch-fake.ts';
import type { ElasticsearchBackend } from '../../../src/engine/search/elasticsearch-backend.ts';

const collection = newCollection();
const ONE = request({ collection, feature: newFeature(collection, 'COSINE') }, new Float32Array(8).fill(1));
/** In milliseconds; a node that answers does so at once. */
const DEADLINE = 400;
const HITS = {
  status: 200,
  body: { responses: [{ status: 200, hits: { hits: [{ _id: 'a', _score: 1 }] } }] },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Cluster {
  readonly backend: ElasticsearchBackend;
  readonly well: FakeElasticsearch;
  readonly sick: FakeElasticsearch;
  /** What the sick node answers from now on; undefined: as a healthy one. */
  answer(reply: Reply | undefined): void;
  /** Statuses of so many searches, one after the other. */
  search(times: number): Promise<readonly string[]>;
}

async function openCluster(): Promise<Cluster> {
  let special: Reply | undefined;
  const reply = (path: string): Reply => {
    if (path.startsWith('/_nodes')) return { status: 200, body: { nodes: { n: { version: '9.5.4' } } } };
    return path.startsWith('/_msearch') ? HITS : { status: 200, body: {} };
  };
  const well = await fakeElasticsearch(({ path }) => reply(path));
  const sick = await fakeElasticsearch(({ path }) => (special === undefined ? reply(path) : special));
  const backend = await openElasticsearch({ url: `${well.url}, ${sick.url}` }, systemClock);
  open.push(well.close, sick.close, () => backend.close());
  return {
    backend,
    well,
    sick,
    answer: (next) => {
      special = next;
    },
    search: async (times) => {
      const statuses: string[] = [];
      for (let time = 0; time < times; time += 1)
        for (const outcome of await backend.search([ONE], DEADLINE)) statuses.push(outcome.status);
      return statuses;
    },
  };
}

const searchesOf = ({ received }: FakeElasticsearch): number =>
  received.filter(({ path }) => path.startsWith('/_msearch')).length;

describe('the nodes of a cluster', () => {
  test('are asked in turn', async () => {
    const { well, sick, search } = await openCluster();
    await search(10);
    expect([searchesOf(well), searchesOf(sick)]).toEqual([5, 5]);
  });

  test.each([
    ['breaks its connections', null],
    ['answers 503', { status: 503, body: {} }],
  ])('one that %s costs no search, and is left aside', async (_, reply) => {
    const { sick, search, answer } = await openCluster();
    await search(2);
    const before = searchesOf(sick);
    answer(reply);
    expect(await search(10)).toEqual(Array(10).fill('ok'));
    expect(searchesOf(sick)).toBe(before + 1);
  });

  test('one that says nothing costs what is sent to it before the first deadline, and is searched again when it has answered the pool', async () => {
    const { sick, search, answer } = await openCluster();
    await search(2);
    const before = searchesOf(sick);
    answer('never');
    // The second may go out as the first is given up.
    const statuses = await search(20);
    expect(statuses.slice(4)).toEqual(Array(16).fill('ok'));
    expect(searchesOf(sick) - before).toBe(statuses.filter((status) => status === 'failed').length);
    answer(undefined);
    const asked = (): boolean => sick.received.some(({ path }) => path.startsWith('/_cluster/health'));
    const end = performance.now() + 30_000;
    while (!asked() && performance.now() < end) expect(await search(1)).toEqual(['ok']);
    expect(asked()).toBe(true);
    const searched = searchesOf(sick);
    while (searchesOf(sick) === searched && performance.now() < end) expect(await search(1)).toEqual(['ok']);
    expect(searchesOf(sick)).toBeGreaterThan(searched);
  });

  test('all are asked where all are at fault', async () => {
    const { well, sick, backend, search, answer } = await openCluster();
    await search(2);
    answer(null);
    await well.close();
    open.splice(0, 1);
    for (let time = 0; time < 3; time += 1)
      await expect(backend.check()).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    answer(undefined);
    const before = searchesOf(sick);
    expect(await search(4)).toEqual(Array(4).fill('ok'));
    expect(searchesOf(sick)).toBe(before + 4);
  });
});
