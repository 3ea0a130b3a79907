/** Laws of storing all documents anew. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hitsOf, type OpenBackend } from './search-backend.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { DIMS, newCollection, newFeature, randomDocuments, request } from './search-backend-world.ts';
import type { Collection, Document, Feature } from '../../src/engine/collection/collection.ts';
import type { RewriteProgress, SearchBackend } from '../../src/engine/search/search-backend.ts';

const ONE = new Float32Array(DIMS).fill(1);

interface Stage {
  readonly backend: SearchBackend;
  readonly collection: Collection;
  /** The first stays, the second is dropped by a rewrite, the third is made by it. */
  readonly features: readonly [Feature, Feature, Feature];
  readonly documents: readonly Document[];
}

export function rewriteLaws(open: () => Promise<OpenBackend>): void {
  let opened: OpenBackend;
  const collections: Collection[] = [];
  const stage = async (seed: string): Promise<Stage> => {
    const collection = newCollection();
    collections.push(collection);
    const [stays, goes] = [newFeature(collection, 'COSINE'), newFeature(collection, 'L2')] as const;
    const made = { ...newFeature(collection, 'DOT_PRODUCT'), uri: 'laws://made@2/out' };
    const { backend } = opened;
    await backend.prepare(collection, [stays, goes, made]);
    const documents = randomDocuments([stays, goes], 300, seed);
    await backend.put(collection, documents);
    return { backend, collection, features: [stays, goes, made], documents };
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    for (const collection of collections) await opened.backend.drop(collection);
    await opened.end();
  });

  describe('a rewrite', () => {
    test('leaves the same documents, with the vectors it makes and without those of other features', async () => {
      const { backend, collection, features, documents } = await stage('same');
      const [stays, goes, made] = features;
      const told: RewriteProgress[] = [];
      await backend.rewrite(collection, [stays, made], {
        revise: reviser(made),
        onProgress: (progress) => told.push(progress),
        onRevised: () => undefined,
        signal: new AbortController().signal,
      });
      const ids = documents.map(({ id }) => id);
      const expected = documents.map((document) => revised(document, made, goes));
      expect(await backend.fetch(collection, ids, { vectors: features })).toEqual(
        new Map(expected.map((document) => [document.id, document])),
      );
      for (const feature of [stays, made])
        await expectFound(backend, collection, { feature, documents: expected });
      expect(told[0]).toEqual({ documents: 0, total: 300 });
      expect(told.at(-1)).toEqual({ documents: 300, total: 300 });
      expect(await backend.abandonRewrite(collection)).toBe(false);
      expect(await backend.put(collection, expected.slice(0, 5))).toEqual([true, true, true, true, true]);
    });

    test('loses no document that is put or deleted meanwhile, and searches go on all the time', async () => {
      const { backend, collection, features, documents } = await stage('busy');
      const [stays, goes, made] = features;
      const there = new Map(documents.map((document) => [document.id, document]));
      const beside: Promise<void>[] = [];
      let running = true;
      const rewriting = backend
        .rewrite(collection, [stays, made], {
          revise: async (some) => {
            // Changed after it was read and, as a rule, before it is stored. At the very end writes wait for the rewrite.
            const changed = change(some[0]!);
            beside.push(changed);
            await Promise.race([changed, systemClock.delay(500)]);
            return reviser(made)(some);
          },
          onProgress: () => undefined,
          onRevised: () => undefined,
          signal: new AbortController().signal,
        })
        .finally(() => {
          running = false;
        });
      let changes = 0;
      /** Of two changes to one document at the same moment nobody could say which is the last. */
      const changing = new Set<string>();
      const hold = (place: number): string => {
        const free = documents.slice(place % documents.length).find(({ id }) => !changing.has(id));
        if (free === undefined) return hold(0);
        changing.add(free.id);
        return free.id;
      };
      const change = async (document: Document): Promise<void> => {
        const turn = (changes += 1);
        const [own, gone] = [
          hold(
            Math.max(
              documents.findIndex(({ id }) => id === document.id),
              0,
            ),
          ),
          hold(turn * 7),
        ];
        const [other] = randomDocuments([stays], 1, `change ${turn}`);
        const next = { ...other!, id: turn % 4 === 0 ? own : `new ${turn}` };
        await backend.put(collection, [next], { searchable: 'soon' });
        there.set(next.id, next);
        await backend.delete(collection, [gone]);
        there.delete(gone);
        for (const id of [own, gone]) changing.delete(id);
      };
      const steadily = async (): Promise<void> => {
        while (running) {
          await change(documents[(changes * 11) % documents.length]!);
          expect((await hitsOf(backend, request({ collection, feature: stays }, ONE))).length).toBe(10);
        }
      };
      await Promise.all([rewriting, steadily()]);
      await Promise.all(beside);
      const ids = [...there.keys()];
      const found = await backend.fetch(collection, [...ids, ...documents.map(({ id }) => id)], {
        vectors: features,
      });
      expect([...found.keys()].sort()).toEqual(ids.sort());
      for (const [id, document] of there) {
        const vectors = new Map(found.get(id)!.vectors);
        const extra = vectors.get(made.id);
        if (extra !== undefined) expect(extra).toEqual(vectorFor(document));
        vectors.delete(made.id);
        expect({ ...found.get(id)!, vectors }).toEqual(without(document, goes));
      }
      const last = randomDocuments([stays], 1, 'last')[0]!;
      await backend.put(collection, [{ ...last, id: 'last' }]);
      expect((await backend.count(collection, [])).documents).toBe(there.size + 1);
    });

    const failures = [
      'a revision fails',
      'what was revised is turned down',
      'it is given up',
      'it is cleared away after',
    ] as const;
    test.each(failures)('leaves everything as it was where %s', async (why) => {
      const { backend, collection, features, documents } = await stage(why);
      const [stays, goes, made] = features;
      const giveUp = new AbortController();
      let pages = 0;
      const seen = new Set<string>();
      const rewriting = backend.rewrite(collection, [stays, made], {
        revise: async (some) => {
          pages += 1;
          for (const { id } of some) seen.add(id);
          if (pages > 1 && why === 'a revision fails') throw new Error('no more');
          if (pages > 1 && why === 'it is given up') giveUp.abort(new Error('no more'));
          if (pages > 1 && why === 'it is cleared away after') await backend.abandonRewrite(collection);
          return reviser(made)(some);
        },
        onProgress: () => undefined,
        onRevised: () => {
          // By then every document has been seen.
          expect(seen.size).toBe(documents.length);
          if (why === 'what was revised is turned down') throw new Error('no more');
        },
        signal: giveUp.signal,
      });
      await expect(rewriting).rejects.toThrow(why === 'it is cleared away after' ? '' : 'no more');
      expect(await backend.abandonRewrite(collection)).toBe(false);
      const ids = documents.map(({ id }) => id);
      expect(await backend.fetch(collection, ids, { vectors: features })).toEqual(
        new Map(documents.map((document) => [document.id, document])),
      );
      for (const feature of [stays, goes]) await expectFound(backend, collection, { feature, documents });
      expect(await backend.put(collection, documents.slice(0, 1))).toEqual([true]);
      await backend.rewrite(collection, [stays, goes, made], {
        revise: reviser(made),
        onProgress: () => undefined,
        onRevised: () => undefined,
        signal: new AbortController().signal,
      });
      await expectFound(backend, collection, { feature: goes, documents });
    });
  });
}

/** A vector that tells whether it was made of this state of the document. */
function vectorFor({ fields }: Document): Float32Array {
  const vector = ONE.slice();
  vector[0] = [...JSON.stringify([...fields])].reduce(
    (sum, one) => (31 * sum + one.codePointAt(0)!) % 1_009,
    1,
  );
  return vector;
}

/** Gives every document a vector of the feature. */
const reviser =
  (made: Feature) =>
  (documents: readonly Document[]): Promise<readonly Document[]> =>
    Promise.resolve(
      documents.map((one) => ({ ...one, vectors: new Map([...one.vectors, [made.id, vectorFor(one)]]) })),
    );

function without(document: Document, gone: Feature): Document {
  return { ...document, vectors: new Map([...document.vectors].filter(([id]) => id !== gone.id)) };
}

function revised(document: Document, made: Feature, gone: Feature): Document {
  const { vectors } = without(document, gone);
  return { ...document, vectors: new Map([...vectors, [made.id, vectorFor(document)]]) };
}

/** A search finds the documents that have the feature, and no others. */
async function expectFound(
  backend: SearchBackend,
  collection: Collection,
  { feature, documents }: { readonly feature: Feature; readonly documents: readonly Document[] },
): Promise<void> {
  const hits = await hitsOf(backend, request({ collection, feature }, ONE, { topK: 1_000 }));
  const having = documents.filter(({ vectors }) => vectors.has(feature.id));
  expect(hits.map(({ id }) => id).sort()).toEqual(having.map(({ id }) => id).sort());
}
