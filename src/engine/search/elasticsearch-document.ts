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

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

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
    return feature === undefined ? [] : [{ feature, vector, text: bigEndian(vector) }];
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
      vectors: Object.fromEntries(vectors.map(({ feature, text }) => [feature.id, text])),
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

/** Both turn all bytes around at once where the processor is little-endian, as they all are. */
function bigEndian(vector: Float32Array): string {
  const copy = Buffer.from(vector.slice().buffer);
  return (IS_LITTLE_ENDIAN ? copy.swap32() : copy).toString('base64');
}

export function fromBigEndian(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  if (IS_LITTLE_ENDIAN) bytes.swap32();
  const vector = new Float32Array(bytes.length / 4);
  Buffer.from(vector.buffer).set(bytes);
  return vector;
}
