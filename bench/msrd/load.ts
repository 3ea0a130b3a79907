import type { Film, Pack } from './pack.ts';
import type { GraphqlClient } from '../support/graphql.ts';

export const COLLECTION = 'films';
const BATCH = 500;

export const uriOf = (feature: string): string => `pack://projection@1/${feature}`;
export const fieldOf = (feature: string): string => `${feature}Vector`;

export interface MeasuredBackground {
  readonly uri: string;
  readonly mean: number;
  readonly deviation: number;
}

/** Creates the collection with its features, indexes all films, and measures the backgrounds. */
export async function loadFilms(client: GraphqlClient, pack: Pack): Promise<void> {
  await client.ask(
    `mutation ($input: CreateCollectionInput!) {
      createCollection(input: $input) { collection { id } userErrors { code message } } }`,
    {
      input: {
        name: COLLECTION,
        fields: [
          { name: 'title', type: 'TEXT' },
          { name: 'year', type: 'NUMBER' },
          { name: 'genres', type: 'KEYWORD', many: true },
        ],
      },
    },
  );
  for (const feature of pack.features)
    await client.ask(
      `mutation ($input: RegisterFeatureInput!) {
        registerFeature(input: $input) { feature { id } userErrors { code message } } }`,
      {
        input: { collection: COLLECTION, uri: uriOf(feature), field: fieldOf(feature), dims: pack.dims },
      },
    );
  for (let from = 0; from < pack.films.length; from += BATCH)
    await indexBatch(client, pack, pack.films.slice(from, from + BATCH));
}

async function indexBatch(client: GraphqlClient, pack: Pack, films: readonly Film[]): Promise<void> {
  const documents = films.map(({ id, title, year, genres, vectors }) => ({
    id,
    fields: { title, year, genres },
    vectors: pack.features.map((feature, index) => ({ feature: uriOf(feature), vector: vectors[index] })),
  }));
  const { indexDocuments } = await client.ask<{ readonly indexDocuments: { readonly refused: number } }>(
    `mutation ($input: IndexDocumentsInput!) {
      indexDocuments(input: $input) { indexed refused userErrors { code message } } }`,
    { input: { collection: COLLECTION, documents } },
  );
  if (indexDocuments.refused > 0) throw new Error(`${indexDocuments.refused} films were refused`);
}

/** Measures the backgrounds again, now that all films are there. */
export async function measureBackgrounds(client: GraphqlClient): Promise<readonly MeasuredBackground[]> {
  const { measureBackground } = await client.ask<{
    readonly measureBackground: {
      readonly features: readonly {
        readonly uri: string;
        readonly background: Omit<MeasuredBackground, 'uri'>;
      }[];
    };
  }>(
    `mutation ($input: MeasureBackgroundInput!) {
      measureBackground(input: $input) { features { uri background { mean deviation } } userErrors { code message } } }`,
    { input: { collection: COLLECTION } },
  );
  return measureBackground.features.map(({ uri, background }) => ({ uri, ...background }));
}
