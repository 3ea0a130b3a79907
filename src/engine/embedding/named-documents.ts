import { ReweighError, refuseIfAny, type Fault } from '../errors.ts';
import { parseTemplate } from '../retriever/template.ts';
import { isNamedDocument, type InputValues, type NamedDocument } from '../retriever/retriever.ts';
import { within } from '../within.ts';
import type { Document } from '../collection/collection.ts';
import { featuresIn, type Plan, type PlannedSearch } from '../retriever/plan.ts';
import type { Ports } from '../ports.ts';

/** A document that an input names: where it is stored, or why it could not be read. */
export type NamedDocumentRead =
  | { readonly status: 'found'; readonly place: number; readonly document: Document }
  | { readonly status: 'failed'; readonly reason: string };

/** The document whose stored vector a search takes as its input; null where it takes none. */
export function documentOf(plan: Plan, { search }: PlannedSearch, values: InputValues): NamedInput | null {
  const template = parseTemplate(search.input, plan.version.spec.inputs, []);
  if (!template.ok || template.value.kind !== 'reference') return null;
  const { name } = template.value;
  const document = values.get(name);
  return isNamedDocument(document) ? { name, document } : null;
}

export interface NamedInput {
  /** Name of the input. */
  readonly name: string;
  readonly document: NamedDocument;
}

/** The documents that the searches of a plan take their vectors from, each input once. */
export function namedDocuments(plan: Plan, values: InputValues): readonly NamedInput[] {
  const named = plan.searches.flatMap((planned) => documentOf(plan, planned, values) ?? []);
  return [...new Map(named.map((input) => [input.name, input])).values()];
}

/**
 * Reads the documents that inputs name, with their vectors, by name of the input. NOT_FOUND, all at once, for a
 * collection that the retriever does not search and for an id that is not there.
 */
export async function readNamedDocuments(
  ports: Pick<Ports, 'backend' | 'clock' | 'settings'>,
  plan: Plan,
  values: InputValues,
): Promise<ReadonlyMap<string, NamedDocumentRead>> {
  const faults: Fault[] = [];
  const read = await Promise.all(
    namedDocuments(plan, values).map(
      async (input) => [input.name, await readOne(ports, plan, { input, faults })] as const,
    ),
  );
  refuseIfAny(faults);
  return new Map(read);
}

async function readOne(
  ports: Pick<Ports, 'backend' | 'clock' | 'settings'>,
  plan: Plan,
  { input, faults }: { readonly input: NamedInput; readonly faults: Fault[] },
): Promise<NamedDocumentRead> {
  const { name, document: wanted } = input;
  const place = plan.collections.findIndex((collection) => collection.name === wanted.collection);
  const collection = plan.collections[place];
  if (collection === undefined) {
    faults.push(
      notFound([name, 'collection'], `the retriever searches no collection ${quote(wanted.collection)}`),
    );
    return { status: 'failed', reason: 'no such collection' };
  }
  try {
    const documents = await within(ports.clock, ports.settings.embeddingDeadline, {
      work: ports.backend.fetch(collection, [wanted.id], { vectors: featuresIn(plan, place) }),
      late: () => new ReweighError('SEARCH_UNAVAILABLE', 'the document of the input was not read in time'),
    });
    const document = documents.get(wanted.id);
    if (document !== undefined) return { status: 'found', place, document };
    faults.push(notFound([name, 'id'], `${collection.name} has no document ${quote(wanted.id)}`));
    return { status: 'failed', reason: 'no such document' };
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function notFound(path: readonly string[], message: string): Fault {
  return { code: 'NOT_FOUND', path: ['inputs', ...path], message };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
