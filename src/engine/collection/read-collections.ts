import { faultOfId } from '../ids.ts';
import { requireCollection } from '../retriever/plan.ts';
import type { Collection, Document, Feature } from './collection.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Ports } from '../ports.ts';

interface InCollection {
  readonly namespace: string;
  readonly collection: string;
}

/** A collection with some of its features. */
export interface CollectionFeatures {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

/** All features of a collection in order of registration. NOT_FOUND. */
export async function listFeatures(
  ports: Pick<Ports, 'catalog'>,
  { namespace, collection: name }: InCollection,
): Promise<CollectionFeatures> {
  const collection = await requireCollection(ports, namespace, name);
  return { collection, features: await ports.catalog.featuresOf(collection.id) };
}

/** A document without its vectors, with its collection; null where it is not there. NOT_FOUND for the collection. */
export async function readDocument(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  { namespace, collection: name, id }: InCollection & { readonly id: string },
): Promise<{ readonly collection: Collection; readonly document: Document } | null> {
  const collection = await requireCollection(ports, namespace, name);
  if (faultOfId(id) !== null) return null;
  const document = (await ports.backend.fetch(collection, [id], { vectors: [] })).get(id);
  return document === undefined ? null : { collection, document };
}

/** A page of documents without their vectors, by id in order of UTF-8 bytes; the cursor key is the id. NOT_FOUND. */
export async function listDocuments(
  ports: Pick<Ports, 'catalog' | 'backend'>,
  { namespace, collection: name, page }: InCollection & { readonly page: PageRequest },
): Promise<{ readonly collection: Collection; readonly page: Page<Document> }> {
  const collection = await requireCollection(ports, namespace, name);
  const [found, counts] = await Promise.all([
    ports.backend.list(collection, page.after, page.first + 1),
    page.count ? ports.backend.count(collection, []) : null,
  ]);
  const rows = found.slice(0, page.first).map((value) => ({ key: value.id, value }));
  return {
    collection,
    page: { rows, hasNextPage: found.length > page.first, total: counts?.documents ?? null },
  };
}
