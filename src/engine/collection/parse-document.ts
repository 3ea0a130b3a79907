import { faultOfId, type Uuid } from '../ids.ts';
import { isZeroVector, type GivenVector } from '../vector.ts';
import { parseDate } from '../retriever/parse-filter.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import type {
  Collection,
  Document,
  Feature,
  FieldDeclaration,
  FieldScalar,
  FieldValue,
  FieldValues,
} from './collection.ts';
import type { Fault, Path } from '../errors.ts';

export interface DocumentInput {
  readonly id: string;
  /** A JSON object: field name to value. */
  readonly fields?: unknown;
  /** A feature's vector, by URI or field name; null: the document has none, and none is made. */
  readonly vectors?:
    | readonly { readonly feature: string; readonly vector?: GivenVector | null | undefined }[]
    | null
    | undefined;
}

export interface ParsedDocument {
  readonly document: Document;
  /** Features given as null. */
  readonly nulledFeatures: ReadonlySet<Uuid>;
}

export interface DocumentSchema {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

const MAX_VALUES = 1_000;
const MAX_TEXT_BYTES = 1_048_576;
const MAX_KEYWORD_BYTES = 32_766;

/** Reads a document against its collection; all faults at once. */
export function parseDocument(
  input: DocumentInput,
  schema: DocumentSchema,
  path: Path,
): Parsed<ParsedDocument> {
  const faults: Fault[] = [];
  const idFault = faultOfId(input.id);
  if (idFault !== null) faults.push({ code: 'INVALID_ID', path: [...path, 'id'], message: idFault });
  const fields = readFields(input.fields ?? {}, schema.collection, { path: [...path, 'fields'], faults });
  const { vectors, nulled } = readVectors(input.vectors ?? [], schema, {
    path: [...path, 'vectors'],
    faults,
  });
  return parsedUnless(faults, () => ({
    document: { id: input.id, fields, vectors },
    nulledFeatures: nulled,
  }));
}

interface At {
  readonly path: Path;
  readonly faults: Fault[];
}

function readFields(given: unknown, collection: Collection, { path, faults }: At): FieldValues {
  const values = new Map<string, FieldValue>();
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    faults.push({ code: 'TYPE_MISMATCH', path, message: 'expected an object of field names and values' });
    return values;
  }
  for (const [name, value] of Object.entries(given)) {
    const declared = collection.fields.find((field) => field.name === name);
    if (declared === undefined)
      faults.push({
        code: 'UNKNOWN_FIELD',
        path: [...path, name.slice(0, 80)],
        message: `the collection declares ${collection.fields.map((field) => field.name).join(', ') || 'no fields'}`,
      });
    else if (value !== null) {
      const read = readValue(declared, value, { path: [...path, name], faults });
      if (read !== null) values.set(name, read);
    }
  }
  return values;
}

function readValue(field: FieldDeclaration, value: unknown, { path, faults }: At): FieldValue | null {
  if (!field.many) return readScalar(field, value, { path, faults });
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_VALUES) {
    faults.push({
      code: 'OUT_OF_RANGE',
      path,
      message: `expected at most ${MAX_VALUES} values, got ${list.length}`,
    });
    return null;
  }
  const read = list.flatMap(
    (item, index) => readScalar(field, item, { path: [...path, index], faults }) ?? [],
  );
  return read.length > 0 ? read : null;
}

function readScalar(field: FieldDeclaration, value: unknown, { path, faults }: At): FieldScalar | null {
  const fault = (code: Fault['code'], message: string): null => {
    faults.push({ code, path, message });
    return null;
  };
  const wrong = (): null =>
    fault(
      'TYPE_MISMATCH',
      `${field.name} is ${field.type}, got ${Array.isArray(value) ? 'a list' : typeof value}`,
    );
  switch (field.type) {
    case 'KEYWORD':
    case 'TEXT': {
      if (typeof value !== 'string') return wrong();
      if (value.includes('\0') || !value.isWellFormed())
        return fault('INVALID_VALUE', 'expected well-formed Unicode without NUL');
      const most = field.type === 'TEXT' ? MAX_TEXT_BYTES : MAX_KEYWORD_BYTES;
      const bytes = Buffer.byteLength(value, 'utf8');
      return bytes <= most ? value : fault('OUT_OF_RANGE', `expected at most ${most} bytes, got ${bytes}`);
    }
    case 'NUMBER':
      if (typeof value !== 'number') return wrong();
      return Number.isFinite(value) ? value : fault('NON_FINITE', `expected a finite number, got ${value}`);
    case 'BOOLEAN':
      return typeof value === 'boolean' ? value : wrong();
    case 'DATE': {
      const time = typeof value === 'string' ? parseDate(value) : null;
      if (time === null)
        return fault(
          'TYPE_MISMATCH',
          'expected a date in ISO 8601, such as 2024-05-01 or 2024-05-01T12:00:00Z',
        );
      return new Date(time).toISOString();
    }
  }
}

function readVectors(
  given: NonNullable<DocumentInput['vectors']>,
  { features }: DocumentSchema,
  { path, faults }: At,
): { readonly vectors: ReadonlyMap<Uuid, Float32Array>; readonly nulled: ReadonlySet<Uuid> } {
  const vectors = new Map<Uuid, Float32Array>();
  const nulled = new Set<Uuid>();
  given.forEach(({ feature: name, vector }, index) => {
    const feature = features.find(({ uri, field }) => uri === name || field === name);
    const at = [...path, index];
    if (feature === undefined)
      faults.push({
        code: 'UNKNOWN_FEATURE',
        path: [...at, 'feature'],
        message: `the collection has ${features.map(({ uri }) => uri).join(', ') || 'no features'}`,
      });
    else if (vectors.has(feature.id) || nulled.has(feature.id))
      faults.push({ code: 'DUPLICATE', path: [...at, 'feature'], message: `${feature.uri} is given twice` });
    else if (vector == null) nulled.add(feature.id);
    else if (!(vector instanceof Float32Array)) faults.push({ ...vector, path: [...at, 'vector'] });
    else {
      const fault = faultOfVector(feature, vector);
      if (fault === null) vectors.set(feature.id, vector);
      else faults.push({ ...fault, path: [...at, 'vector'] });
    }
  });
  return { vectors, nulled };
}

function faultOfVector(feature: Feature, vector: Float32Array): Omit<Fault, 'path'> | null {
  if (vector.length !== feature.dims)
    return {
      code: 'WRONG_DIMENSIONS',
      message: `${feature.uri} has ${feature.dims} dimensions, got ${vector.length}`,
    };
  if (!vector.every(Number.isFinite)) return { code: 'NON_FINITE', message: 'expected finite 32-bit floats' };
  if (isZeroVector(vector))
    return {
      code: 'ZERO_VECTOR',
      message: 'a zero vector points nowhere; give null where the document lacks the feature',
    };
  return null;
}

/** The text a feature's embedder reads: its source fields joined by newlines; null where all are empty. */
export function sourceText(feature: Pick<Feature, 'sourceFields'>, fields: FieldValues): string | null {
  const texts = feature.sourceFields.flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : [typeof value === 'object' ? value.join('\n') : String(value)];
  });
  const text = texts.join('\n');
  return text.trim() === '' ? null : text;
}
