/**
 * The two indexes of a rewrite: the one that serves, and the next one. The next one has an alias of its own, the
 * token of the rewrite. Whoever removes the token decides: the rewrite by putting the next index into its place, or
 * whoever clears away after it. So a rewrite that was taken for dead and wakes up again can neither write nor swap.
 */
import { managedIndexes, readMapping, removeIndex } from './elasticsearch-index.ts';
import { indexedFeatures, indexBody, type IndexSettings } from './elasticsearch-mapping.ts';
import { ReweighError } from '../errors.ts';
import { uuidV7, type Uuid } from '../ids.ts';
import type { BulkTarget } from './elasticsearch-bulk.ts';
import type { Collection, Feature } from '../collection/collection.ts';

/** The indexes of one rewrite, by name. */
export interface RewriteIndexes {
  readonly serving: string;
  readonly next: string;
  readonly token: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Makes the next index, empty, without copies and without refreshes: the fastest to fill. */
export async function makeNext(
  target: BulkTarget,
  what: {
    readonly collection: Collection;
    readonly features: readonly Feature[];
    readonly settings: IndexSettings;
  },
): Promise<RewriteIndexes> {
  const indexes = await managedIndexes(target);
  const serving = indexes.find(({ aliases }) => aliases.includes(target.alias));
  if (serving === undefined)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${target.alias} is not there`);
  const next = `${target.alias}-${Math.max(...indexes.map(({ number }) => number)) + 1}`;
  const token = `${next}-${uuidV7(target.clock.now())}`;
  const filling = { ...what.settings, replicas: 0, refreshInterval: '-1' };
  const body = indexBody(what.collection, what.features, filling);
  await change(target, { method: 'PUT', path: `/${next}`, body: { ...body, aliases: { [token]: {} } } });
  return { serving: serving.name, next, token };
}

/**
 * Gives the next index the features that the serving one has been given meanwhile, all but those in `dropped`; the
 * features that the next index has now.
 */
export async function carryFeatures(
  target: BulkTarget,
  { serving, next }: RewriteIndexes,
  what: { readonly dropped: ReadonlySet<Uuid>; readonly settings: IndexSettings },
): Promise<ReturnType<typeof indexedFeatures>> {
  const [from, to] = await Promise.all([serving, next].map((alias) => readMapping({ ...target, alias })));
  const has = indexedFeatures(to ?? {});
  const missing = Object.entries(from?.properties?.vectors?.properties ?? {}).filter(([, { meta }]) => {
    const id = meta?.feature as Uuid | undefined;
    return id !== undefined && !has.has(id) && !what.dropped.has(id);
  });
  if (missing.length === 0) return has;
  const index_options = { type: what.settings.indexOption };
  const added = missing.map(([field, mapping]) => [field, { ...mapping, index_options }] as const);
  const vectors = { properties: Object.fromEntries(added) };
  await change(target, { method: 'PUT', path: `/${next}/_mapping`, body: { properties: { vectors } } });
  return indexedFeatures((await readMapping({ ...target, alias: next })) ?? {});
}

/** The settings of an index that serves. */
export async function finishNext(
  target: BulkTarget,
  { next }: RewriteIndexes,
  { replicas, refreshInterval }: IndexSettings,
): Promise<void> {
  const copies = replicas === null ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas };
  const index = { refresh_interval: refreshInterval, ...copies };
  await change(target, { method: 'PUT', path: `/${next}/_settings`, body: { index } });
}

/** Ends writing to an index; those on their way are waited for. */
export async function block(target: BulkTarget, index: string): Promise<void> {
  const answer = await change<{ readonly shards_acknowledged?: boolean }>(target, {
    method: 'PUT',
    path: `/${index}/_block/write`,
  });
  if (answer?.shards_acknowledged !== true)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${index} could not be blocked`);
}

/** Puts the next index behind the alias, at once. */
export async function swap(target: BulkTarget, { serving, next, token }: RewriteIndexes): Promise<void> {
  const { alias } = target;
  const actions = [
    { remove: { index: next, alias: token, must_exist: true } },
    { remove: { index: serving, alias, must_exist: true } },
    { add: { index: next, alias } },
  ];
  const done = await change(target, { method: 'POST', path: '/_aliases', body: { actions } });
  if (done === null) throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${next} was cleared away`);
}

/**
 * Removes every index but the one behind the alias, which is open for writing afterwards; true where one of them is
 * older than that: its rewrite had come to its end.
 */
export async function clearAway(target: BulkTarget): Promise<boolean> {
  const indexes = await managedIndexes(target);
  const serving = indexes.find(({ aliases }) => aliases.includes(target.alias));
  const others = indexes.filter((one) => one !== serving);
  for (const { name, aliases } of others) {
    for (const token of aliases) {
      const actions = [{ remove: { index: name, alias: token, must_exist: true } }];
      const removed = await change(target, { method: 'POST', path: '/_aliases', body: { actions } });
      // The rewrite was quicker, and this is the index that serves now.
      if (removed === null) return clearAway(target);
    }
    await removeIndex(target, name);
  }
  if (serving === undefined) return false;
  await change(target, {
    method: 'PUT',
    path: `/${serving.name}/_settings`,
    body: { 'index.blocks.write': null },
  });
  return others.some(({ number }) => number < serving.number);
}

function change<T>(
  { calls, deadlines }: BulkTarget,
  call: { readonly method: 'PUT' | 'POST'; readonly path: string; readonly body?: Json },
): Promise<T | null> {
  return calls.call<T>(call, deadlines.write);
}
