/** Copying documents of a rewrite from the index that serves to the next one. */
import { bulk, type BulkAction, type BulkTarget } from './elasticsearch-bulk.ts';
import {
  countIn,
  idsIn,
  readPage,
  WHOLE_ORDER,
  type Marks,
  type OrderRange,
  type Scope,
} from './elasticsearch-rewrite-read.ts';
import { documentJson, type VectorForm } from './elasticsearch-document.ts';
import type { Collection, Document } from '../collection/collection.ts';
import type { IndexedFeature } from './elasticsearch-mapping.ts';
import type { RewriteIndexes } from './elasticsearch-rewrite-index.ts';
import type { Rewriting } from './search-backend.ts';
import type { Uuid } from '../ids.ts';

export interface Copying extends Pick<Rewriting, 'revise' | 'signal'> {
  readonly collection: Collection;
  readonly indexes: RewriteIndexes;
  readonly form: VectorForm;
  /** The features of the next index. */
  readonly features: ReadonlyMap<Uuid, IndexedFeature>;
  readonly onCopied: (documents: number) => void;
}

const FIRST_PAGE = 50;
const LARGEST_PAGE = 1_000;
/** Pages are made as large as comes near this. */
const PAGE_CHARACTERS = 4_000_000;
/** Documents that are listed rather than looked at in smaller ranges. */
const LISTED = 5_000;
const PARTS = 16;

/** Copies all documents, or what has changed since the marks; how many there were. */
export async function copyDocuments(
  target: BulkTarget,
  copying: Copying,
  since: Marks | null,
): Promise<number> {
  const { serving: index } = copying.indexes;
  const scopes: readonly Scope[] =
    since === null
      ? [{ index, since: null }]
      : [...since].map(([shard, { everywhere }]) => ({ index, since: { shard, after: everywhere } }));
  let copied = 0;
  for (const scope of scopes) copied += await copyScope(target, copying, scope);
  return copied;
}

async function copyScope(target: BulkTarget, copying: Copying, scope: Scope): Promise<number> {
  let [size, copied] = [FIRST_PAGE, 0];
  for (let after: readonly unknown[] | null = null; ;) {
    copying.signal.throwIfAborted();
    const page = await readPage(target, copying.collection, { scope, size, after });
    const characters = await write(target, copying, page.documents);
    copied += page.documents.length;
    copying.onCopied(page.documents.length);
    ({ after } = page);
    if (after === null) return copied;
    size = Math.max(
      1,
      Math.min(LARGEST_PAGE, Math.floor((size * PAGE_CHARACTERS) / Math.max(1, characters))),
    );
  }
}

/** Characters written. */
async function write(
  target: BulkTarget,
  { collection, indexes, ...copying }: Copying,
  documents: readonly Document[],
): Promise<number> {
  if (documents.length === 0) return 0;
  const revised = await copying.revise(documents);
  const actions = revised.map((document): BulkAction => {
    return { id: document.id, kind: 'index', document: documentJson(collection, document, copying) };
  });
  await bulk({ ...target, alias: indexes.token }, actions, 'soon');
  return actions.reduce((sum, { document }) => sum + (document?.length ?? 0), 0);
}

/**
 * Removes from the next index what has been deleted from the serving one since it was copied, looking only into
 * ranges of the order where the numbers of documents differ; true where they are the same afterwards.
 */
export async function removeDeleted(
  target: BulkTarget,
  indexes: RewriteIndexes,
  range: OrderRange = WHOLE_ORDER,
): Promise<boolean> {
  const [ours, theirs] = await Promise.all(
    [indexes.next, indexes.serving].map((index) => countIn(target, index, range)),
  );
  if (ours === theirs) return true;
  if (Math.max(ours!, theirs!) <= LISTED) return removeListed(target, indexes, range);
  const [from, to] = range;
  const width = (to - from) / PARTS;
  let same = true;
  for (let part = 0; part < PARTS; part += 1) {
    const some: OrderRange = [from + part * width, from + (part + 1) * width];
    if (!(await removeDeleted(target, indexes, some))) same = false;
  }
  return same;
}

async function removeListed(
  target: BulkTarget,
  { next, serving, token }: RewriteIndexes,
  range: OrderRange,
): Promise<boolean> {
  const [ours, theirs] = await Promise.all(
    [next, serving].map((index) => idsIn(target, index, { range, most: LISTED })),
  );
  const there = new Set(theirs);
  const gone = ours!.filter((id) => !there.has(id)).map((id) => ({ id, kind: 'delete' as const }));
  if (gone.length > 0) await bulk({ ...target, alias: token }, gone, 'soon');
  return ours!.length - gone.length === there.size;
}
