/** The managed index behind a collection's alias: made, checked, extended, removed. */
import { ReweighError } from '../errors.ts';
import {
  indexBody,
  mismatches,
  missingFeatures,
  vectorProperties,
  type IndexSettings,
  type StoredMapping,
} from './elasticsearch-mapping.ts';
import { errors } from '@elastic/elasticsearch';
import type { Collection, Feature } from '../collection/collection.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';

/** Makes the index, or adds the vector fields it lacks. INDEX_MISMATCH names every way in which it does not fit. */
export async function prepareIndex(
  target: ElasticsearchTarget,
  what: {
    readonly collection: Collection;
    readonly features: readonly Feature[];
    readonly settings: IndexSettings;
  },
): Promise<StoredMapping> {
  const { collection, features, settings } = what;
  const stored = (await readMapping(target)) ?? (await createIndex(target, what));
  const mismatch = mismatchOf(target, stored, { collection, features });
  if (mismatch !== null) throw mismatch;
  const missing = missingFeatures(stored, features);
  if (missing.length === 0) return stored;
  await target.calls.call(
    {
      method: 'PUT',
      path: `/${target.alias}/_mapping`,
      body: { properties: { vectors: vectorProperties(missing, settings.indexOption) } },
    },
    target.deadlines.write,
  );
  return (await readMapping(target)) ?? stored;
}

/**
 * Why an index cannot take documents of the collection: INDEX_MISMATCH; SEARCH_UNAVAILABLE where it lacks a feature,
 * which the next `prepareIndex` adds, or is gone. Null where it can.
 */
export async function faultOfIndex(
  target: ElasticsearchTarget,
  collection: Collection,
  features: readonly Feature[],
): Promise<ReweighError | null> {
  const stored = await readMapping(target);
  if (stored === null) return new ReweighError('SEARCH_UNAVAILABLE', `the index ${target.alias} is gone`);
  const mismatch = mismatchOf(target, stored, { collection, features });
  if (mismatch !== null) return mismatch;
  const missing = missingFeatures(stored, features);
  if (missing.length === 0) return null;
  const names = missing.map(({ field }) => field).join(', ');
  return new ReweighError('SEARCH_UNAVAILABLE', `the index ${target.alias} has lost the vectors of ${names}`);
}

function mismatchOf(
  { alias }: ElasticsearchTarget,
  stored: StoredMapping,
  of: { readonly collection: Collection; readonly features: readonly Feature[] },
): ReweighError | null {
  const faults = mismatches(stored, of.collection, of.features);
  if (faults.length === 0) return null;
  return new ReweighError('INDEX_MISMATCH', `the index ${alias} does not fit: ${faults.join('; ')}`);
}

async function createIndex(
  target: ElasticsearchTarget,
  what: {
    readonly collection: Collection;
    readonly features: readonly Feature[];
    readonly settings: IndexSettings;
  },
): Promise<StoredMapping> {
  const body = indexBody(what.collection, what.features, what.settings);
  try {
    // A number at the end leaves room for the next index, which takes over the alias.
    await target.calls.call(
      { method: 'PUT', path: `/${target.alias}-1`, body: { ...body, aliases: { [target.alias]: {} } } },
      target.deadlines.write,
    );
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  const stored = await readMapping(target);
  if (stored === null)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${target.alias} was removed while it was made`);
  return stored;
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof errors.ResponseError && /resource_already_exists/.test(error.message);
}

/** The mapping behind the alias; null where there is none. */
export async function readMapping(target: ElasticsearchTarget): Promise<StoredMapping | null> {
  const answer = await target.calls.call<Readonly<Record<string, { readonly mappings: StoredMapping }>>>(
    { method: 'GET', path: `/${target.alias}/_mapping` },
    target.deadlines.write,
  );
  return answer === null ? null : (Object.values(answer)[0]?.mappings ?? null);
}

/** Removes every index of the collection: the one behind the alias, and what a rewrite has begun. */
export async function dropIndex(target: ElasticsearchTarget): Promise<void> {
  for (const { name } of await managedIndexes(target)) await removeIndex(target, name);
}

export async function removeIndex({ calls, deadlines }: ElasticsearchTarget, name: string): Promise<void> {
  await calls.call({ method: 'DELETE', path: `/${name}` }, deadlines.write);
}

/** One of a collection's indexes. */
export interface ManagedIndex {
  readonly name: string;
  /** The number at the end of its name: a later index has a greater one. */
  readonly number: number;
  readonly aliases: readonly string[];
}

/** The indexes of a collection, as a rule the one behind its alias. */
export async function managedIndexes(target: ElasticsearchTarget): Promise<readonly ManagedIndex[]> {
  const { alias, calls, deadlines } = target;
  const answer = await calls.call<Readonly<Record<string, { readonly aliases: object }>>>(
    { method: 'GET', path: `/${alias}-*/_alias` },
    deadlines.write,
  );
  return Object.entries(answer ?? {}).map(([name, { aliases }]) => ({
    name,
    number: Number(name.slice(alias.length + 1)),
    aliases: Object.keys(aliases),
  }));
}
