import { ReweighError, refusal, type Fault } from '../errors.ts';
import { embedDocuments, type Draft } from './embed-documents.ts';
import { parseDocument, type DocumentInput } from './parse-document.ts';
import { requireCollection } from '../retriever/plan.ts';
import { requireManaged } from './require-managed.ts';
import { scheduleMeasurement } from './measure-background.ts';
import type { Collection, Document, Feature } from './collection.ts';
import type { Ports } from '../ports.ts';
import type { Searchable } from '../search/search-backend.ts';

export const MAX_DOCUMENTS = 5_000;
/** Documents stored by one write of the backend. */
const CHUNK = 1_000;

export interface IndexCommand {
  readonly namespace: string;
  readonly collection: string;
  /** 1 to 5,000. */
  readonly documents: readonly DocumentInput[];
  /** When searches must find them; now unless given. */
  readonly searchable?: Searchable;
}

/** What became of one document. */
export type IndexOutcome =
  | { readonly index: number; readonly id: string; readonly status: 'CREATED' | 'REPLACED' }
  | {
      readonly index: number;
      readonly id: string;
      readonly status: 'REFUSED';
      readonly faults: readonly Fault[];
    };

/**
 * Stores whole documents, each with the vectors it comes with; a feature with an embedder makes the others from its
 * source fields, unless the document says null. One outcome per document, in order: a bad one never spoils the rest.
 * Every document that is not refused is durable, and searchable now or soon. NOT_FOUND; READ_ONLY; OUT_OF_RANGE for 0
 * or above 5,000.
 */
export async function indexDocuments(
  ports: Pick<Ports, 'catalog' | 'backend' | 'embedder' | 'settings' | 'clock' | 'jobs'>,
  command: IndexCommand,
): Promise<readonly IndexOutcome[]> {
  checkCount(command.documents.length, 'documents');
  const collection = await requireCollection(ports, command.namespace, command.collection);
  requireManaged(collection);
  const features = await ports.catalog.featuresOf(collection.id);
  await ports.backend.prepare(collection, features);
  const drafts = await embedDocuments(ports, features, parseAll(command.documents, collection, features));
  const { searchable = 'now' } = command;
  const outcomes = await store(ports, collection, { drafts, searchable });
  if ((await ports.catalog.collectionById(collection.namespace, collection.id)) === null) {
    await ports.backend.drop(collection);
    throw refusal('NOT_FOUND', `the collection ${collection.name} was deleted meanwhile`, ['collection']);
  }
  if (features.some(({ background }) => background === null)) scheduleMeasurement(ports, collection);
  return outcomes;
}

export function checkCount(count: number, name: string): void {
  if (count >= 1 && count <= MAX_DOCUMENTS) return;
  throw refusal('OUT_OF_RANGE', `expected 1 to ${MAX_DOCUMENTS} ${name}, got ${count}`, [name]);
}

function parseAll(
  documents: readonly DocumentInput[],
  collection: Collection,
  features: readonly Feature[],
): readonly Draft[] {
  const seen = new Set<string>();
  return documents.map((input, index) => {
    const path = ['documents', index];
    const parsed = parseDocument(input, { collection, features }, path);
    const faults: Fault[] = parsed.ok ? [] : [...parsed.faults];
    if (seen.has(input.id))
      faults.push({ code: 'DUPLICATE', path: [...path, 'id'], message: 'an earlier document has this id' });
    seen.add(input.id);
    return { index, id: input.id, parsed: parsed.ok && faults.length === 0 ? parsed.value : null, faults };
  });
}

async function store(
  ports: Pick<Ports, 'backend'>,
  collection: Collection,
  { drafts, searchable }: { readonly drafts: readonly Draft[]; readonly searchable: Searchable },
): Promise<readonly IndexOutcome[]> {
  const outcomes: IndexOutcome[] = drafts.map(({ index, id, faults }) => ({
    index,
    id,
    status: 'REFUSED',
    faults,
  }));
  const documents = drafts.flatMap(({ index, parsed }) =>
    parsed === null ? [] : [{ index, document: parsed.document }],
  );
  for (let from = 0; from < documents.length; from += CHUNK) {
    const chunk = documents.slice(from, from + CHUNK);
    const stored = await putChunk(ports, collection, {
      documents: chunk.map(({ document }) => document),
      from,
      searchable,
    });
    chunk.forEach(({ index, document: { id } }, position) => {
      const there = stored instanceof ReweighError ? stored : stored[position];
      outcomes[index] =
        there instanceof ReweighError
          ? {
              index,
              id,
              status: 'REFUSED',
              faults: [{ code: there.code, path: ['documents', index], message: there.message }],
            }
          : { index, id, status: there === true ? 'REPLACED' : 'CREATED' };
    });
  }
  return outcomes;
}

/** A fault of the first write is thrown: nothing was stored. A later one is told per document: some were. */
async function putChunk(
  ports: Pick<Ports, 'backend'>,
  collection: Collection,
  chunk: {
    readonly documents: readonly Document[];
    readonly from: number;
    readonly searchable: Searchable;
  },
): Promise<readonly boolean[] | ReweighError> {
  try {
    return await ports.backend.put(collection, chunk.documents, { searchable: chunk.searchable });
  } catch (error) {
    if (chunk.from > 0 && error instanceof ReweighError) return error;
    throw error;
  }
}
