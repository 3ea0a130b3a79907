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
import type { ElasticsearchCalls } from './elasticsearch-client.ts';

const DEADLINE = 30_000;

/** Makes the index, or adds the vector fields it lacks. INDEX_MISMATCH names every way in which it does not fit. */
export async function prepareIndex(
  calls: ElasticsearchCalls,
  alias: string,
  what: {
    readonly collection: Collection;
    readonly features: readonly Feature[];
    readonly settings: IndexSettings;
  },
): Promise<StoredMapping> {
  const { collection, features, settings } = what;
  const stored = (await readMapping(calls, alias)) ?? (await createIndex(calls, alias, what));
  const faults = mismatches(stored, collection, features);
  if (faults.length > 0)
    throw new ReweighError('INDEX_MISMATCH', `the index ${alias} does not fit: ${faults.join('; ')}`);
  const missing = missingFeatures(stored, features);
  if (missing.length === 0) return stored;
  await calls.call(
    {
      method: 'PUT',
      path: `/${alias}/_mapping`,
      body: { properties: { vectors: vectorProperties(missing, settings.indexOption) } },
    },
    DEADLINE,
  );
  return (await readMapping(calls, alias)) ?? stored;
}

async function createIndex(
  calls: ElasticsearchCalls,
  alias: string,
  what: {
    readonly collection: Collection;
    readonly features: readonly Feature[];
    readonly settings: IndexSettings;
  },
): Promise<StoredMapping> {
  const body = indexBody(what.collection, what.features, what.settings);
  try {
    // A number at the end leaves room for the next index, which takes over the alias.
    await calls.call(
      { method: 'PUT', path: `/${alias}-1`, body: { ...body, aliases: { [alias]: {} } } },
      DEADLINE,
    );
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  const stored = await readMapping(calls, alias);
  if (stored === null)
    throw new ReweighError('SEARCH_UNAVAILABLE', `the index ${alias} was removed while it was made`);
  return stored;
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof errors.ResponseError && /resource_already_exists/.test(error.message);
}

/** The mapping behind the alias; null where there is none. */
export async function readMapping(calls: ElasticsearchCalls, alias: string): Promise<StoredMapping | null> {
  const answer = await calls.call<Readonly<Record<string, { readonly mappings: StoredMapping }>>>(
    { method: 'GET', path: `/${alias}/_mapping` },
    DEADLINE,
  );
  return answer === null ? null : (Object.values(answer)[0]?.mappings ?? null);
}

/** Removes every index behind the alias. */
export async function dropIndex(calls: ElasticsearchCalls, alias: string): Promise<void> {
  const behind = await calls.call<Readonly<Record<string, unknown>>>(
    { method: 'GET', path: `/_alias/${alias}` },
    DEADLINE,
  );
  for (const index of Object.keys(behind ?? {}))
    await calls.call({ method: 'DELETE', path: `/${index}` }, DEADLINE);
}
