import { integer, range, readFilter, type Reading } from './reading.ts';
import { commonFeature, faultOfTargets, targetsOf, type SearchTarget } from './search-targets.ts';
import { parseTemplate } from './template.ts';
import type { Path } from '../errors.ts';
import type { Search } from './retriever.ts';
import type { SearchInputSpec } from './spec-input.ts';

const MOST_SEARCHES = 10;
/** More than this are not looked at: the recipe is refused anyway. */
const MOST_READ = 100;

/** Reads the searches of a recipe: 1 to 10, each another feature. */
export function readSearches(given: readonly SearchInputSpec[], reading: Reading): readonly Search[] {
  if (given.length < 1 || given.length > MOST_SEARCHES)
    reading.faults.push(range(['searches'], `1 to ${MOST_SEARCHES} searches`, given.length));
  const seen = new Set<string>();
  return given.slice(0, MOST_READ).map((search, index) => {
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
  const targets = checkFeature(search, reading, path);
  checkInput(search, reading, { path, targets });
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
    filter: readFilter(search.filter, reading, {
      path: [...path, 'filter'],
      collections: (targets.length > 0 ? targets : reading.collections).map(({ collection }) => collection),
    }),
    onEmpty: search.onEmpty ?? 'ERROR',
  };
}

function checkFeature(search: SearchInputSpec, reading: Reading, path: Path): readonly SearchTarget[] {
  const targets = targetsOf(search.feature, reading.collections);
  const fault = faultOfTargets(targets);
  if (fault !== null)
    reading.faults.push({ code: 'TYPE_MISMATCH', path: [...path, 'feature'], message: fault });
  if (targets.length > 0 || !reading.resolved) return targets;
  const known = new Set(reading.collections.flatMap(({ features }) => features.map(({ uri }) => uri)));
  const which = reading.collections.length > 1 ? 'the collections have' : 'the collection has';
  reading.faults.push({
    code: 'UNKNOWN_FEATURE',
    path: [...path, 'feature'],
    message: `${which} ${[...known].join(', ') || 'no features'}, got ${JSON.stringify(search.feature.slice(0, 80))}`,
  });
  return targets;
}

function checkInput(
  search: SearchInputSpec,
  reading: Reading,
  { path, targets }: { readonly path: Path; readonly targets: readonly SearchTarget[] },
): void {
  const feature = commonFeature(targets);
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
  const type = reading.inputs.find((input) => input.name === name)?.type;
  const isVector = type === 'VECTOR' || type === 'DOCUMENT';
  if (feature?.embedder === 'NONE' && !isVector)
    reading.faults.push({
      code: 'TYPE_MISMATCH',
      path: [...path, 'input'],
      message: `${feature.uri} has no embedder: it needs a VECTOR or DOCUMENT input`,
    });
}
