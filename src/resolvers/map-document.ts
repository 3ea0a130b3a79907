import { encodeGlobalId } from '../engine/ids.ts';
import { toCollection } from './map-collection.ts';
import type { Collection, Document } from '../engine/collection/collection.ts';
import type { DocumentType, DocumentVectorType } from '../schema/document.ts';
import type { RequestContext } from '../context.ts';

export function toDocument(
  context: RequestContext,
  collection: Collection,
  document: Document,
): DocumentType {
  return {
    get id() {
      return encodeGlobalId({ type: 'Document', id: collection.id, document: document.id });
    },
    documentId: document.id,
    values: document.fields,
    collection: () => toCollection(context, collection),
    vectors: () => readVectors(context, collection, document.id),
  };
}

async function readVectors(
  { ports }: RequestContext,
  collection: Collection,
  id: string,
): Promise<readonly DocumentVectorType[]> {
  const features = await ports.catalog.featuresOf(collection.id);
  const found = await ports.backend.fetch(collection, [id], { vectors: features });
  const vectors = found.get(id)?.vectors;
  return features.flatMap(({ id: feature, uri }) => {
    const vector = vectors?.get(feature);
    return vector === undefined ? [] : [{ feature: uri, vector }];
  });
}
