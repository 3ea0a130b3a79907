import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { DEMO, DEMO_COLLECTION, DEMO_FEATURES, DEMO_SPEC } from '../../../src/demo/demo-definition.ts';
import { faultsOf, someId, NOW, valueOf } from '../../support/fixtures.ts';
import { hashText } from '../../../src/engine/embedding/hashing-embedder.ts';
import { makeLibrary } from '../../../scripts/make-demo/library.ts';
import { makeQueries, SEGMENTS, type DemoQuery } from '../../../scripts/make-demo/queries.ts';
import { parseCollection } from '../../../src/engine/collection/parse-collection.ts';
import { parseDocument, sourceText } from '../../../src/engine/collection/parse-document.ts';
import { parseFeature } from '../../../src/engine/collection/parse-feature.ts';
import { parseSpec } from '../../../src/engine/retriever/parse-spec.ts';
import { readCatalogue } from '../../../src/demo/read-catalogue.ts';
import { SEED } from '../../../scripts/make-demo/seed.ts';
import { seededRandom } from '../../../src/engine/random.ts';
import { toDocument } from '../../../scripts/make-demo/book.ts';

const collection = {
  id: someId(),
  namespace: 'default',
  createdAt: NOW,
  ...valueOf(parseCollection(DEMO_COLLECTION)),
};
const features = DEMO_FEATURES.map((input) => ({
  id: someId(),
  collectionId: collection.id,
  background: null,
  createdAt: NOW,
  ...valueOf(parseFeature(input, collection)),
}));
const { queries } = JSON.parse(readFileSync('demo/queries.json', 'utf8')) as {
  readonly queries: readonly DemoQuery[];
};
const inputs = readCatalogue();
const documents = inputs.map((input) => valueOf(parseDocument(input, { collection, features }, [])).document);

/** NDCG@10 with gain = grade. */
function ndcg(ids: readonly string[], judgments: DemoQuery['judgments']): number {
  const dcg = (grades: readonly number[]): number =>
    grades.slice(0, 10).reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
  const ideal = dcg(Object.values(judgments).sort((a, b) => b - a));
  return dcg(ids.map((id) => judgments[id] ?? 0)) / ideal;
}

/** Mean NDCG@10 of a segment's queries, by one feature alone. */
function quality(segment: string, index: number): number {
  const feature = features[index]!;
  const vectors = documents.map(({ id, fields }) => ({
    id,
    vector: hashText(sourceText(feature, fields)!, feature.dims)!,
  }));
  const asked = queries.filter((query) => query.segment === segment);
  const sum = asked.reduce((total, { text, judgments }) => {
    const wanted = hashText(text, feature.dims)!;
    const scored = vectors.map(({ id, vector }) => ({
      id,
      score: vector.reduce((product, value, at) => product + value * wanted[at]!, 0),
    }));
    scored.sort((a, b) => b.score - a.score);
    return (
      total +
      ndcg(
        scored.slice(0, 10).map(({ id }) => id),
        judgments,
      )
    );
  }, 0);
  return sum / asked.length;
}

describe('the demo library', () => {
  const books = makeLibrary(seededRandom(SEED));

  test('is written by its script to the byte', () => {
    const written = books.map((book) => `${JSON.stringify(toDocument(book))}\n`).join('');
    expect(readFileSync('demo/catalogue.ndjson', 'utf8')).toBe(written);
    expect(queries).toEqual(makeQueries(seededRandom(`${SEED}, its visitors`), books));
  });

  test('holds 500 to 600 books in at most 500 KB, no title, description or id twice', () => {
    expect(documents.length).toBeGreaterThanOrEqual(500);
    expect(documents.length).toBeLessThanOrEqual(600);
    expect(readFileSync('demo/catalogue.ndjson').byteLength).toBeLessThanOrEqual(500_000);
    for (const value of ['title', 'description'] as const)
      expect(new Set(documents.map(({ fields }) => fields.get(value))).size).toBe(documents.length);
    expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
  });

  test('every book fits the declared collection and has all four vectors', () => {
    for (const input of inputs)
      expect(faultsOf(parseDocument(input, { collection, features }, []))).toEqual([]);
    for (const { fields } of documents)
      for (const feature of features)
        expect(hashText(sourceText(feature, fields) ?? '', feature.dims)).not.toBeNull();
  });

  test('its retriever has no fault', () => {
    expect(faultsOf(parseSpec(DEMO_SPEC, new Map([[DEMO, { collection, features }]])))).toEqual([]);
  });

  test('judges at least 60 queries of every kind, by books that are there, with grades 1 and 3', () => {
    const ids = new Set(documents.map(({ id }) => id));
    expect(queries.length).toBeGreaterThanOrEqual(60);
    for (const segment of SEGMENTS)
      expect(queries.filter((query) => query.segment === segment).length).toBeGreaterThanOrEqual(15);
    for (const { judgments } of queries) {
      expect(Object.keys(judgments).length).toBeGreaterThan(0);
      for (const [id, grade] of Object.entries(judgments)) {
        expect(ids.has(id)).toBe(true);
        expect([1, 3]).toContain(grade);
      }
    }
  });

  test('has words that mean something else to each kind of visitor: one text, other judgments', () => {
    const byText = Map.groupBy(queries, ({ text }) => text);
    const shared = [...byText.values()].filter((asked) => asked.length >= 3);
    expect(shared.length).toBeGreaterThanOrEqual(15);
  });

  test('each kind of query is answered best by another feature, twice as well as by the next', () => {
    const wanted = { title: 0, topic: 1, name: 2, browse: 3 } as const;
    for (const segment of SEGMENTS) {
      const measured = features.map((_, index) => quality(segment, index));
      const best = measured[wanted[segment]]!;
      const others = measured.filter((_, index) => index !== wanted[segment]);
      expect(best).toBeGreaterThan(2 * Math.max(...others));
    }
  });
});
