/** The documents the laws of search backends are tried on, and plain judges of what a search must give. */
import { seededRandom, type Random } from '../../src/engine/random.ts';
import type {
  Collection,
  Document,
  Feature,
  FieldDeclaration,
  FieldScalar,
  FieldType,
  FieldValue,
  Similarity,
} from '../../src/engine/collection/collection.ts';
import { uuidV7, type Uuid } from '../../src/engine/ids.ts';
import type { Filter, KnnRequest } from '../../src/engine/search/search-backend.ts';

export const DIMS = 8;

const TYPES: readonly FieldType[] = ['KEYWORD', 'TEXT', 'NUMBER', 'BOOLEAN', 'DATE'];
/** Every type, once with one value and once with many: keyword, keywords, text, texts, … */
export const FIELDS: readonly FieldDeclaration[] = TYPES.flatMap((type) => [
  { name: type.toLowerCase(), type, many: false },
  { name: `${type.toLowerCase()}s`, type, many: true },
]);

export const VALUES: Readonly<Record<FieldType, readonly FieldScalar[]>> = {
  KEYWORD: ['red', 'Red', 'deep blue', '', 'żółty', '"quoted" \\ /slash/', '😀'],
  TEXT: [
    'The old Harbour, at night',
    'harbour lights 2024',
    "night-train to ÉPERNAY's 3rd stop",
    '…',
    'old 😀 stories',
    'night',
  ],
  NUMBER: [-2.5, 0, 1, 1, 3, 1e300, 0.1],
  BOOLEAN: [true, false],
  DATE: ['1969-07-20T20:17:40.000Z', '2024-02-29T00:00:00.000Z', '2024-02-29T12:30:00.250Z'],
};

export function newCollection(): Collection {
  const id = uuidV7(new Date());
  return { id, namespace: 'laws', name: `laws-${id}`, fields: FIELDS, createdAt: new Date(0) };
}

export function newFeature(collection: Collection, similarity: Similarity): Feature {
  const field = similarity.toLowerCase();
  return {
    id: uuidV7(new Date()),
    collectionId: collection.id,
    uri: `laws://${field}@1/out`,
    field,
    dims: DIMS,
    similarity,
    sourceFields: [],
    embedder: 'NONE',
    model: null,
    background: null,
    createdAt: new Date(0),
  };
}

/** A vector of small whole numbers, so that equal scores are frequent; never without length. */
export function randomVector(random: Random): Float32Array {
  const vector = Float32Array.from({ length: DIMS }, () => Math.floor(random.next() * 7) - 3);
  if (vector.every((number) => number === 0)) vector[0] = 1;
  return vector;
}

/** About one field in three, and one feature in four, is missing. */
export function randomDocuments(features: readonly Feature[], count: number, seed: string): Document[] {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)]!;
  return Array.from({ length: count }, (_, index) => ({
    id: `${pick(['film', 'Film', 'ﬁlm', '𝔽ilm', 'film 😀'])} ${index}`,
    fields: new Map(
      FIELDS.flatMap((field): [string, FieldValue][] => {
        if (random.next() < 1 / 3) return [];
        const values = VALUES[field.type];
        return [[field.name, field.many ? [pick(values), pick(values)] : pick(values)]];
      }),
    ),
    vectors: new Map(
      features.flatMap(({ id }): [Uuid, Float32Array][] =>
        random.next() < 1 / 4 ? [] : [[id, randomVector(random)]],
      ),
    ),
  }));
}

/** A request for the ten most alike, unless told otherwise. */
export function request(
  of: { readonly collection: Collection; readonly feature: Feature },
  vector: Float32Array,
  more: Partial<KnnRequest> = {},
): KnnRequest {
  return {
    ...of,
    vector,
    topK: 10,
    numCandidates: null,
    oversample: null,
    filter: null,
    minScore: null,
    ...more,
  };
}

/** The raw score by its definition, in double precision. */
export function naiveScore(similarity: Similarity, a: Float32Array, b: Float32Array): number {
  const sum = (term: (i: number) => number): number =>
    Array.from(a.keys()).reduce((total, i) => total + term(i), 0);
  const dot = sum((i) => a[i]! * b[i]!);
  switch (similarity) {
    case 'COSINE':
      return dot / Math.sqrt(sum((i) => a[i]! ** 2) * sum((i) => b[i]! ** 2));
    case 'DOT_PRODUCT':
      return dot;
    case 'L2':
      return -Math.sqrt(sum((i) => (a[i]! - b[i]!) ** 2));
  }
}

/** Whether the document passes, by the words of the specification. */
export function naivelyPasses(filter: Filter | null, document: Document): boolean {
  if (filter === null) return true;
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => naivelyPasses(part, document));
    case 'or':
      return filter.filters.some((part) => naivelyPasses(part, document));
    case 'not':
      return !naivelyPasses(filter.filter, document);
    case 'id':
      return filter.values.includes(document.id);
    default: {
      const value = document.fields.get(filter.field);
      const values: readonly FieldScalar[] =
        value === undefined ? [] : typeof value === 'object' ? value : [value];
      const { type } = FIELDS.find(({ name }) => name === filter.field)!;
      return values.some((one) => holds(filter, type === 'DATE' ? Date.parse(String(one)) : one, type));
    }
  }
}

type Condition = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' | 'id' }>;

function holds(filter: Condition, value: FieldScalar, type: FieldType): boolean {
  switch (filter.kind) {
    case 'eq':
      return value === filter.value;
    case 'gt':
      return value > filter.value;
    case 'gte':
      return value >= filter.value;
    case 'lt':
      return value < filter.value;
    case 'lte':
      return value <= filter.value;
    case 'in':
      return filter.values.includes(value);
    case 'contains': {
      if (type === 'KEYWORD') return value === filter.value;
      const words = splitWords(String(value));
      return splitWords(filter.value).every((word) => words.includes(word));
    }
    case 'exists':
      return true;
  }
}

function splitWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
