/** What a rewrite reads of an index: pages of documents, what has changed, how many there are. */
import { documentFrom, type StoredSource } from './elasticsearch-document.ts';
import { FIELDS } from './elasticsearch-mapping.ts';
import { ReweighError } from '../errors.ts';
import type { BulkTarget } from './elasticsearch-bulk.ts';
import type { Collection, Document } from '../collection/collection.ts';

/** The last writes of each shard: those up to `everywhere` are on all its copies. Sequence numbers of Elasticsearch. */
export type Marks = ReadonlyMap<number, { readonly everywhere: number; readonly last: number }>;

/** Documents to be read: all, or those of one shard that were written after a sequence number. */
export interface Scope {
  readonly index: string;
  readonly since: { readonly shard: number; readonly after: number } | null;
}

/** A range of the documents' order: 0 to 2^52, the end excluded. */
export type OrderRange = readonly [number, number];
export const WHOLE_ORDER: OrderRange = [0, 2 ** 52];

interface ShardNumbers {
  readonly routing: { readonly primary: boolean };
  readonly seq_no?: { readonly max_seq_no: number; readonly global_checkpoint: number };
}
type Query = Readonly<Record<string, unknown>>;
interface Page {
  readonly hits: {
    readonly total?: { readonly value: number };
    readonly hits: readonly {
      readonly _id: string;
      readonly _source?: StoredSource;
      readonly sort: readonly unknown[];
    }[];
  };
  readonly _shards?: { readonly failed: number };
}

export async function marksOf({ calls, deadlines }: BulkTarget, index: string): Promise<Marks> {
  const answer = await calls.call<{
    readonly indices: Readonly<
      Record<string, { readonly shards: Readonly<Record<string, readonly ShardNumbers[]>> }>
    >;
  }>({ method: 'GET', path: `/${index}/_stats`, query: { level: 'shards' } }, deadlines.write);
  const shards = Object.entries(answer?.indices[index]?.shards ?? {});
  return new Map(
    shards.map(([shard, copies]) => {
      const numbers = copies.find(({ routing }) => routing.primary)?.seq_no;
      if (numbers === undefined)
        throw new ReweighError('SEARCH_UNAVAILABLE', `shard ${shard} of the index ${index} is not there`);
      return [Number(shard), { everywhere: numbers.global_checkpoint, last: numbers.max_seq_no }];
    }),
  );
}

/** Lets searches of the index see all that was written. */
export async function refresh({ calls, deadlines }: BulkTarget, index: string): Promise<void> {
  const answer = await calls.call<{ readonly _shards?: { readonly failed: number } }>(
    { method: 'POST', path: `/${index}/_refresh` },
    deadlines.write,
  );
  if (answer?._shards?.failed !== 0)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${index} could not be refreshed`);
}

/** A page of whole documents, in the documents' order, and where the next one begins; null after the last. */
export async function readPage(
  target: BulkTarget,
  collection: Collection,
  page: { readonly scope: Scope; readonly size: number; readonly after: readonly unknown[] | null },
): Promise<{ readonly documents: readonly Document[]; readonly after: readonly unknown[] | null }> {
  const { since } = page.scope;
  const { hits } = await search(target, page.scope, {
    size: page.size,
    sort: [{ [FIELDS.order]: 'asc' }, { [FIELDS.id]: 'asc' }],
    _source: [FIELDS.source],
    track_total_hits: false,
    ...(since === null ? {} : { query: { range: { _seq_no: { gt: since.after } } } }),
    ...(page.after === null ? {} : { search_after: page.after }),
  });
  const documents = hits.hits.map(({ _id, _source }) => documentFrom(collection, _id, _source ?? {}));
  return { documents, after: hits.hits.length < page.size ? null : hits.hits.at(-1)!.sort };
}

export async function countIn(target: BulkTarget, index: string, range: OrderRange): Promise<number> {
  const body = { size: 0, track_total_hits: true, query: within(range) };
  const { hits } = await search(target, { index, since: null }, body);
  return hits.total?.value ?? 0;
}

/** Ids of all documents in a range; at most `most` of them. */
export async function idsIn(
  target: BulkTarget,
  index: string,
  of: { readonly range: OrderRange; readonly most: number },
): Promise<readonly string[]> {
  const body = { size: of.most, _source: false, track_total_hits: false, query: within(of.range) };
  const { hits } = await search(target, { index, since: null }, body);
  return hits.hits.map(({ _id }) => _id);
}

function within([from, to]: OrderRange): Query {
  return { range: { [FIELDS.order]: { gte: from, lt: to } } };
}

/** A search that must reach every shard it asks. */
async function search(target: BulkTarget, { index, since }: Scope, body: Query): Promise<Page> {
  const found = await target.calls.call<Page>(
    {
      method: 'POST',
      path: `/${index}/_search`,
      query: {
        allow_partial_search_results: false,
        ...(since === null ? {} : { preference: `_shards:${since.shard}` }),
      },
      body,
    },
    target.deadlines.write,
  );
  if (found === null || (found._shards?.failed ?? 0) > 0)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${index} cannot be read whole`);
  return found;
}
