import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareUtf8 } from '../../src/engine/ids.ts';
import { seededRandom } from '../../src/engine/random.ts';
import { anyFilter, condition, KINDS, type Kinds } from './search-backend-filters.ts';
import {
  FIELDS,
  naivelyPasses,
  naiveScore,
  newCollection,
  newFeature,
  randomDocuments,
  randomVector,
  request,
} from './search-backend-world.ts';
import { rewriteLaws } from './search-backend-rewrite.ts';
import { storageLaws } from './search-backend-storage.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type {
  KnnOutcome,
  KnnRequest,
  ScoredDocument,
  SearchBackend,
} from '../../src/engine/search/search-backend.ts';

export interface OpenBackend {
  readonly backend: SearchBackend;
  /** Closes it and opens another over the same storage. */
  reopen(): Promise<OpenBackend>;
  /** Closes it and removes the storage. */
  end(): Promise<void>;
}

const LONG = 20_000;
const CLOSE_ENOUGH = 1e-5;

/** The laws of the port, tried on one adapter. */
export function searchBackendLaws(name: string, open: () => Promise<OpenBackend>): void {
  describe(`${name} as a search backend`, () => {
    storageLaws(open);
    rewriteLaws(open);
    searchLaws(open, ownWorld());
  });
}

/** What the laws of searching are tried on. */
export interface SearchWorld {
  readonly collection: Collection;
  /** Of every similarity, in order of their names here. */
  readonly features: readonly [Feature, Feature, Feature];
  readonly documents: readonly Document[];
  /** Conditions that the laws' own judge decides as the backend must. */
  readonly kinds: Kinds;
  /** Brings the documents to where the backend searches. */
  fill(backend: SearchBackend): Promise<void>;
}

function ownWorld(): SearchWorld {
  const collection = newCollection();
  const features = [
    newFeature(collection, 'COSINE'),
    newFeature(collection, 'DOT_PRODUCT'),
    newFeature(collection, 'L2'),
  ] as const;
  const documents = randomDocuments(features, 400, 'laws');
  return {
    collection,
    features,
    documents,
    kinds: KINDS,
    fill: async (backend) => {
      await backend.prepare(collection, features);
      await backend.put(collection, documents);
    },
  };
}

/** The hits of a request that must succeed. */
export async function hitsOf(backend: SearchBackend, one: KnnRequest): Promise<readonly ScoredDocument[]> {
  const [outcome] = await backend.search([one], LONG);
  return okHits(outcome);
}

function okHits(outcome: KnnOutcome | undefined): readonly ScoredDocument[] {
  if (outcome?.status !== 'ok') throw new Error(`expected hits, got ${JSON.stringify(outcome)}`);
  expect(outcome.partial).toBe(false);
  return outcome.hits;
}

/** The laws of searching alone: they hold for a collection that is only read, too. */
export function searchLaws(open: () => Promise<OpenBackend>, world: SearchWorld): void {
  const { collection, features, documents, kinds } = world;
  let opened: OpenBackend;
  beforeAll(async () => {
    opened = await open();
    await world.fill(opened.backend);
  });
  afterAll(async () => {
    await opened.backend.drop(collection);
    await opened.end();
  });

  /** Searches, and compares with scoring everything plainly. Scores within 1e-5 may swap at the cut. */
  const searchAndJudge = async (one: KnnRequest): Promise<void> => {
    const hits = await hitsOf(opened.backend, one);
    const scores = scoresOfPassing(one, documents);
    expect(hits.length).toBeLessThanOrEqual(one.topK);
    expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length);
    for (const { id, score } of hits) {
      expect(scores.has(id)).toBe(true);
      expect(Math.abs(scores.get(id)! - score)).toBeLessThanOrEqual(tolerance(score));
    }
    expect(hits).toEqual(hits.toSorted((a, b) => b.score - a.score || compareUtf8(a.id, b.id)));
    const found = new Set(hits.map(({ id }) => id));
    const floor = hits.length === one.topK ? hits.at(-1)!.score : (one.minScore ?? -Infinity);
    const missed = [...scores].filter(([id, score]) => !found.has(id) && score > floor + tolerance(floor));
    expect(missed).toEqual([]);
    if (one.minScore !== null)
      for (const { score } of hits) expect(score).toBeGreaterThanOrEqual(one.minScore - CLOSE_ENOUGH);
  };

  describe.each(features)('a search of $similarity', (feature) => {
    const of = { collection, feature };

    test.each([1, 10, 137, 1000])('gives the %i best with their raw scores, in order', async (topK) => {
      const random = seededRandom(`${feature.similarity} ${topK}`);
      for (let i = 0; i < 10; i += 1) await searchAndJudge(request(of, randomVector(random), { topK }));
    });

    test('gives every document that has the feature when topK is larger', async () => {
      const hits = await hitsOf(
        opened.backend,
        request(of, randomVector(seededRandom('all')), { topK: 1000 }),
      );
      const having = documents.filter(({ vectors }) => vectors.has(feature.id));
      expect(hits.map(({ id }) => id).sort()).toEqual(having.map(({ id }) => id).sort());
    });

    test('applies any filter before it takes the best', async () => {
      await fc.assert(
        fc.asyncProperty(
          anyFilter(kinds),
          fc.integer({ min: 1, max: 40 }),
          fc.string(),
          async (filter, topK, seed) =>
            searchAndJudge(request(of, randomVector(seededRandom(seed)), { filter, topK })),
        ),
        { numRuns: 120, seed: 7 },
      );
    });

    test('includes a document whose score is minScore, and none below', async () => {
      const vector = randomVector(seededRandom('least'));
      const all = await hitsOf(opened.backend, request(of, vector, { topK: 1000 }));
      const minScore = all[20]!.score;
      const hits = await hitsOf(opened.backend, request(of, vector, { topK: 1000, minScore }));
      expect(hits.map(({ id }) => id)).toEqual(
        all.filter(({ score }) => score >= minScore).map(({ id }) => id),
      );
      await searchAndJudge(request(of, vector, { topK: 15, minScore }));
    });
  });

  const conditions = FIELDS.flatMap((field) => kinds[field.type].map((kind) => ({ field, kind })));
  test.each(conditions)('filters $field.name by $kind, and by its negation', async ({ field, kind }) => {
    const of = { collection, feature: features[2] };
    await fc.assert(
      fc.asyncProperty(condition(field, kind), async (filter) => {
        const vector = randomVector(seededRandom(kind));
        await searchAndJudge(request(of, vector, { filter, topK: 1000 }));
        await searchAndJudge(request(of, vector, { filter: { kind: 'not', filter }, topK: 1000 }));
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  test('answers several features in one call, in the order they were asked', async () => {
    const vector = randomVector(seededRandom('several'));
    const requests = features.map((feature) => request({ collection, feature }, vector));
    const outcomes = await opened.backend.search(requests, LONG);
    expect(outcomes).toHaveLength(3);
    for (const [index, one] of requests.entries())
      expect(okHits(outcomes[index])).toEqual(await hitsOf(opened.backend, one));
  });

  test('answers no requests with no outcomes', async () => {
    expect(await opened.backend.search([], LONG)).toEqual([]);
  });

  test('rejects a vector of other dimensions, and answers the others', async () => {
    const [wrong, right] = await opened.backend.search(
      [
        request({ collection, feature: features[0] }, new Float32Array([1, 2, 3])),
        request({ collection, feature: features[1] }, randomVector(seededRandom('right'))),
      ],
      LONG,
    );
    expect(wrong).toMatchObject({ status: 'failed', failure: 'FEATURE_REJECTED' });
    expect(okHits(right)).toHaveLength(10);
  });

  test('settles every request by a deadline that is too short, and answers the next call', async () => {
    const vector = randomVector(seededRandom('late'));
    const requests = features.map((feature) => request({ collection, feature }, vector));
    const started = performance.now();
    const outcomes = await opened.backend.search(requests, 0);
    expect(performance.now() - started).toBeLessThan(LONG / 2);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'failed', failure: 'FEATURE_TIMEOUT' });
    for (const one of requests) expect(await hitsOf(opened.backend, one)).toHaveLength(10);
  });
}

function tolerance(score: number): number {
  return CLOSE_ENOUGH * Math.max(1, Math.abs(score));
}

function scoresOfPassing(
  { feature, filter, vector, minScore }: KnnRequest,
  documents: readonly Document[],
): ReadonlyMap<string, number> {
  if (!(vector instanceof Float32Array)) throw new TypeError('the laws are tried with vectors');
  const least = minScore === null ? -Infinity : minScore - tolerance(minScore);
  return new Map(
    documents.flatMap((document): [string, number][] => {
      const own = document.vectors.get(feature.id);
      if (own === undefined || !naivelyPasses(filter, document)) return [];
      const score = naiveScore(feature.similarity, vector, own);
      return score >= least ? [[document.id, score]] : [];
    }),
  );
}
