import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addShelf,
  addShelfRetriever,
  DIMS,
  LEFT,
  RIGHT,
  runShelf,
  vectorInput,
  type Item,
} from '../support/shelf.ts';
import { naiveScore } from '../conformance/search-backend-world.ts';
import { openApi, type Api } from '../support/api.ts';
import { seededRandom } from '../../src/engine/random.ts';
import type { ExecutionRecord } from '../../src/engine/execution/record.ts';
import type { Background } from '../../src/engine/collection/collection.ts';

const random = seededRandom('complete');
const vector = (): readonly number[] =>
  Array.from({ length: DIMS }, () => Math.fround(random.next() * 2 - 1));
const ITEMS: readonly Item[] = Array.from({ length: 90 }, (_, index) => ({
  id: `item ${String(index).padStart(2, '0')}`,
  fields: { team: `team ${index % 3}` },
  left: index % 7 === 0 ? null : vector(),
  right: index % 5 === 0 ? null : vector(),
}));

let api: Api;
let backgrounds: readonly Background[];
beforeAll(async () => {
  api = await openApi();
  await addShelf(api, 'shelf', ITEMS);
  const measure =
    'mutation ($input: MeasureBackgroundInput!) { measureBackground(input: $input) { userErrors { code } } }';
  await api.ask(measure, { input: { collection: 'shelf', features: [LEFT, RIGHT] } });
  const collection = (await api.ports.catalog.collectionByName('default', 'shelf'))!;
  const features = await api.ports.catalog.featuresOf(collection.id);
  backgrounds = [LEFT, RIGHT].map((uri) => features.find((feature) => feature.uri === uri)!.background!);
});
afterAll(() => api.close());

interface Question {
  readonly queries: readonly (readonly number[])[];
  readonly topK: number;
  readonly normalization: 'BACKGROUND' | 'SIMILARITY' | 'L2' | 'TMM';
  readonly strategy: 'WEIGHTED' | 'MAX';
  readonly minScore: number | null;
  readonly team: string | null;
  readonly missing: 'COMPLETE' | 'ZERO';
}
const query = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: DIMS, maxLength: DIMS })
  .filter((numbers) => numbers.some((number) => number !== 0));
const question: fc.Arbitrary<Question> = fc.record({
  queries: fc.tuple(query, query),
  topK: fc.constantFrom(1, 3, 10),
  normalization: fc.constantFrom('BACKGROUND', 'SIMILARITY', 'L2', 'TMM'),
  strategy: fc.constantFrom('WEIGHTED', 'MAX'),
  minScore: fc.constantFrom(null, 0.2),
  team: fc.constantFrom(null, 'team 1'),
  missing: fc.constant('COMPLETE'),
});

const made = new Set<string>();
async function run({ queries, ...recipe }: Question): Promise<ExecutionRecord> {
  const { topK, minScore, team, ...fusion } = recipe;
  const name = Object.values(recipe).map(String).join('-').replaceAll(' ', '_');
  if (!made.has(name))
    await addShelfRetriever(api, name, {
      searches: [
        { feature: LEFT, input: '{{INPUT.left}}', topK, minScore, weight: 3 },
        { feature: RIGHT, input: '{{INPUT.right}}', topK, minScore, weight: 1 },
      ],
      fusion,
      filter: team === null ? null : { field: 'team', eq: team },
      finalTopK: 500,
    });
  made.add(name);
  return runShelf(api, name, [vectorInput('left', queries[0]!), vectorInput('right', queries[1]!)]);
}

interface Row {
  readonly id: string;
  readonly ranks: readonly number[];
  readonly raw: readonly (number | null)[];
  readonly x: readonly number[];
  readonly fused: number;
}

/** Every candidate's score by brute force over all items. */
function oracle({ queries, topK, minScore, team, ...how }: Question): ReadonlyMap<string, Row> {
  const scores = (['left', 'right'] as const).map((side, feature) =>
    ITEMS.map((item) => {
      const stored = item[side];
      return stored === null
        ? null
        : naiveScore('COSINE', Float32Array.from(queries[feature]!), Float32Array.from(stored));
    }),
  );
  const lists = scores.map((of) =>
    [...ITEMS.keys()]
      .filter((item) => team === null || ITEMS[item]!.fields['team'] === team)
      .filter((item) => of[item] !== null && (minScore === null || of[item]! >= minScore))
      .sort((a, b) => of[b]! - of[a]! || (ITEMS[a]!.id < ITEMS[b]!.id ? -1 : 1))
      .slice(0, topK),
  );
  const candidates = [...new Set(lists.flat())];
  const normalized = scores.map((of, feature) => {
    const known = candidates.flatMap((item) => of[item] ?? []);
    const { mean, deviation } = backgrounds[feature]!;
    const length = Math.sqrt(known.reduce((sum, score) => sum + score * score, 0));
    return (score: number): number => {
      if (how.normalization === 'BACKGROUND') return (score - mean) / deviation;
      if (how.normalization === 'L2') return score / Math.max(length, 1e-9);
      return how.normalization === 'TMM' ? (score + 1) / (Math.max(...known) + 1) : score;
    };
  });
  return new Map(
    candidates.map((item) => {
      const raw = scores.map((of) => of[item]!);
      const x = raw.map((score, feature) => (score === null ? 0 : normalized[feature]!(score)));
      const parts = x.map(
        (value, feature) => value * (how.strategy === 'MAX' ? [3, 1] : [0.75, 0.25])[feature]!,
      );
      const present = parts.filter((_, feature) => raw[feature] !== null);
      const fused = how.strategy === 'MAX' ? Math.max(...present) : parts[0]! + parts[1]!;
      const ranks = lists.map((list) => list.indexOf(item) + 1);
      return [ITEMS[item]!.id, { id: ITEMS[item]!.id, ranks, raw, x, fused }];
    }),
  );
}

function rowsOf({ candidates }: ExecutionRecord): readonly Row[] {
  const two = (values: ArrayLike<number>, row: number): readonly number[] => [
    values[row * 2]!,
    values[row * 2 + 1]!,
  ];
  return candidates.ids.map((id, row) => ({
    id,
    ranks: two(candidates.ranks, row),
    raw: two(candidates.raw, row).map((score) => (Number.isNaN(score) ? null : score)),
    x: two(candidates.normalized, row),
    fused: candidates.fused[row]!,
  }));
}

const near = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b));

/** Whether a run has the oracle's candidates, with its ranks, scores and order. */
function agrees(record: ExecutionRecord, wanted: ReadonlyMap<string, Row>): boolean {
  const rows = rowsOf(record);
  const inOrder = rows.every((row, index) => index === 0 || rows[index - 1]!.fused >= row.fused - 1e-11);
  return (
    inOrder &&
    rows.length === wanted.size &&
    rows.every((row) => {
      const other = wanted.get(row.id);
      return (
        other !== undefined &&
        near(row.fused, other.fused) &&
        row.ranks.every((rank, feature) => rank === other.ranks[feature]) &&
        row.raw.every((score, feature) => near(score, other.raw[feature]!)) &&
        row.x.every((value, feature) => near(value, other.x[feature]!))
      );
    })
  );
}

describe('completed scores', () => {
  test('are those of an exact search over all documents; what lacks the feature stays absent', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const record = await run(asked);
        expect(record.degradations).toEqual([]);
        expect(agrees(record, oracle(asked))).toBe(true);
      }),
      { seed: 71, numRuns: 150 },
    );
  });

  test('are not what comes of absent scores: the twin that puts 0 there is told from them', async () => {
    const asked: Question = {
      queries: [
        [1, 2, 3, 4],
        [4, -3, 2, -1],
      ],
      topK: 3,
      normalization: 'BACKGROUND',
      strategy: 'WEIGHTED',
      minScore: null,
      team: null,
      missing: 'COMPLETE',
    };
    expect(agrees(await run(asked), oracle(asked))).toBe(true);
    expect(agrees(await run({ ...asked, missing: 'ZERO' }), oracle(asked))).toBe(false);
  });
});
