import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addRetriever, MUTATIONS, TASTE, TITLE } from '../support/library.ts';
import { openReportApi, WEIGHTS, type ReportApi, type Weights } from '../support/reports.ts';
import { startCounterCache } from '../../src/engine/learning/counter-cache.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Execution } from '../support/executions.ts';

let api: ReportApi;
beforeAll(async () => {
  api = await openReportApi();
});
afterAll(() => api.close());

/** A learned retriever over both features, with a learning section of its own. */
const specOf = (learning: object): Readonly<Record<string, unknown>> => ({
  collections: ['books'],
  inputs: [
    { name: 'query', type: 'TEXT' },
    { name: 'taste', type: 'VECTOR' },
  ],
  searches: [
    { feature: TITLE, input: '{{INPUT.query}}', onEmpty: 'SKIP' },
    { feature: TASTE, input: '{{INPUT.taste}}' },
  ],
  fusion: { strategy: 'LEARNED', normalization: 'SIMILARITY' },
  learning,
});
/** What title and taste find, three times differently. */
const WISHES = [
  { query: 'a drum in the night', taste: [1, 0], byTitle: 'drum' },
  { query: 'stone and sea', taste: [0, 1], byTitle: 'stone' },
  { query: 'songs of the lake', taste: [-1, 0], byTitle: 'lake' },
] as const;

async function search(retriever: string, page: number, over: object = {}): Promise<Execution> {
  const { query, taste } = WISHES[page % WISHES.length]!;
  const inputs = [
    { name: 'query', text: query },
    { name: 'taste', vector: taste },
  ];
  return api.execute({ retriever, inputs, ...over });
}

/** Pages whose users did something to what the title has found. */
async function visit(retriever: string, kinds: readonly string[], over: object = {}): Promise<void> {
  for (let page = 0; page < 9; page += 1) {
    const { id } = await search(retriever, page, over);
    const documentId = WISHES[page % WISHES.length]!.byTitle;
    expect((await api.record({ execution: id, documentId, kinds })).userErrors).toEqual([]);
  }
}

async function weightsOf(name: string, context: object | null = null): Promise<Weights> {
  const answer = await api.ask<{ readonly retriever: { readonly weights: Weights } }>(WEIGHTS, {
    name,
    context,
  });
  return answer.retriever.weights;
}

describe('a reward', () => {
  test('of a hit teaches the retriever that served it, and no other', async () => {
    await addRetriever(api, 'one', specOf({}));
    await addRetriever(api, 'other', specOf({}));
    await search('other', 0);
    await visit('one', ['CLICK']);
    expect((await weightsOf('one')).evidence[0]).toMatchObject({ pages: 9, rewardedImpressions: 9 });
    expect(await weightsOf('other')).toMatchObject({
      level: 'PRIOR',
      evidence: [{ pages: 1, rewardedImpressions: 0 }],
    });
  });

  test('a hundred times as large leaves the weights as they are', async () => {
    // Without exploration: draws of two retrievers differ, and so would the pages they teach by.
    const exploration = { start: 0, floor: 0 };
    await addRetriever(api, 'small', specOf({ exploration }));
    const entries = [{ kind: 'CLICK', reward: 100 }];
    await addRetriever(api, 'large', specOf({ exploration, rewardMap: { entries } }));
    await visit('small', ['CLICK']);
    await visit('large', ['CLICK']);
    const [small, large] = [await weightsOf('small'), await weightsOf('large')];
    expect(small.weights[0]!.weight).toBeGreaterThan(0.55);
    large.weights.forEach(({ weight }, index) => expect(weight).toBeCloseTo(small.weights[index]!.weight, 9));
  });

  test('below zero alone leaves sound weights, and none more to the feature that earned it', async () => {
    await addRetriever(api, 'disliked', specOf({}));
    await visit('disliked', ['NEGATIVE_FEEDBACK']);
    const { weights, evidence } = await weightsOf('disliked');
    expect(evidence[0]!.rewardedImpressions).toBe(9);
    expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(weights.every(({ weight }) => weight >= 0)).toBe(true);
    expect(weights.find(({ feature }) => feature === TITLE)!.weight).toBeLessThan(0.5);
    expect((await search('disliked', 0)).hits.nodes.length).toBeGreaterThan(0);
  });
});

describe('a reward map', () => {
  test.each([
    ['a number beyond all numbers', { kind: 'CLICK', reward: 1e300 }, 'OUT_OF_RANGE'],
    ['a reward for a kind without a document', { kind: 'ZERO_RESULTS', reward: 1 }, 'INVALID_VALUE'],
  ])('is refused with %s', async (_, entry, code) => {
    const spec = specOf({ rewardMap: { entries: [{ kind: 'SHARE', reward: 1 }, entry] } });
    const refusal = await api.refused(MUTATIONS.retriever, { input: { name: 'refused', spec } });
    expect(refusal.faults).toEqual([`${code} at spec.learning.rewardMap.entries.1.reward`]);
  });

  test('is refused with NaN, which JSON cannot say and a variable may', async () => {
    const entries = [{ kind: 'CLICK', reward: NaN }];
    const refusal = await api.refused(MUTATIONS.retriever, {
      input: { name: 'refused', spec: specOf({ rewardMap: { entries } }) },
    });
    expect(refusal.code).toBe('BAD_USER_INPUT');
  });
});

describe('a session', () => {
  test('is a level of its own where the retriever says so', async () => {
    await addRetriever(api, 'sessions', specOf({ sessionLevel: true }));
    await addRetriever(api, 'no-sessions', specOf({}));
    for (const name of ['sessions', 'no-sessions']) await visit(name, ['CLICK'], { session: 'mine' });
    const levelOf = async (retriever: string, session: string): Promise<unknown> =>
      (await search(retriever, 0, { session, learn: false }))['level'];
    expect(await levelOf('sessions', 'mine')).toBe('SESSION');
    expect(await levelOf('sessions', 'yours')).toBe('GLOBAL');
    expect(await levelOf('no-sessions', 'mine')).toBe('GLOBAL');
    expect(await weightsOf('sessions', { session: 'mine' })).toMatchObject({ level: 'SESSION' });
  });
});

describe('counters that cannot be read', () => {
  test('leave execute with older ones, or the prior, and it says so', async () => {
    await addRetriever(api, 'stale', specOf({}));
    await visit('stale', ['CLICK']);
    let gone = false;
    let now = 0;
    const clock = { ...systemClock, monotonic: () => now };
    const store: Pick<typeof api.ports.counters, 'read'> = {
      read: (question) => (gone ? Promise.reject(new Error('gone')) : api.ports.counters.read(question)),
    };
    const ask = async (counterCache = startCounterCache(store, clock)): Promise<Execution> => {
      const { query, taste } = WISHES[0];
      const inputs = [
        { name: 'query', text: query },
        { name: 'taste', vector: taste },
      ];
      return api.execute({ retriever: 'stale', inputs, learn: false }, { ports: { counterCache } });
    };
    const counterCache = startCounterCache(store, clock);
    const fresh = await ask(counterCache);
    expect(fresh).toMatchObject({ level: 'GLOBAL', notices: [] });
    gone = true;
    now += 2_000;
    expect(await ask(counterCache)).toMatchObject({
      level: 'GLOBAL',
      weights: fresh['weights'],
      notices: [{ code: 'STALE_WEIGHTS' }],
    });
    expect(await ask()).toMatchObject({ level: 'PRIOR', notices: [{ code: 'STALE_WEIGHTS' }] });
  });
});
