import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openReportApi, type ReportApi, type Weights } from '../support/reports.ts';
import { TASTE, TITLE } from '../support/library.ts';
import { uuidOf, type Execution } from '../support/executions.ts';

let api: ReportApi;
beforeAll(async () => {
  api = await openReportApi();
});
afterAll(() => api.close());

const weightOf = (weights: Weights, feature: string): number =>
  weights.weights.find((row) => row.feature === feature)!.weight;
const clickOn = async (execution: Execution, documentId: string): Promise<void> => {
  await api.record({ execution: execution.id, documentId, kinds: ['CLICK'] });
};
/** What title and taste find, three times differently: evidence lies in what varies within a position. */
const WISHES = [
  { query: 'a drum in the night', taste: [1, 0], byTitle: 'drum', byTaste: 'sea' },
  { query: 'stone and sea', taste: [0, 1], byTitle: 'stone', byTaste: 'drum' },
  { query: 'songs of the lake', taste: [-1, 0], byTitle: 'lake', byTaste: 'stone' },
] as const;
const inputsOf = (page: number, audience = 'new'): readonly object[] => {
  const { query, taste } = WISHES[page % WISHES.length]!;
  return [
    { name: 'query', text: query },
    { name: 'taste', vector: taste },
    { name: 'audience', text: audience },
  ];
};
/** A search whose user opens what the title, or the taste, has found. */
const visit = async (
  page: number,
  choice: 'byTitle' | 'byTaste',
  user: string | null = null,
): Promise<void> => {
  const execution = await api.search({ user, inputs: inputsOf(page) });
  await clickOn(execution, WISHES[page % WISHES.length]![choice]);
};

describe('weights', () => {
  test('without a reward are exactly the prior, and so is what is served', async () => {
    const execution = await api.search();
    expect(await api.weights()).toMatchObject({
      level: 'PRIOR',
      weights: [
        { feature: TITLE, weight: 0.5 },
        { feature: TASTE, weight: 0.5 },
      ],
    });
    expect(execution).toMatchObject({ level: 'PRIOR', assignment: 'LEARNED' });
  });

  test('move towards the feature that finds what users choose, at the next draw', async () => {
    for (let page = 0; page < 12; page += 1) await visit(page, 'byTitle');
    const learned = await api.weights();
    expect(learned.level).toBe('GLOBAL');
    expect(weightOf(learned, TITLE)).toBeGreaterThan(0.7);
    expect(learned.evidence).toEqual([{ level: 'GLOBAL', pages: 13, rewardedImpressions: 12 }]);
    const served = await api.search();
    // What it teaches is in the counters before they are read twice.
    await api.ports.executions.flush();
    expect(served).toMatchObject({ level: 'SEGMENT' });
    expect((served['weights'] as Weights['weights'])[0]!.weight).toBeGreaterThan(0.6);
    const pointed = await api.search({ learn: false, inputs: inputsOf(0, 'nobody') });
    // Another segment has no evidence of its own: it is served what everybody is, without any draw.
    expect((pointed['weights'] as Weights['weights'])[0]!.weight).toBeCloseTo(
      weightOf(await api.weights(), TITLE),
      12,
    );
  });

  test('of a user follow the user, and everybody else is less concerned', async () => {
    for (let page = 0; page < 25; page += 1) await visit(page, 'byTaste', 'sailor');
    const everybody = await api.weights();
    const sailor = await api.weights({ user: 'sailor' });
    expect(sailor.level).toBe('USER');
    expect(weightOf(sailor, TASTE)).toBeGreaterThan(weightOf(everybody, TASTE));
    expect(await api.weights({ user: 'stranger' })).toMatchObject({ weights: everybody.weights });
  });

  test('go back when the interactions are deleted', async () => {
    const before = await api.weights();
    const execution = await api.search();
    const { interaction } = await api.record({ hit: execution.hits.nodes[0]!.id, kinds: ['PURCHASE'] });
    expect((await api.weights()).evidence[0]!.rewardedImpressions).toBe(
      before.evidence[0]!.rewardedImpressions + 1,
    );
    const deletion = `mutation ($id: ID!) { deleteInteraction(input: { interaction: $id }) {
      deleted userErrors { code } } }`;
    expect(await api.ask(deletion, { id: interaction.id })).toEqual({
      deleteInteraction: { deleted: interaction.id, userErrors: [] },
    });
    expect(await api.ask(deletion, { id: interaction.id })).toEqual({
      deleteInteraction: { deleted: null, userErrors: [{ code: 'NOT_FOUND' }] },
    });
    expect((await api.weights()).evidence[0]!.rewardedImpressions).toBe(
      before.evidence[0]!.rewardedImpressions,
    );
  });

  test('the same session is served the same draw again', async () => {
    const seeds: (string | undefined)[] = [];
    const normals: (Float64Array | undefined)[] = [];
    for (const session of ['one', 'one', 'two']) {
      const { id } = await api.search({ session });
      const record = await api.ports.executions.find('default', uuidOf(id));
      seeds.push(record?.choice.draw?.seed);
      normals.push(record?.choice.draw?.normals);
    }
    expect(seeds[0]).toBeDefined();
    expect([seeds[1], normals[1]]).toEqual([seeds[0], normals[0]]);
    expect(normals[2]).not.toEqual(normals[0]);
  });
});

describe('posterior', () => {
  test('says how sure the weights are and where that comes from', async () => {
    const { retriever } = await api.ask<{ readonly retriever: { readonly posterior: Posterior } }>(
      `query ($context: ContextInput) { retriever(name: "learned") { posterior(context: $context) {
        level reason epoch entropy evidence { level }
        features { feature pointWeight mean deviation low high probabilityOfLargest alpha beta p
          sources { source share } } } } }`,
      { context: { user: 'sailor', segment: ['new'] } },
    );
    const { features, evidence, epoch } = retriever.posterior;
    expect(evidence.map(({ level }) => level)).toEqual(['GLOBAL', 'SEGMENT', 'USER']);
    expect(epoch).toBe(0);
    expect(features.map(({ feature }) => feature)).toEqual([TITLE, TASTE]);
    expect(features.reduce((sum, { probabilityOfLargest }) => sum + probabilityOfLargest, 0)).toBeCloseTo(1);
    for (const { low, mean, high, deviation, sources } of features) {
      expect(low).toBeLessThanOrEqual(mean);
      expect(mean).toBeLessThanOrEqual(high);
      expect(deviation).toBeGreaterThan(0);
      expect(sources.map(({ source }) => source)).toEqual(['PRIOR', 'GLOBAL', 'SEGMENT', 'USER']);
      expect(sources.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    }
  });

  interface Posterior {
    readonly epoch: number;
    readonly evidence: readonly { readonly level: string }[];
    readonly features: readonly {
      readonly feature: string;
      readonly low: number;
      readonly mean: number;
      readonly high: number;
      readonly deviation: number;
      readonly probabilityOfLargest: number;
      readonly sources: readonly { readonly source: string; readonly share: number }[];
    }[];
  }

  test.each([
    [{ segment: ['a', 'b'] }, 'OUT_OF_RANGE at context.segment'],
    [{ user: 'u'.repeat(513) }, 'INVALID_ID at context.user'],
  ])('refuses the context %j', async (context, fault) => {
    const refusal = await api.refused(
      `query ($context: ContextInput) { retriever(name: "learned") { weights(context: $context) { level } } }`,
      { context },
    );
    expect(refusal.faults).toEqual([fault]);
  });
});

describe('rebuildCounters', () => {
  const REBUILD = `mutation ($id: ID!, $version: Int) {
    rebuildCounters(input: { retriever: $id, creditVersion: $version }) {
      rebuild { state done creditVersion } userErrors { code } } }`;
  const PROGRESS = `{ retriever(name: "learned") { id rebuild { state done total finishedAt } } }`;

  test('gives the same weights and tells how far it has come', async () => {
    // Pages that earned nothing may be known a second later; a reward makes all of them known.
    await visit(0, 'byTitle');
    const before = await api.weights();
    const { retriever } = await api.ask<{
      readonly retriever: { readonly id: string; readonly rebuild: unknown };
    }>(PROGRESS);
    expect(retriever.rebuild).toBeNull();
    expect(await api.ask(REBUILD, { id: retriever.id })).toEqual({
      rebuildCounters: { rebuild: { state: 'RUNNING', done: 0, creditVersion: null }, userErrors: [] },
    });
    await api.ports.jobs.settle();
    expect(await api.ask(PROGRESS)).toMatchObject({
      retriever: { rebuild: { state: 'FINISHED', total: null, finishedAt: expect.any(String) as unknown } },
    });
    const after = await api.weights();
    expect(after.evidence).toEqual(before.evidence);
    after.weights.forEach(({ weight }, index) =>
      expect(weight).toBeCloseTo(before.weights[index]!.weight, 9),
    );
    const refused = await api.refused(REBUILD, { id: retriever.id, version: 9 });
    expect(refused.faults).toEqual(['OUT_OF_RANGE at creditVersion']);
  });
});

describe('weightHistory', () => {
  test('keeps how the weights of everybody and of segments have moved', async () => {
    await visit(0, 'byTitle');
    await api.ports.jobs.settle();
    const { retriever } = await api.ask<{
      readonly retriever: Readonly<Record<'all' | 'segment', object[]>>;
    }>(
      `{ retriever(name: "learned") {
        all: weightHistory(last: 5) { at version pages weights { feature weight } }
        segment: weightHistory(segment: ["new"]) { pages } } }`,
    );
    const now = await api.weights();
    expect(retriever.all.at(-1)).toMatchObject({ version: 1, weights: now.weights });
    expect(retriever.segment.length).toBeGreaterThan(0);
  });
});

test('counters are read again for a reward, not for a page that earned nothing', async () => {
  const forget = jest.spyOn(api.ports.counterCache, 'forget');
  const forgotten = (): readonly string[] => forget.mock.calls.flatMap(([of]) => of.map(({ id }) => id));
  const execution = await api.search({ user: 'forgetful', inputs: inputsOf(0) });
  await api.ports.executions.flush();
  expect(forgotten()).toEqual([]);
  await clickOn(execution, 'sea');
  expect(forgotten()).toEqual([uuidOf(execution.id)]);
});
