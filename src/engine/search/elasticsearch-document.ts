/** Documents as Elasticsearch stores them. Pure. */
import { hashOrder } from './hash-order.ts';
import { matchValue, type MatchValue } from './match-filter.ts';
import type { Collection, Document, FieldValue } from '../collection/collection.ts';
import type { IndexedFeature } from './elasticsearch-mapping.ts';
import type { Uuid } from '../ids.ts';

/** JSON text of a vector: base64 of big-endian float32, or numbers for servers that do not read that. */
export type VectorForm = (vector: Float32Array) => string;

export const base64Vector: VectorForm = (vector) => `"${bigEndian(vector)}"`;
export const numbersVector: VectorForm = (vector) => JSON.stringify(Array.from(vector));

/** What comes back of a document's source. */
export interface StoredSource {
  readonly source?: {
    readonly fields?: Readonly<Record<string, FieldValue>>;
    readonly vectors?: Readonly<Record<string, string>>;
  };
}

/** The JSON text of one document; `features` are those of its vectors. */
export function documentJson(
  collection: Collection,
  document: Document,
  how: { readonly features: ReadonlyMap<Uuid, IndexedFeature>; readonly form: VectorForm },
): string {
  const indexed = collection.fields.flatMap((field): [string, MatchValue | readonly MatchValue[]][] => {
    const value = document.fields.get(field.name);
    return value === undefined ? [] : [[field.name, withoutMinusZero(matchValue(field, value))]];
  });
  const vectors = [...document.vectors].flatMap(([id, vector]) => {
    const feature = how.features.get(id);
    return feature === undefined ? [] : [{ feature, vector }];
  });
  const plain = JSON.stringify({
    namespace: collection.namespace,
    id: document.id,
    order: hashOrder(document.id),
    present: indexed.map(([name]) => name),
    has: vectors.map(({ feature }) => feature.id),
    fields: Object.fromEntries(indexed),
    source: {
      fields: Object.fromEntries(document.fields),
      vectors: Object.fromEntries(vectors.map(({ feature, vector }) => [feature.id, bigEndian(vector)])),
    },
  });
  const dense = vectors.map(({ feature, vector }) => `${JSON.stringify(feature.field)}:${how.form(vector)}`);
  return `${plain.slice(0, -1)},"vectors":{${dense.join(',')}}}`;
}

/** A document as it was given. */
export function documentFrom(collection: Collection, id: string, { source }: StoredSource): Document {
  const given = new Map(Object.entries(source?.fields ?? {}));
  const fields = collection.fields.flatMap(({ name }): [string, FieldValue][] => {
    const value = given.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const vectors = Object.entries(source?.vectors ?? {}).map(([feature, text]): [Uuid, Float32Array] => [
    feature as Uuid,
    fromBigEndian(text),
  ]);
  return { id, fields: new Map(fields), vectors: new Map(vectors) };
}

/** Elasticsearch tells −0 from 0, filters do not. */
function withoutMinusZero(value: MatchValue | readonly MatchValue[]): MatchValue | readonly MatchValue[] {
  const one = (scalar: MatchValue): MatchValue => (scalar === 0 ? 0 : scalar);
  return typeof value === 'object' ? value.map(one) : one(value);
}

function bigEndian(vector: Float32Array): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (let i = 0; i < vector.length; i += 1) bytes.writeFloatBE(vector[i]!, i * 4);
  return bytes.toString('base64');
}

export function fromBigEndian(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatBE(i * 4));
}
