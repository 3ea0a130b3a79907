import { faultOfFeatureUri } from '../retriever/feature-uri.ts';
import { MAX_DIMS } from '../vector.ts';
import { faultOfPath } from './parse-attached-names.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import type { Collection, EmbedderKind, Feature, Similarity } from './collection.ts';
import type { Fault } from '../errors.ts';

export interface FeatureInput {
  readonly uri: string;
  readonly field: string;
  readonly dims: number;
  readonly similarity?: Similarity | null | undefined;
  readonly sourceFields?: readonly string[] | null | undefined;
  readonly embedder?: EmbedderKind | null | undefined;
  readonly model?: string | null | undefined;
}
export type FeatureDefinition = Pick<
  Feature,
  'uri' | 'field' | 'dims' | 'similarity' | 'sourceFields' | 'embedder' | 'model'
>;

/** Names such as `text-embedding-3-small` or `org/model:tag`. */
const MODEL = /^[\x21-\x7e]{1,200}$/;
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** What a feature's definition is read against. */
type Home = Pick<Collection, 'fields' | 'attached'>;

/** Reads a feature's definition against its collection; all faults at once. */
export function parseFeature(input: FeatureInput, collection: Home): Parsed<FeatureDefinition> {
  return parsedUnless(faultsOfFeature(input, collection), () => featureOf(input));
}

export function faultsOfFeature(input: FeatureInput, collection: Home): readonly Fault[] {
  return [
    ...faultsOfNames(input, collection),
    ...faultsOfDims(input),
    ...faultsOfSources(input, collection),
    ...faultsOfModel(input),
  ];
}

/** The definition of an input without faults. */
export function featureOf(input: FeatureInput): FeatureDefinition {
  return {
    uri: input.uri,
    field: input.field,
    dims: input.dims,
    similarity: input.similarity ?? 'COSINE',
    sourceFields: input.sourceFields ?? [],
    embedder: input.embedder ?? 'NONE',
    model: input.model ?? null,
  };
}

function faultsOfNames({ uri, field }: FeatureInput, { fields, attached }: Home): readonly Fault[] {
  const faults: Fault[] = [];
  const uriFault = faultOfFeatureUri(uri);
  if (uriFault !== null) faults.push({ code: 'INVALID_FEATURE_URI', path: ['uri'], message: uriFault });
  const path = ['field'];
  const fieldFault = attached === undefined ? faultOfFieldName(field) : faultOfPath(field);
  if (fieldFault !== null) faults.push({ code: 'INVALID_VALUE', path, message: fieldFault });
  if (fields.some(({ name }) => name === field))
    faults.push({ code: 'DUPLICATE', path, message: `${field} is a document field already` });
  return faults;
}

function faultOfFieldName(field: string): string | null {
  return FIELD_NAME.test(field) ? null : 'expected 1 to 64 letters, digits or "_", not starting with a digit';
}

function faultsOfDims({ dims }: FeatureInput): readonly Fault[] {
  if (Number.isInteger(dims) && dims >= 1 && dims <= MAX_DIMS) return [];
  return [
    {
      code: 'OUT_OF_RANGE',
      path: ['dims'],
      message: `expected 1 to ${MAX_DIMS} dimensions, got ${dims}`,
    },
  ];
}

function faultsOfSources(
  { sourceFields, embedder }: FeatureInput,
  { fields, attached }: Home,
): readonly Fault[] {
  // Documents of an attached index come with their vectors: only inputs are embedded.
  if (attached === undefined && embedder === 'HASHING' && (sourceFields ?? []).length === 0)
    return [
      { code: 'REQUIRED', path: ['sourceFields'], message: 'the HASHING embedder needs a field to read' },
    ];
  return (sourceFields ?? []).flatMap((name, index): readonly Fault[] => {
    const field = fields.find((declared) => declared.name === name);
    const path = ['sourceFields', index];
    if (field === undefined)
      return [
        {
          code: 'UNKNOWN_FIELD',
          path,
          message: `the collection declares no field ${JSON.stringify(name.slice(0, 80))}`,
        },
      ];
    if (field.type === 'TEXT' || field.type === 'KEYWORD') return [];
    return [
      {
        code: 'TYPE_MISMATCH',
        path,
        message: `expected a TEXT or KEYWORD field, ${name} is ${field.type}`,
      },
    ];
  });
}

function faultsOfModel({ embedder, model }: FeatureInput): readonly Fault[] {
  const path = ['model'];
  if (model == null) {
    if (embedder !== 'ELASTICSEARCH') return [];
    return [
      { code: 'REQUIRED', path, message: 'the ELASTICSEARCH embedder needs the id of an inference endpoint' },
    ];
  }
  if (embedder !== 'OPENAI' && embedder !== 'ELASTICSEARCH')
    return [
      {
        code: 'INVALID_VALUE',
        path,
        message: 'expected no model: only the OPENAI and ELASTICSEARCH embedders have one',
      },
    ];
  if (MODEL.test(model)) return [];
  return [{ code: 'INVALID_VALUE', path, message: 'expected 1 to 200 visible ASCII characters' }];
}
