/** Documents and vectors in PostgreSQL: the durable half of the embedded backend. */
import { decodeVector, vectorBytes } from '../vector.ts';
import { HASH_DIGITS, hashDigits } from './hash-order.ts';
import type { Collection, Document, Feature, FieldValue, FieldValues } from '../collection/collection.ts';
import type { IndexCounts } from './search-backend.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

type StoredFields = Readonly<Record<string, FieldValue>>;
interface DocumentRow {
  readonly id: string;
  readonly fields: StoredFields;
}

const DROPPED_AT_ONCE = 5_000;

/** Inserts or replaces a batch in one transaction; true per document where it was there before. */
export async function writeDocuments(
  sql: Sql,
  collection: Collection,
  documents: readonly Document[],
): Promise<readonly boolean[]> {
  const ids = documents.map(({ id }) => id);
  const fields = documents.map((document) => JSON.stringify(Object.fromEntries(document.fields)));
  return sql.transaction(async (within) => {
    // In order of id, so that two writers lock the rows they share in the same order.
    const written = await within.query<{ readonly id: string; readonly existed: boolean }>(
      `insert into document (collection_id, id, fields)
       select $1, given.id, given.fields::jsonb from unnest($2::text[], $3::text[]) as given (id, fields)
       order by given.id collate "C"
       on conflict (collection_id, id) do update set fields = excluded.fields
       returning id, xmax <> 0 as existed`,
      [collection.id, ids, fields],
    );
    const existed = new Map(written.map((row) => [row.id, row.existed]));
    const replaced = ids.filter((id) => existed.get(id));
    if (replaced.length > 0)
      await within.query('delete from document_vector where collection_id = $1 and document_id = any($2)', [
        collection.id,
        replaced,
      ]);
    for (const feature of featuresOf(documents))
      await writeVectors(within, collection, { feature, documents });
    return ids.map((id) => existed.get(id) ?? false);
  });
}

/** Features of which at least one of the documents has a vector. */
export function featuresOf(documents: readonly Document[]): readonly Uuid[] {
  return [...new Set(documents.flatMap(({ vectors }) => [...vectors.keys()]))];
}

async function writeVectors(
  sql: Sql,
  collection: Collection,
  what: { readonly feature: Uuid; readonly documents: readonly Document[] },
): Promise<void> {
  const having = what.documents.flatMap(({ id, vectors }) => {
    const vector = vectors.get(what.feature);
    return vector === undefined ? [] : [{ id, vector }];
  });
  const bytes = having[0]!.vector.byteLength;
  // All vectors in one value: the driver sends a single buffer as it is, but writes arrays of them as text.
  await sql.query(
    `insert into document_vector (feature_id, collection_id, document_id, vector)
     select $1, $2, given.id, substring($4::bytea from (given.place::int - 1) * $5::int + 1 for $5::int)
     from unnest($3::text[]) with ordinality as given (id, place)`,
    [
      what.feature,
      collection.id,
      having.map(({ id }) => id),
      Buffer.concat(having.map(({ vector }) => vectorBytes(vector))),
      bytes,
    ],
  );
}

/** Removes documents with their vectors; true per id where it was there. */
export async function deleteDocumentRows(
  sql: Sql,
  collection: Collection,
  ids: readonly string[],
): Promise<readonly boolean[]> {
  const gone = await sql.query<{ readonly id: string }>(
    'delete from document where collection_id = $1 and id = any($2) returning id',
    [collection.id, ids],
  );
  const deleted = new Set(gone.map(({ id }) => id));
  return ids.map((id) => deleted.has(id));
}

/** Removes all documents of the collection, in portions that stay within a statement's time. */
export async function dropDocumentRows(sql: Sql, collection: Collection): Promise<void> {
  for (let gone = DROPPED_AT_ONCE; gone === DROPPED_AT_ONCE;) {
    const rows = await sql.query(
      `delete from document where collection_id = $1 and id = any(array(
         select id from document where collection_id = $1 order by id limit $2)) returning 1`,
      [collection.id, DROPPED_AT_ONCE],
    );
    gone = rows.length;
  }
}

/** Which documents, with the vectors of which features. */
interface DocumentsWanted {
  readonly ids: readonly string[];
  readonly vectors: readonly Feature[] | 'all';
}

/** Documents by id. */
export async function readDocuments(
  sql: Sql,
  collection: Collection,
  what: DocumentsWanted,
): Promise<ReadonlyMap<string, Document>> {
  const rows = await sql.query<DocumentRow>(
    'select id, fields from document where collection_id = $1 and id = any($2)',
    [collection.id, what.ids],
  );
  const vectors = await readVectors(sql, collection, what);
  return new Map(rows.map((row) => [row.id, toDocument(collection, row, vectors.get(row.id))]));
}

async function readVectors(
  sql: Sql,
  collection: Collection,
  what: DocumentsWanted,
): Promise<ReadonlyMap<string, ReadonlyMap<Uuid, Float32Array>>> {
  if (what.vectors.length === 0) return new Map();
  const rows = await sql.query<{ readonly feature: Uuid; readonly id: string; readonly vector: Uint8Array }>(
    `select feature_id as feature, document_id as id, vector from document_vector
     where collection_id = $1 and document_id = any($2) and ($3::uuid[] is null or feature_id = any($3))`,
    [collection.id, what.ids, what.vectors === 'all' ? null : what.vectors.map(({ id }) => id)],
  );
  const vectors = new Map<string, Map<Uuid, Float32Array>>();
  for (const { feature, id, vector } of rows) {
    const ofDocument = vectors.get(id) ?? new Map<Uuid, Float32Array>();
    vectors.set(id, ofDocument.set(feature, decodeVector(vector)));
  }
  return vectors;
}

/** A page of documents in UTF-8 order of ids, without vectors. */
export async function listDocuments(
  sql: Sql,
  collection: Collection,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Document[]> {
  const rows = await sql.query<DocumentRow>(
    `select id, fields from document where collection_id = $1 and ($2::text is null or id > $2)
     order by id limit $3`,
    [collection.id, page.after, page.limit],
  );
  return rows.map((row) => toDocument(collection, row));
}

export async function countDocuments(sql: Sql, collection: Collection): Promise<IndexCounts> {
  const [documents] = await sql.query<{ readonly count: number }>(
    'select count(*)::int as count from document where collection_id = $1',
    [collection.id],
  );
  const features = await sql.query<{ readonly feature: Uuid; readonly count: number }>(
    `select feature_id as feature, count(*)::int as count from document_vector
     where collection_id = $1 group by feature_id`,
    [collection.id],
  );
  return {
    documents: documents?.count ?? 0,
    features: new Map(features.map(({ feature, count }) => [feature, count])),
  };
}

/** Vectors of the documents that follow the seed's place in the order of hashes, which begins again at its end. */
export async function sampleVectors(
  sql: Sql,
  feature: Feature,
  how: { readonly limit: number; readonly seed: string },
): Promise<readonly Float32Array[]> {
  const rows = await sql.query<{ readonly vector: Uint8Array }>(
    `with placed as (
       select vector, document_id, left(encode(sha256(convert_to(document_id, 'UTF8')), 'hex'), $4) as place
       from document_vector where feature_id = $1)
     select vector from placed order by place < $2 collate "C", place collate "C", document_id limit $3`,
    [feature.id, hashDigits(how.seed), how.limit, HASH_DIGITS],
  );
  return rows.map(({ vector }) => decodeVector(vector));
}

function toDocument(
  collection: Collection,
  row: DocumentRow,
  vectors: ReadonlyMap<Uuid, Float32Array> = new Map(),
): Document {
  const fields: FieldValues = new Map(
    collection.fields.flatMap(({ name }) => {
      const value = row.fields[name];
      return value === undefined || !Object.hasOwn(row.fields, name) ? [] : [[name, value]];
    }),
  );
  return { id: row.id, fields, vectors };
}
