import { compose, type Composition } from '../../src/compose.ts';
import { DIMS, FEATURES } from './vectors.ts';
import { graphqlClient, type GraphqlClient } from '../support/graphql.ts';
import { readConfig } from '../../src/config.ts';
import { removeIndexes } from '../support/indexes.ts';
import { requireCollection } from '../../src/engine/retriever/plan.ts';
import { startOwnServer, type OwnServer } from '../support/own-server.ts';
import { TOP_K } from './exact.ts';
import type { Collection, Feature } from '../../src/engine/collection/collection.ts';
import type { IndexOption } from '../../src/engine/search/elasticsearch-mapping.ts';
import type { Logger } from '../../src/engine/ports.ts';
import type { Servers } from './servers.ts';

export const NAMESPACE = 'default';
export const RETRIEVER = 'learned';
/** Longest a search may take, in milliseconds: what is compared must be whole, also in a slow moment. */
export const DEADLINE = 20_000;
const OPERATION_DEADLINE = 300_000;
const QUIET: Logger = { info: () => undefined, warn: () => undefined, error: console.error };

export const uriOf = (feature: string): string => `bench://projection@1/${feature}`;

/** A collection with its features. */
export interface Shelf {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

/** The product in its production form, twice over the same database and indexes. */
export interface Site {
  readonly option: IndexOption;
  readonly elasticsearch: string;
  /** Begins the names of its indexes; the alias of a collection goes on with its id. */
  readonly prefix: string;
  /** Composed in this process, as a server composes it. */
  readonly engine: Composition;
  /** A server as a process of its own. */
  readonly server: OwnServer;
  readonly client: GraphqlClient;
  /** A collection of this name with the three features, made through the API. */
  shelf(name: string): Promise<Shelf>;
  /** Removes an index that is not needed any more. */
  drop(index: string): Promise<void>;
  /** Ends both and removes the indexes. */
  close(): Promise<void>;
}

export async function openSite(servers: Servers, option: IndexOption): Promise<Site> {
  const prefix = `bench-${process.pid}-${option.replace('_', '-')}-`;
  const environment = {
    DATABASE_URL: await servers.database(),
    ELASTICSEARCH_URL: servers.elasticsearch,
    ELASTICSEARCH_INDEX_OPTION: option,
    ELASTICSEARCH_INDEX_PREFIX: prefix,
    SEARCH_DEADLINE_MS: String(DEADLINE),
    OPERATION_DEADLINE_MS: String(OPERATION_DEADLINE),
  };
  const engine = await compose(readConfig(environment), QUIET);
  const server = await startOwnServer(environment);
  const client = graphqlClient(server.url);
  return {
    option,
    elasticsearch: servers.elasticsearch,
    prefix,
    engine,
    server,
    client,
    shelf: async (name) => {
      await makeShelf(client, name);
      const collection = await requireCollection(engine.ports, NAMESPACE, name);
      return { collection, features: await engine.ports.catalog.featuresOf(collection.id) };
    },
    drop: (index) => removeIndexes(servers.elasticsearch, index),
    close: async () => {
      await server.stop();
      await engine.close();
      await removeIndexes(servers.elasticsearch, prefix);
    },
  };
}

async function makeShelf(client: GraphqlClient, name: string): Promise<void> {
  await client.ask(
    `mutation ($input: CreateCollectionInput!) {
      createCollection(input: $input) { collection { id } userErrors { code message } } }`,
    { input: { name, fields: [{ name: 'place', type: 'NUMBER' }] } },
  );
  for (const field of FEATURES)
    await client.ask(
      `mutation ($input: RegisterFeatureInput!) {
        registerFeature(input: $input) { feature { id } userErrors { code message } } }`,
      { input: { collection: name, uri: uriOf(field), field, dims: DIMS } },
    );
}

/** Measures the backgrounds of a loaded collection and makes the learned retriever over it. */
export async function makeRetriever(client: GraphqlClient, collection: string): Promise<void> {
  await client.ask(
    `mutation ($input: MeasureBackgroundInput!) {
      measureBackground(input: $input) { features { uri } userErrors { code message } } }`,
    { input: { collection } },
  );
  const spec = {
    collections: [collection],
    inputs: FEATURES.map((name) => ({ name, type: 'VECTOR', required: true })),
    searches: FEATURES.map((name) => ({ feature: uriOf(name), input: `{{INPUT.${name}}}`, topK: TOP_K })),
    fusion: { strategy: 'LEARNED', normalization: 'BACKGROUND' },
  };
  await client.ask(
    `mutation ($input: CreateRetrieverInput!) {
      createRetriever(input: $input) { retriever { id } userErrors { code message } } }`,
    { input: { name: RETRIEVER, spec } },
  );
}
