/** What the search worker is told: the documents of a batch, or all of a collection from the database. */
import { featuresOf, listDocuments } from './embedded-documents.ts';
import { decodeVector } from '../vector.ts';
import type { Collection, Document } from '../collection/collection.ts';
import type { KnnRequest } from './search-backend.ts';
import type { PutMessage, SearchMessage, VectorBlock } from './embedded-protocol.ts';
import type { SearchThread } from './embedded-thread.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

const DOCUMENTS_AT_ONCE = 1_000;

/** The message that puts these documents into the worker's memory. */
export function putMessage(collection: Collection, documents: readonly Document[]): PutMessage {
  return {
    ...withoutVectors(collection, documents),
    blocks: featuresOf(documents).map((feature) => blockOf(feature, documents)),
  };
}

function withoutVectors(collection: Collection, documents: readonly Document[]): PutMessage {
  return {
    kind: 'put',
    collection: collection.id,
    declared: collection.fields,
    ids: documents.map(({ id }) => id),
    fields: documents.map(({ fields }) => [...fields]),
    blocks: [],
  };
}

function blockOf(feature: Uuid, documents: readonly Document[]): VectorBlock {
  const having = documents.flatMap(({ vectors }, position) => {
    const vector = vectors.get(feature);
    return vector === undefined ? [] : [{ position, vector }];
  });
  const dims = having[0]!.vector.length;
  const vectors = new Float32Array(having.length * dims);
  having.forEach(({ vector }, row) => vectors.set(vector, row * dims));
  return { feature, dims, positions: Uint32Array.from(having, ({ position }) => position), vectors };
}

/** The message that searches; past `expires` (milliseconds since 1970) nobody waits for the answer. */
export function searchMessage(
  request: KnnRequest & { readonly vector: Float32Array },
  expires: number,
): SearchMessage {
  const { collection, feature, vector, topK, minScore, filter } = request;
  return {
    kind: 'search',
    collection: collection.id,
    feature: feature.id,
    similarity: feature.similarity,
    vector,
    topK,
    minScore,
    filter,
    expires,
  };
}

/** Fills the worker's memory with a collection as the database has it, page after page. */
export async function loadCollection(sql: Sql, thread: SearchThread, collection: Collection): Promise<void> {
  await thread.ask({ kind: 'drop', collection: collection.id });
  for (let after: string | null = null; ;) {
    const page = await listDocuments(sql, collection, { after, limit: DOCUMENTS_AT_ONCE });
    const last = page.at(-1);
    if (last === undefined) return;
    const message = withoutVectors(collection, page);
    const blocks = await readBlocks(sql, collection, { after, ids: message.ids });
    await thread.ask({ ...message, blocks });
    if (page.length < DOCUMENTS_AT_ONCE) return;
    after = last.id;
  }
}

async function readBlocks(
  sql: Sql,
  collection: Collection,
  page: { readonly after: string | null; readonly ids: readonly string[] },
): Promise<readonly VectorBlock[]> {
  // One long value per feature: far fewer rows for the driver to take apart.
  const rows = await sql.query<{
    readonly feature: Uuid;
    readonly ids: readonly string[];
    readonly vectors: Uint8Array;
  }>(
    `select feature_id as feature, array_agg(document_id order by document_id) as ids,
            string_agg(vector, ''::bytea order by document_id) as vectors
     from document_vector
     where collection_id = $1 and ($2::text is null or document_id > $2) and document_id <= $3
     group by feature_id`,
    [collection.id, page.after, page.ids.at(-1)],
  );
  const places = new Map(page.ids.map((id, place) => [id, place]));
  return rows.map(({ feature, ids, vectors }) => ({
    feature,
    dims: vectors.byteLength / 4 / ids.length,
    positions: Uint32Array.from(ids, (id) => places.get(id)!),
    vectors: decodeVector(vectors),
  }));
}
