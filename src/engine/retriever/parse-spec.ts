import { parseFilter, type FilterInput } from './parse-filter.ts';
import { parseInputs } from './inputs.ts';
import { readLearning } from './parse-learning.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import { parseTemplate } from './template.ts';
import type { Collection, Feature, FieldDeclaration } from '../collection/collection.ts';
import type { Fault, Path } from '../errors.ts';
import type { FilterTemplate, Fusion, InputDeclaration, RetrieverSpec, Search } from './retriever.ts';
import type { RetrieverSpecInput, SearchInputSpec } from './spec-input.ts';

export interface KnownCollection {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

interface Reading {
  readonly fields: readonly FieldDeclaration[];
  readonly features: readonly Feature[];
  readonly inputs: readonly InputDeclaration[];
  /** False where the collection is unknown: its fields and features cannot be checked. */
  readonly resolved: boolean;
  readonly faults: Fault[];
}

/** Reads a recipe against the collections it names; every default filled in, every fault at once. */
export function parseSpec(
  input: RetrieverSpecInput,
  known: ReadonlyMap<string, KnownCollection>,
): Parsed<RetrieverSpec> {
  const faults: Fault[] = [];
  checkCollections(input.collections, known, faults);
  const inputs = parseInputs(input.inputs ?? [], ['inputs']);
  if (!inputs.ok) faults.push(...inputs.faults);
  const collection = known.get(input.collections[0] ?? '');
  const reading: Reading = {
    fields: collection?.collection.fields ?? [],
    features: collection?.features ?? [],
    inputs: inputs.ok ? inputs.value : (input.inputs ?? []).map(asDeclared),
    resolved: collection !== undefined,
    faults,
  };
  const searches = readSearches(input.searches, reading);
  const fusion = readFusion(input, reading);
  const features = input.searches.length;
  const learning = readLearning(input.learning, { faults, path: ['learning'], features });
  const finalTopK = integer(input.finalTopK ?? 25, { path: ['finalTopK'], least: 1, most: 500, faults });
  const description = readDescription(input, faults);
  const filter = readFilter(input.filter, reading, ['filter']);
  return parsedUnless(faults, () => ({
    collections: input.collections,
    inputs: reading.inputs,
    searches,
    fusion,
    learning,
    filter,
    finalTopK,
    description,
  }));
}

function checkCollections(
  names: readonly string[],
  known: ReadonlyMap<string, KnownCollection>,
  faults: Fault[],
): void {
  if (names.length !== 1) faults.push(range(['collections'], 'exactly 1 collection', names.length));
  names.forEach((name, index) => {
    if (!known.has(name))
      faults.push({
        code: 'NOT_FOUND',
        path: ['collections', index],
        message: `there is no collection named ${JSON.stringify(name.slice(0, 80))}`,
      });
  });
}

function readDescription({ description }: RetrieverSpecInput, faults: Fault[]): string | null {
  const text = description ?? null;
  if (text !== null && (text.length > 2_000 || text.includes('\0') || !text.isWellFormed()))
    faults.push(range(['description'], 'at most 2,000 characters without NUL', text.length));
  return text;
}

/** A declaration with faults of its own, good enough to check the templates that name it. */
function asDeclared(input: NonNullable<RetrieverSpecInput['inputs']>[number]): InputDeclaration {
  return { name: input.name, type: input.type, required: false, default: null, role: 'NONE' };
}

function readSearches(given: readonly SearchInputSpec[], reading: Reading): readonly Search[] {
  if (given.length < 1 || given.length > 10)
    reading.faults.push(range(['searches'], '1 to 10 searches', given.length));
  const seen = new Set<string>();
  return given.slice(0, 100).map((search, index) => {
    const path = ['searches', index];
    if (seen.has(search.feature))
      reading.faults.push({
        code: 'DUPLICATE',
        path: [...path, 'feature'],
        message: `${search.feature} is searched twice`,
      });
    seen.add(search.feature);
    return readSearch(search, reading, path);
  });
}

function readSearch(search: SearchInputSpec, reading: Reading, path: Path): Search {
  const { faults } = reading;
  checkFeature(search, reading, path);
  const topK = integer(search.topK ?? 100, { path: [...path, 'topK'], least: 1, most: 1_000, faults });
  const limits = { least: Math.max(topK, 1), most: 10_000, path: [...path, 'numCandidates'], faults };
  const weight = search.weight ?? null;
  if (weight !== null && !(weight >= 0 && weight <= 1e6))
    faults.push(range([...path, 'weight'], 'a weight from 0 to 1,000,000', weight));
  const oversample = search.oversample ?? null;
  if (oversample !== null && !(oversample >= 1 && oversample <= 10))
    faults.push(range([...path, 'oversample'], '1 to 10', oversample));
  const minScore = search.minScore ?? null;
  if (minScore !== null && !Number.isFinite(minScore))
    faults.push({
      code: 'NON_FINITE',
      path: [...path, 'minScore'],
      message: `expected a finite number, got ${minScore}`,
    });
  return {
    feature: search.feature,
    input: search.input,
    topK,
    numCandidates: search.numCandidates == null ? null : integer(search.numCandidates, limits),
    oversample,
    minScore,
    weight,
    filter: readFilter(search.filter, reading, [...path, 'filter']),
    onEmpty: search.onEmpty ?? 'ERROR',
  };
}

function checkFeature(search: SearchInputSpec, reading: Reading, path: Path): void {
  const feature = reading.features.find(({ uri }) => uri === search.feature);
  if (feature === undefined && reading.resolved)
    reading.faults.push({
      code: 'UNKNOWN_FEATURE',
      path: [...path, 'feature'],
      message: `the collection has ${reading.features.map(({ uri }) => uri).join(', ') || 'no features'}, got ${JSON.stringify(search.feature.slice(0, 80))}`,
    });
  const template = parseTemplate(search.input, reading.inputs, [...path, 'input']);
  if (!template.ok) {
    reading.faults.push(...template.faults);
    return;
  }
  if (template.value.kind === 'constant')
    reading.faults.push({
      code: 'INVALID_TEMPLATE',
      path: [...path, 'input'],
      message: `expected a template that names an input, such as {{INPUT.query}}, got ${JSON.stringify(search.input.slice(0, 80))}`,
    });
  const name = template.value.kind === 'reference' ? template.value.name : null;
  const isVector = reading.inputs.find((input) => input.name === name)?.type === 'VECTOR';
  if (feature?.embedder === 'NONE' && !isVector)
    reading.faults.push({
      code: 'TYPE_MISMATCH',
      path: [...path, 'input'],
      message: `${feature.uri} has no embedder: it needs a VECTOR input`,
    });
}

function readFilter(
  filter: FilterInput | null | undefined,
  reading: Reading,
  path: Path,
): FilterTemplate | null {
  if (filter == null || !reading.resolved) return null;
  const parsed = parseFilter(filter, reading, path);
  if (parsed.ok) return parsed.value;
  reading.faults.push(...parsed.faults);
  return null;
}

function readFusion(input: RetrieverSpecInput, reading: Reading): Fusion {
  const { faults } = reading;
  const given = input.fusion ?? {};
  const strategy = given.strategy ?? 'LEARNED';
  const normalization = given.normalization ?? 'BACKGROUND';
  if (given.staticArm != null && strategy !== 'LEARNED')
    faults.push({
      code: 'INVALID_VALUE',
      path: ['fusion', 'staticArm'],
      message: `only LEARNED has a static arm, the strategy is ${strategy}`,
    });
  const searched = reading.features.filter(({ uri }) =>
    input.searches.some(({ feature }) => feature === uri),
  );
  if (normalization === 'TMM' && searched.some(({ similarity }) => similarity !== 'COSINE'))
    faults.push({
      code: 'INVALID_VALUE',
      path: ['fusion', 'normalization'],
      message: 'TMM knows the least possible score of COSINE features only',
    });
  const sumsToOne = strategy === 'WEIGHTED' || strategy === 'LEARNED';
  if (sumsToOne && input.searches.length > 0 && input.searches.every(({ weight }) => weight === 0))
    faults.push({
      code: 'OUT_OF_RANGE',
      path: ['searches'],
      message: 'expected a weight above 0, got only zeros',
    });
  return {
    strategy,
    rrfK: integer(given.rrfK ?? 60, { path: ['fusion', 'rrfK'], least: 1, most: 10_000, faults }),
    normalization,
    staticArm: strategy === 'LEARNED' ? (given.staticArm ?? 'WEIGHTED') : null,
  };
}

interface Limits {
  readonly path: Path;
  readonly least: number;
  readonly most: number;
  readonly faults: Fault[];
}

function integer(value: number, { path, least, most, faults }: Limits): number {
  if (!Number.isInteger(value) || value < least || value > most)
    faults.push(range(path, `${least} to ${most}`, value));
  return value;
}

function range(path: Path, expected: string, got: number): Fault {
  return { code: 'OUT_OF_RANGE', path, message: `expected ${expected}, got ${got}` };
}
