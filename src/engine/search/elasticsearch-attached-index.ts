/** Comparing an index that somebody else made with what a collection over it declares. */
import { errors } from '@elastic/elasticsearch';
import { misfits } from './elasticsearch-attached-fit.ts';
import type { Collection, Feature } from '../collection/collection.ts';
import type { ElasticsearchTarget } from './elasticsearch-client.ts';
import { ReweighError, type Fault } from '../errors.ts';
import type { ForeignMapping } from './elasticsearch-attached-mapping.ts';
import type { FoundFields } from './elasticsearch-attached-document.ts';

type Mappings = Readonly<Record<string, { readonly mappings: ForeignMapping }>>;
type Aliases = Readonly<
  Record<string, { readonly aliases: Readonly<Record<string, { readonly search_routing?: string }>> }>
>;
interface Probe {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly fields?: FoundFields }[] };
}

/** Documents looked at to see that the idField repeats the id. */
const PROBED = 20;
/** Bad requests, and blocked indexes. */
const OF_THE_INDEX = [400, 403];
/** Indexes named in one message. */
const MOST_NAMED = 3;

/**
 * Every way in which the index does not fit, compared with the mapping of each index behind the name: a fault that not
 * all of them have names those that do. An index that is not there, closed or not to be read is one fault.
 */
export async function inspectAttached(
  target: ElasticsearchTarget,
  collection: Collection,
  features: readonly Feature[],
): Promise<readonly Fault[]> {
  try {
    const found = await probe(target, collection);
    const mappings = await target.calls.call<Mappings>(
      { method: 'GET', path: `/${encodeURIComponent(target.alias)}/_mapping` },
      target.deadlines.read,
    );
    if (found === null || mappings === null || Object.keys(mappings).length === 0)
      return [{ code: 'NOT_FOUND', path: ['index'], message: `there is no index or alias ${target.alias}` }];
    const faults = together(
      Object.entries(mappings).map(([index, { mappings: mapping }]) => ({
        index,
        faults: misfits(mapping, collection, features),
      })),
    );
    const misrouted = await routingFaults(target);
    const isIdFieldMapped = !faults.some(({ path }) => path[0] === 'idField');
    return [...misrouted, ...faults, ...(isIdFieldMapped ? idFaults(collection, found) : [])];
  } catch (error) {
    return [faultOf(error, target.alias)];
  }
}

/** Some documents, which shows that the index can be searched at all; null where there is no such index. */
function probe(
  { calls, alias, routing, deadlines }: ElasticsearchTarget,
  { attached }: Collection,
): Promise<Probe | null> {
  const idField = attached?.idField ?? null;
  return calls.call<Probe>(
    {
      method: 'POST',
      path: `/${encodeURIComponent(alias)}/_search`,
      query: routing === null ? {} : { routing },
      body: { size: PROBED, _source: false, fields: idField === null ? [] : [idField] },
    },
    deadlines.read,
  );
}

/**
 * An alias may have a search routing of its own. Where a request's routing shares nothing with it, Elasticsearch
 * searches all shards, so documents of others would be found.
 */
async function routingFaults({
  calls,
  alias,
  routing,
  deadlines,
}: ElasticsearchTarget): Promise<readonly Fault[]> {
  if (routing === null) return [];
  const aliases = await calls.call<Aliases>(
    { method: 'GET', path: `/_alias/${encodeURIComponent(alias)}` },
    deadlines.read,
  );
  const wanted = routing.split(',');
  const other = Object.values(aliases ?? {})
    .map(({ aliases: found }) => found[alias]?.search_routing)
    .find((own) => own !== undefined && !own.split(',').some((one) => wanted.includes(one)));
  if (other === undefined) return [];
  const message = `the alias has the search routing ${other}: leave the routing out, or give one of it`;
  return [{ code: 'INDEX_MISMATCH', path: ['routing'], message }];
}

function idFaults({ attached }: Collection, { hits }: Probe): readonly Fault[] {
  const idField = attached?.idField ?? null;
  if (idField === null) return [];
  const other = hits.hits.find(({ _id, fields }) => String(fields?.[idField] ?? '') !== _id);
  if (other === undefined) return [];
  const message = `expected a field that repeats the id, the document ${JSON.stringify(other._id)} has ${JSON.stringify(other.fields?.[idField] ?? null)}`;
  return [{ code: 'INDEX_MISMATCH', path: ['idField'], message }];
}

/** The faults of all indexes, each once; where only some have it, with their names. */
function together(
  found: readonly { readonly index: string; readonly faults: readonly Fault[] }[],
): readonly Fault[] {
  const known = new Map<string, { readonly fault: Fault; readonly indexes: string[] }>();
  for (const { index, faults } of found)
    for (const fault of faults) {
      const key = JSON.stringify([fault.path, fault.message]);
      const same = known.get(key) ?? { fault, indexes: [] };
      same.indexes.push(index);
      known.set(key, same);
    }
  return [...known.values()].map(({ fault, indexes }) => {
    if (indexes.length === found.length) return fault;
    const more = indexes.length > MOST_NAMED ? ` and ${indexes.length - MOST_NAMED} more` : '';
    return { ...fault, message: `in ${indexes.slice(0, MOST_NAMED).join(', ')}${more}: ${fault.message}` };
  });
}

/** What can be mended in Elasticsearch, as a fault of the index; everything else is thrown on. */
function faultOf(error: unknown, alias: string): Fault {
  if (error instanceof ReweighError && error.code === 'SEARCH_FORBIDDEN')
    return { code: error.code, path: ['index'], message: error.message };
  const cause = error instanceof ReweighError ? error.cause : error;
  if (!(cause instanceof errors.ResponseError) || !OF_THE_INDEX.includes(cause.statusCode ?? 0)) throw error;
  return { code: 'INDEX_MISMATCH', path: ['index'], message: reasonOf(cause, alias) };
}

function reasonOf({ message, body }: errors.ResponseError, alias: string): string {
  const { error } = (body ?? {}) as {
    readonly error?: { readonly index?: string; readonly reason?: string };
  };
  const index = error?.index ?? alias;
  const named = index === alias ? index : `${index}, an index of ${alias},`;
  if (message.includes('index_closed_exception')) return `${named} is closed: open it first`;
  if (message.includes('cluster_block_exception'))
    return `${alias} cannot be read: ${error?.reason ?? 'blocked'}`;
  return `${alias} cannot be searched: ${message.slice(0, 200)}`;
}
