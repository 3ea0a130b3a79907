import DataLoader from 'dataloader';
import type { Collection, Document } from '../engine/collection/collection.ts';
import type { Ports } from '../engine/ports.ts';
import type { Retriever } from '../engine/retriever/retriever.ts';
import type { Uuid } from '../engine/ids.ts';

/** A document: which collection, which id. */
export interface DocumentKey {
  readonly collection: Uuid;
  readonly id: string;
}

/** A document that is there, with its collection. */
export interface FoundDocument {
  readonly collection: Collection;
  readonly document: Document;
}

/**
 * Reads shared by the fields of one operation: each thing is fetched once, and things asked for together come together.
 */
export interface Loaders {
  readonly collection: DataLoader<Uuid, Collection | null>;
  readonly retriever: DataLoader<Uuid, Retriever | null>;
  readonly document: DataLoader<DocumentKey, FoundDocument | null, string>;
}

/** Loaders are made when first used: most operations need one of them, or none. */
export function createLoaders(ports: Pick<Ports, 'catalog' | 'backend'>, namespace: string): Loaders {
  let collection: Loaders['collection'] | undefined;
  let retriever: Loaders['retriever'] | undefined;
  let document: Loaders['document'] | undefined;
  const loaders: Loaders = {
    get collection() {
      return (collection ??= new DataLoader((ids) =>
        Promise.all(ids.map((id) => ports.catalog.collectionById(namespace, id))),
      ));
    },
    get retriever() {
      return (retriever ??= new DataLoader((ids) =>
        Promise.all(ids.map((id) => ports.catalog.retrieverById(namespace, id))),
      ));
    },
    get document() {
      return (document ??= new DataLoader((keys) => fetchDocuments(ports, loaders, keys), {
        maxBatchSize: 1_000,
        cacheKeyFn: ({ collection: owner, id }: DocumentKey) => `${owner}${id}`,
      }));
    },
  };
  return loaders;
}

async function fetchDocuments(
  ports: Pick<Ports, 'backend'>,
  loaders: Loaders,
  keys: readonly DocumentKey[],
): Promise<readonly (FoundDocument | null)[]> {
  const owners = [...new Set(keys.map(({ collection }) => collection))];
  const found = new Map<Uuid, Map<string, FoundDocument>>();
  await Promise.all(
    owners.map(async (owner) => {
      const collection = await loaders.collection.load(owner);
      if (collection === null) return;
      const ids = keys.filter((key) => key.collection === owner).map(({ id }) => id);
      const documents = await ports.backend.fetch(collection, ids, { vectors: [] });
      found.set(owner, new Map([...documents].map(([id, document]) => [id, { collection, document }])));
    }),
  );
  return keys.map(({ collection, id }) => found.get(collection)?.get(id) ?? null);
}
