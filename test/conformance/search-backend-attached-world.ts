/** The documents of the laws in indexes that somebody else made: other paths, other types, two behind one alias. */
import { unitVector } from '../support/vectors.ts';
import { KINDS } from './search-backend-filters.ts';
import { FIELDS, newCollection, newFeature, randomDocuments } from './search-backend-world.ts';
import type {
  Collection,
  Document,
  Feature,
  FieldDeclaration,
  FieldType,
} from '../../src/engine/collection/collection.ts';
import type { RawElasticsearch } from '../support/elasticsearch-raw.ts';
import type { SearchWorld } from './search-backend.ts';

type Json = Readonly<Record<string, unknown>>;

const MAPPED: Readonly<Record<FieldType, Json>> = {
  KEYWORD: { type: 'text', fields: { raw: { type: 'keyword' } } },
  TEXT: { type: 'text' },
  NUMBER: { type: 'double' },
  BOOLEAN: { type: 'boolean' },
  DATE: { type: 'date', format: 'uuuu/MM/dd HH:mm:ss.SSS' },
};
/** Cosine as other people index it: by the dot product of vectors of length 1. */
const VECTORS = {
  COSINE: { similarity: 'dot_product', index_options: { type: 'hnsw' } },
  DOT_PRODUCT: { similarity: 'max_inner_product', index_options: { type: 'flat' } },
  L2: { similarity: 'l2_norm', index_options: { type: 'hnsw' } },
} as const;

export const ATTACHED_MAPPING: Json = {
  properties: {
    sku: { type: 'keyword' },
    props: { properties: Object.fromEntries(FIELDS.map(({ name, type }) => [name, MAPPED[type]])) },
    embeddings: {
      properties: Object.fromEntries(
        Object.entries(VECTORS).map(([name, how]) => [name, { type: 'dense_vector', dims: 8, ...how }]),
      ),
    },
  },
};

/** A declared field where it lies: keywords are multi-fields of texts. */
function placed(field: FieldDeclaration): FieldDeclaration {
  return { ...field, path: `props.${field.name}${field.type === 'KEYWORD' ? '.raw' : ''}` };
}

export interface AttachedWorld extends SearchWorld {
  /** The two indexes behind the alias. */
  readonly indexes: readonly [string, string];
}

/** A collection over the alias `name`, and the documents that `fill` puts behind it. */
export function attachedWorld(server: () => RawElasticsearch, name: string): AttachedWorld {
  const collection: Collection = {
    ...newCollection(),
    fields: FIELDS.map(placed),
    attached: { index: name, idField: 'sku', routing: null },
  };
  const feature = (similarity: keyof typeof VECTORS): Feature => ({
    ...newFeature(collection, similarity),
    field: `embeddings.${similarity}`,
  });
  const features = [feature('COSINE'), feature('DOT_PRODUCT'), feature('L2')] as const;
  const documents = randomDocuments(features, 400, 'laws').map((document) => withUnit(document, features[0]));
  const indexes = [`${name}-a`, `${name}-b`] as const;
  return {
    collection,
    features,
    documents,
    // Words are what the index's own analyzer makes of a text: the laws' judge cannot know.
    kinds: { ...KINDS, TEXT: ['exists'] },
    indexes,
    fill: async () => {
      const { send, fill } = server();
      for (const [half, index] of indexes.entries()) {
        const settings = { number_of_replicas: 0, number_of_shards: 1 };
        await send('PUT', `/${index}`, { settings, mappings: ATTACHED_MAPPING, aliases: { [name]: {} } });
        const own = documents.filter((_, at) => at % 2 === half);
        await fill(index, new Map(own.map((document) => [document.id, foreignDocument(document, features)])));
      }
    },
  };
}

function withUnit(document: Document, feature: Feature): Document {
  const vector = document.vectors.get(feature.id);
  if (vector === undefined) return document;
  return { ...document, vectors: new Map([...document.vectors, [feature.id, unitVector(vector)]]) };
}

/** A document as its owner keeps it. */
export function foreignDocument({ id, fields, vectors }: Document, features: readonly Feature[]): Json {
  const one = (type: FieldType, value: unknown): unknown =>
    type === 'DATE' ? String(value).replaceAll('-', '/').replace('T', ' ').replace('Z', '') : value;
  const props = FIELDS.flatMap(({ name, type }) => {
    const value = fields.get(name);
    if (value === undefined) return [];
    return [[name, typeof value === 'object' ? value.map((each) => one(type, each)) : one(type, value)]];
  });
  const embeddings = features.flatMap((feature) => {
    const vector = vectors.get(feature.id);
    return vector === undefined ? [] : [[feature.similarity, Array.from(vector)]];
  });
  return {
    sku: id,
    props: Object.fromEntries(props) as Json,
    embeddings: Object.fromEntries(embeddings) as Json,
  };
}
