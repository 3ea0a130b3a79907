/** A shop's index behind an alias, a data stream, who may do what with them, how they are attached, and the slow log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawElasticsearch } from './elasticsearch-raw.ts';
import type { Role } from './elasticsearch-secured.ts';

const role = (names: readonly string[], ...privileges: readonly string[]): Role => {
  return { cluster: ['monitor'], indices: [{ names, privileges }] };
};
/** What docs/production.md says is needed, and less than that. Each name is a user and a role. */
export const ROLES = {
  attacher: role(['shop', 'stream'], 'read', 'view_index_metadata'),
  owner: role(['own-*'], 'read', 'write', 'manage'),
  unreading: role(['shop'], 'view_index_metadata'),
  unseeing: role(['shop'], 'read'),
  unwriting: role(['own-*'], 'read', 'manage'),
  outsider: { cluster: ['monitor'] },
  unmonitoring: { indices: [{ names: ['shop'], privileges: ['all'] }] },
} satisfies Readonly<Record<string, Role>>;
export type User = keyof typeof ROLES;
/** What nobody is to be told: users, roles, and how Elasticsearch says so. */
export const INTERNAL = /attacher|owner|unreading|unseeing|unwriting|outsider|unmonitoring|effective roles/;

const MAPPINGS = {
  properties: {
    sku: { type: 'keyword' },
    vector: { type: 'dense_vector', dims: 8, similarity: 'l2_norm' },
  },
};
const FEATURE = 'made://elsewhere@1/vector';
export const attachInput = (index: string): object => ({
  name: index,
  index,
  idField: 'sku',
  fields: [{ name: 'sku', type: 'KEYWORD' }],
  features: [{ uri: FEATURE, field: 'vector', dims: 8, similarity: 'L2' }],
});
export const retrieverInput = (collection: string): object => ({
  name: collection,
  spec: {
    collections: [collection],
    inputs: [{ name: 'like', type: 'VECTOR' }],
    searches: [{ feature: FEATURE, input: '{{INPUT.like}}' }],
    fusion: { strategy: 'RRF' },
  },
});
export const DOCUMENTS_IN_SHOP = 60;
export const ONES = Array.from({ length: 8 }, () => 1);
export const INPUTS = [{ name: 'like', vector: ONES }];
export const COUNT = 'query ($name: String!) { collection(name: $name) { documentCount } }';

export async function makeIndexes(raw: RawElasticsearch): Promise<void> {
  const settings = { number_of_replicas: 0 };
  await raw.send('PUT', '/shop-1', { settings, mappings: MAPPINGS, aliases: { shop: {} } });
  const rows = Array.from(
    { length: DOCUMENTS_IN_SHOP },
    (_, at): [string, { sku: string; vector: number[] }] => [
      `shop ${at}`,
      { sku: `shop ${at}`, vector: ONES.map((_, place) => (place === 0 ? at : 1)) },
    ],
  );
  await raw.fill('shop-1', new Map(rows));
  const properties = { ...MAPPINGS.properties, '@timestamp': { type: 'date' } };
  const template = { settings, mappings: { properties } };
  await raw.send('PUT', '/_index_template/stream', { index_patterns: ['stream'], data_stream: {}, template });
  await addToStream(raw, 'one');
}

export async function addToStream(raw: RawElasticsearch, sku: string): Promise<void> {
  const document = { '@timestamp': '2024-02-29', sku, vector: ONES };
  await raw.send('PUT', `/stream/_create/${sku}?refresh=true`, document);
}

const WRITTEN_WITHIN = 30_000;

/** Entries of the slow log that name the request; it is written a moment after the answer. */
export async function slowLog(
  folder: string,
  id: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const end = performance.now() + WRITTEN_WITHIN;
  for (;;) {
    const text = readFileSync(join(folder, 'reweigh-trial_index_search_slowlog.json'), 'utf8');
    const lines = text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes(id));
    if (lines.length > 0) return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    if (performance.now() > end) throw new Error(`the slow log does not name ${id}: ${text.slice(-2_000)}`);
    await sleep(50);
  }
}
