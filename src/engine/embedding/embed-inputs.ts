import { ReweighError, refuseIfAny, type Fault } from '../errors.ts';
import { isZeroVector } from '../vector.ts';
import { parseTemplate, renderTemplate } from '../retriever/template.ts';
import type { Feature } from '../collection/collection.ts';
import { isNamedDocument, type InputValue, type InputValues } from '../retriever/retriever.ts';
import { documentOf, readNamedDocuments, type NamedDocumentRead } from './named-documents.ts';
import type { KnnRequest } from '../search/search-backend.ts';
import type { Plan, PlannedSearch } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';

/**
 * What a search has to search with; of features that Elasticsearch embeds, the text. `empty`: nothing, and its onEmpty
 * is SKIP. `failed`: no embedding came.
 */
export type SearchInput =
  | { readonly kind: 'vector'; readonly vector: KnnRequest['vector'] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * One input per search of the plan, in order: a ready vector, a stored document's vector of the search's feature, or
 * the embedding of a text, which Elasticsearch may be left to make; all at the same time. EMPTY_INPUT where a search
 * with onEmpty ERROR has nothing; NOT_FOUND where a document is not there.
 */
export async function embedInputs(
  ports: Pick<Ports, 'backend' | 'clock' | 'embedder' | 'settings'>,
  plan: Plan,
  values: InputValues,
): Promise<readonly SearchInput[]> {
  const faults: Fault[] = [];
  const rendered = plan.searches.map((planned, index) => {
    const value = renderInput(plan, planned, values);
    faults.push(...faultsOfInput(planned, index, value));
    return value;
  });
  refuseIfAny(faults);
  const documents = await readNamedDocuments(ports, plan, values);
  const inputs = await Promise.all(
    plan.searches.map((planned, index) => {
      const named = documentOf(plan, planned, values);
      if (named !== null) return storedVector(planned, documents.get(named.name));
      return toVector(ports, planned.feature, rendered[index]);
    }),
  );
  refuseIfAny(
    plan.searches.flatMap(({ search, feature }, index) =>
      inputs[index]?.kind === 'empty' && search.onEmpty === 'ERROR' ? [emptyInput(feature, index)] : [],
    ),
  );
  return inputs;
}

function renderInput(plan: Plan, planned: PlannedSearch, values: InputValues): InputValue | undefined {
  const template = parseTemplate(planned.search.input, plan.version.spec.inputs, []);
  if (!template.ok)
    throw new ReweighError('INTERNAL', 'a stored template cannot be read', {}, template.faults);
  return renderTemplate(template.value, values);
}

function faultsOfInput(
  { feature }: PlannedSearch,
  index: number,
  value: InputValue | undefined,
): readonly Fault[] {
  if (!(value instanceof Float32Array)) return [];
  if (value.length === feature.dims) return [];
  return [
    {
      code: 'WRONG_DIMENSIONS',
      path: ['searches', index, 'input'],
      message: `${feature.uri} has ${feature.dims} dimensions, got a vector of ${value.length}`,
    },
  ];
}

function emptyInput(feature: Feature, index: number): Fault {
  return {
    code: 'EMPTY_INPUT',
    path: ['searches', index, 'input'],
    message: `${feature.uri} has nothing to search with: the input is absent, without words, a zero vector, or a document that lacks the feature`,
  };
}

function storedVector({ targets }: PlannedSearch, read: NamedDocumentRead | undefined): SearchInput {
  if (read?.status !== 'found') return { kind: 'failed', reason: read?.reason ?? 'no document' };
  const target = targets.find(({ place }) => place === read.place);
  const vector = target === undefined ? undefined : read.document.vectors.get(target.feature.id);
  return vector === undefined || isZeroVector(vector) ? { kind: 'empty' } : { kind: 'vector', vector };
}

async function toVector(
  ports: Pick<Ports, 'embedder' | 'settings'>,
  feature: Feature,
  value: InputValue | undefined,
): Promise<SearchInput> {
  if (value === undefined || isNamedDocument(value)) return { kind: 'empty' };
  if (value instanceof Float32Array)
    return isZeroVector(value) ? { kind: 'empty' } : { kind: 'vector', vector: value };
  const text = typeof value === 'object' ? value.join(' ') : String(value);
  if (feature.embedder === 'ELASTICSEARCH' && feature.model !== null)
    return text.trim() === ''
      ? { kind: 'empty' }
      : { kind: 'vector', vector: { text, model: feature.model } };
  try {
    const [vector] = await ports.embedder.embed(feature, [text], ports.settings.embeddingDeadline);
    return vector === undefined || vector === null ? { kind: 'empty' } : { kind: 'vector', vector };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
