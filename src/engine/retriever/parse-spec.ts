import { integer, range, readFilter, type KnownCollection, type Reading } from './reading.ts';
import { parseInputs } from './inputs.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import { readFusion } from './parse-fusion.ts';
import { readGroupBy } from './parse-group-by.ts';
import { readLearning } from './parse-learning.ts';
import { readSearches } from './parse-search.ts';
import type { Fault } from '../errors.ts';
import type { InputDeclaration, RetrieverSpec } from './retriever.ts';
import type { RetrieverSpecInput } from './spec-input.ts';

const MOST_COLLECTIONS = 5;

/** Reads a recipe against the collections it names; every default filled in, every fault at once. */
export function parseSpec(
  input: RetrieverSpecInput,
  known: ReadonlyMap<string, KnownCollection>,
): Parsed<RetrieverSpec> {
  const faults: Fault[] = [];
  checkCollections(input.collections, known, faults);
  const inputs = parseInputs(input.inputs ?? [], ['inputs']);
  if (!inputs.ok) faults.push(...inputs.faults);
  const collections = input.collections.flatMap((name) => known.get(name) ?? []);
  const reading: Reading = {
    collections,
    inputs: inputs.ok ? inputs.value : (input.inputs ?? []).map(asDeclared),
    resolved: collections.length > 0 && collections.length === input.collections.length,
    faults,
  };
  const searches = readSearches(input.searches, reading);
  checkSearched(input, reading);
  const fusion = readFusion(input, reading);
  const features = input.searches.length;
  const learning = readLearning(input.learning, { faults, path: ['learning'], features });
  const finalTopK = integer(input.finalTopK ?? 25, { path: ['finalTopK'], least: 1, most: 500, faults });
  const groupBy = readGroupBy(input.groupBy, reading);
  const description = readDescription(input, faults);
  const filter = readFilter(input.filter, reading, {
    path: ['filter'],
    collections: collections.map(({ collection }) => collection),
  });
  return parsedUnless(faults, () => ({
    collections: input.collections,
    inputs: reading.inputs,
    searches,
    fusion,
    learning,
    filter,
    finalTopK,
    groupBy,
    description,
  }));
}

function checkCollections(
  names: readonly string[],
  known: ReadonlyMap<string, KnownCollection>,
  faults: Fault[],
): void {
  if (names.length < 1 || names.length > MOST_COLLECTIONS)
    faults.push(range(['collections'], `1 to ${MOST_COLLECTIONS} collections`, names.length));
  names.forEach((name, index) => {
    if (names.indexOf(name) < index)
      faults.push({ code: 'DUPLICATE', path: ['collections', index], message: 'it is named twice' });
    if (!known.has(name))
      faults.push({
        code: 'NOT_FOUND',
        path: ['collections', index],
        message: `there is no collection named ${JSON.stringify(name.slice(0, 80))}`,
      });
  });
}

/** A collection in which no search can find anything is a mistake. */
function checkSearched({ searches }: RetrieverSpecInput, { collections, resolved, faults }: Reading): void {
  if (!resolved || collections.length < 2) return;
  collections.forEach(({ collection, features }, index) => {
    if (!features.some(({ uri }) => searches.some(({ feature }) => feature === uri)))
      faults.push({
        code: 'UNKNOWN_FEATURE',
        path: ['collections', index],
        message: `${collection.name} has none of the features that are searched`,
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
