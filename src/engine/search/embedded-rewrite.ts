/** Rewriting documents in place: all changes are worked out first and kept in memory, then stored. */
import { countDocuments, listDocuments, readDocuments } from './embedded-documents.ts';
import type { Collection, Document, Feature } from '../collection/collection.ts';
import type { Rewriting } from './search-backend.ts';
import type { Sql } from '../../store/sql.ts';
import type { Uuid } from '../ids.ts';

/** What becomes of one document's vectors: a new one by feature, or null for one that goes. */
type VectorChanges = ReadonlyMap<Uuid, Float32Array | null>;

export interface Rewrite extends Rewriting {
  /** Vectors of other features go. */
  readonly features: readonly Feature[];
  /** Ids that others have written since the rewrite began: they stay as they are. */
  readonly written: ReadonlySet<string>;
  /** Stores documents that are read when no other write is under way. */
  readonly store: (documents: () => Promise<readonly Document[]>) => Promise<unknown>;
}

const PAGE = 200;

export async function rewriteDocuments(sql: Sql, collection: Collection, how: Rewrite): Promise<void> {
  const changes = [...(await changesOf(sql, collection, how))];
  how.onRevised();
  for (let from = 0; from < changes.length; from += PAGE)
    await how.store(() => {
      how.signal.throwIfAborted();
      const some = changes.slice(from, from + PAGE).filter(([id]) => !how.written.has(id));
      return changedDocuments(sql, collection, some);
    });
}

/** The changes of all documents that change at all, by id. */
async function changesOf(
  sql: Sql,
  collection: Collection,
  how: Rewrite,
): Promise<ReadonlyMap<string, VectorChanges>> {
  const kept = new Set(how.features.map(({ id }) => id));
  const changes = new Map<string, VectorChanges>();
  const { documents: total } = await countDocuments(sql, collection);
  let documents = 0;
  how.onProgress({ documents, total });
  for (let after: string | null = null; ;) {
    how.signal.throwIfAborted();
    const listed = await listDocuments(sql, collection, { after, limit: PAGE });
    const ids = listed.map(({ id }) => id);
    const before = [...(await readDocuments(sql, collection, { ids, vectors: 'all' })).values()];
    const revised = before.length === 0 ? [] : await how.revise(before);
    before.forEach((document, place) => {
      const change = changeOf(document, revised[place]!, kept);
      if (change.size > 0) changes.set(document.id, change);
    });
    documents += before.length;
    how.onProgress({ documents, total: Math.max(total, documents) });
    after = ids.at(-1) ?? null;
    if (listed.length < PAGE) return changes;
  }
}

function changeOf(before: Document, after: Document, kept: ReadonlySet<Uuid>): VectorChanges {
  const changes = new Map<Uuid, Float32Array | null>();
  for (const id of before.vectors.keys()) if (!kept.has(id) || !after.vectors.has(id)) changes.set(id, null);
  for (const [id, vector] of after.vectors)
    if (kept.has(id) && !isSame(before.vectors.get(id), vector)) changes.set(id, vector);
  return changes;
}

function isSame(before: Float32Array | undefined, after: Float32Array): boolean {
  return before?.length === after.length && after.every((number, place) => Object.is(number, before[place]));
}

/** The documents as they are now, with their changes; those that are gone are left out. */
async function changedDocuments(
  sql: Sql,
  collection: Collection,
  changes: readonly (readonly [string, VectorChanges])[],
): Promise<readonly Document[]> {
  const ids = changes.map(([id]) => id);
  const found = await readDocuments(sql, collection, { ids, vectors: 'all' });
  return changes.flatMap(([id, change]) => {
    const document = found.get(id);
    if (document === undefined) return [];
    const vectors = new Map(document.vectors);
    for (const [feature, vector] of change)
      if (vector === null) vectors.delete(feature);
      else vectors.set(feature, vector);
    return [{ ...document, vectors }];
  });
}
