import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApi, type Api } from '../support/api.ts';
import { MUTATIONS } from '../support/library.ts';

let api: Api;
afterAll(() => api.close());

describe('the background of a feature', () => {
  const measure = `mutation ($input: MeasureBackgroundInput!) { measureBackground(input: $input) {
    features { uri background { mean deviation documents pairs population } measuringAdvised }
    userErrors { code ... on TooFewDocumentsError { documents needed } } } }`;
  const read =
    '{ collection(name: "wheel") { features { background { mean documents population } measuringAdvised } } }';

  /** Documents whose two-dimensional vectors point to `count` angles evenly around the circle. */
  const wheel = (from: number, count: number): readonly object[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `w${from + i}`,
      vectors: [{ feature: 'angle', vector: [Math.cos(i), Math.sin(i)] }],
    }));
  const index = (documents: readonly object[]): Promise<unknown> =>
    api.ask(MUTATIONS.documents, { input: { collection: 'wheel', documents } });

  beforeAll(async () => {
    api = await openApi();
    await api.ask(MUTATIONS.collection, { input: { name: 'wheel', fields: [] } });
    const input = { collection: 'wheel', uri: 'embed://hand@1/angle', field: 'angle', dims: 2 };
    await api.ask(MUTATIONS.feature, { input });
  });

  test('below 50 documents it is not measured: by the job not, on request refused', async () => {
    await index(wheel(0, 49));
    await api.ports.jobs.settle();
    expect(await api.ask(read)).toMatchObject({ collection: { features: [{ background: null }] } });
    expect(await api.ask(measure, { input: { collection: 'wheel' } })).toEqual({
      measureBackground: {
        features: [],
        userErrors: [{ code: 'TOO_FEW_DOCUMENTS', documents: 49, needed: 50 }],
      },
    });
  });

  test('from 50 documents on the job after indexing measures it once', async () => {
    await index(wheel(49, 1));
    await api.ports.jobs.settle();
    const first = await api.ask(read);
    expect(first).toMatchObject({
      collection: { features: [{ background: { documents: 50, population: 50 }, measuringAdvised: false }] },
    });
    await index(wheel(50, 500));
    await api.ports.jobs.settle();
    expect(await api.ask(read)).toMatchObject({
      collection: { features: [{ background: { documents: 50, population: 50 }, measuringAdvised: true }] },
    });
  });

  test('on request it is measured anew, from the mean and deviation of random pairs', async () => {
    interface Measured {
      readonly measureBackground: {
        readonly features: readonly [
          { readonly background: Readonly<Record<'mean' | 'deviation' | 'documents' | 'pairs', number>> },
        ];
      };
    }
    const { measureBackground } = await api.ask<Measured>(measure, { input: { collection: 'wheel' } });
    const { background } = measureBackground.features[0];
    expect(background).toMatchObject({ documents: 550, pairs: 40_000, population: 550 });
    // The cosine of a uniform angle has mean 0 and deviation √½; 40,000 pairs: standard error √½/√40000 = .0035.
    expect(Math.abs(background.mean)).toBeLessThan(5 * 0.0112);
    expect(Math.abs(background.deviation - Math.SQRT1_2)).toBeLessThan(0.02);
  });

  test('unknown and repeated features are refused with their paths', async () => {
    const features = ['embed://hand@1/angle', 'embed://hand@1/angle', 'nope'];
    const refusal = await api.refused(measure, { input: { collection: 'wheel', features } });
    expect(refusal.faults).toEqual(['DUPLICATE at features.1', 'UNKNOWN_FEATURE at features.2']);
  });
});
