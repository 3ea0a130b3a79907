import { uuidV7, type Uuid } from '../../src/engine/ids.ts';
import { fuse, type Fused, type FusionInput } from '../../src/engine/fusion/fuse.ts';
import { parseSpec } from '../../src/engine/retriever/parse-spec.ts';
import type { Clock } from '../../src/engine/clock.ts';
import type { Collection, Feature, FieldDeclaration } from '../../src/engine/collection/collection.ts';
import type { Parsed } from '../../src/engine/parsed.ts';
import type { Fault } from '../../src/engine/errors.ts';
import type { Plan } from '../../src/engine/retriever/plan.ts';
import type { RankedList } from '../../src/engine/fusion/ranked-list.ts';
import type { RetrieverSpecInput } from '../../src/engine/retriever/spec-input.ts';

/** A moment for everything that needs one. */
export const NOW = new Date('2025-06-01T12:00:00.000Z');

/** A v7 id of that moment. */
export const someId = (): Uuid => uuidV7(NOW);

/** A ranked list of one collection, already in order. */
export const listOf = (hits: readonly (readonly [string, number])[]): RankedList =>
  hits.map(([id, score]) => ({ collection: 0, id, score }));

/** Fuses with what most tests want: rrf k 60, min_max, all weights 1, everything kept. */
export function fuseLists(
  given: Partial<FusionInput> & { readonly lists: readonly RankedList[] },
): Fused & { readonly scores: ReadonlyMap<string, number> } {
  const fused = fuse({
    strategy: 'WEIGHTED',
    rrfK: 60,
    rules: given.lists.map(() => ({ kind: 'MIN_MAX' as const })),
    weights: new Float64Array(given.lists.length).fill(1),
    limit: 10_000,
    depth: 0,
    collections: ['films'],
    ...given,
  });
  const scores = new Map(fused.table.ids.map((id, row) => [id, fused.table.fused[row]!]));
  return { ...fused, scores };
}

export const FIELDS: readonly FieldDeclaration[] = [
  { name: 'title', type: 'TEXT', many: false },
  { name: 'people', type: 'KEYWORD', many: true },
  { name: 'category', type: 'KEYWORD', many: false },
  { name: 'year', type: 'NUMBER', many: false },
  { name: 'inStock', type: 'BOOLEAN', many: false },
  { name: 'addedAt', type: 'DATE', many: false },
];

export function aCollection(fields: readonly FieldDeclaration[] = FIELDS): Collection {
  return { id: someId(), namespace: 'default', name: 'films', fields, createdAt: NOW };
}

export function aFeature(over: Partial<Feature> = {}): Feature {
  return {
    id: someId(),
    collectionId: someId(),
    uri: 'embed://hashing@1/title',
    field: 'titleVector',
    dims: 16,
    similarity: 'COSINE',
    sourceFields: ['title'],
    embedder: 'HASHING',
    model: null,
    background: null,
    createdAt: NOW,
    ...over,
  };
}

/** Two features over FIELDS: title (hashing) and picture (ready vectors, 4 dims). */
export const TITLE = aFeature();
export const PICTURE = aFeature({
  uri: 'clip://small@2/poster',
  field: 'poster',
  dims: 4,
  sourceFields: [],
  embedder: 'NONE',
});

/** The smallest recipe: one query, one search. */
export const SPEC: RetrieverSpecInput = {
  collections: ['films'],
  inputs: [{ name: 'query', type: 'TEXT', required: true }],
  searches: [{ feature: TITLE.uri, input: '{{INPUT.query}}' }],
};

export function planOf(input: RetrieverSpecInput): Plan {
  const collection = aCollection();
  const features = [TITLE, PICTURE];
  const spec = valueOf(parseSpec(input, new Map([['films', { collection, features }]])));
  const retriever = {
    id: someId(),
    namespace: 'default',
    name: 'search',
    latestVersion: 1,
    clonedFrom: null,
    createdAt: NOW,
  };
  return {
    retriever,
    version: { retrieverId: retriever.id, version: 1, spec, createdAt: NOW },
    collections: [collection],
    searches: spec.searches.map((search) => {
      const feature = features.find(({ uri }) => uri === search.feature)!;
      return { search, feature, targets: [{ place: 0, collection, feature }] };
    }),
    notices: [],
  };
}

/** The value of a parse that must succeed. */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new Error(`unexpected faults: ${JSON.stringify(parsed.faults)}`);
}

/** Faults of a parse as "CODE path.to.value"; none where it succeeds. */
export function faultsOf(parsed: Parsed<unknown>): readonly string[] {
  return parsed.ok ? [] : parsed.faults.map(faultText);
}

export function faultText({ code, path }: Fault): string {
  return `${code} ${path.join('.')}`.trim();
}

export interface FakeClock extends Clock {
  /** Milliseconds waited so far. */
  waited(): number;
}

/** A clock that stands still but for its delays, which pass at once. */
export function fakeClock(start: Date = NOW): FakeClock {
  let passed = 0;
  return {
    now: () => new Date(start.getTime() + passed),
    monotonic: () => passed,
    delay: (milliseconds) => {
      passed += milliseconds;
      return Promise.resolve();
    },
    waited: () => passed,
  };
}
