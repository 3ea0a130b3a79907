import { faultOfIndexName, faultOfPath, faultOfRouting } from './parse-attached-names.ts';
import { faultsOfFeature, featureOf, type FeatureDefinition, type FeatureInput } from './parse-feature.ts';
import { parseCollection, type CollectionInput } from './parse-collection.ts';
import { parsedUnless, type Parsed } from '../parsed.ts';
import type { AttachedIndex, FieldDeclaration } from './collection.ts';
import type { Fault, Path } from '../errors.ts';

export interface AttachInput {
  readonly name: string;
  readonly index: string;
  readonly idField?: string | null | undefined;
  readonly routing?: string | null | undefined;
  readonly fields: readonly (CollectionInput['fields'][number] & {
    readonly path?: string | null | undefined;
  })[];
  readonly features: readonly FeatureInput[];
}

export interface AttachDefinition {
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  readonly attached: AttachedIndex;
  readonly features: readonly FeatureDefinition[];
}

const MAX_FEATURES = 100;

/** Reads the definition of an attached collection with its features; all faults at once. */
export function parseAttached(input: AttachInput): Parsed<AttachDefinition> {
  const collection = parseCollection(input);
  const attached = { index: input.index, idField: input.idField ?? null, routing: input.routing ?? null };
  const faults = [
    ...(collection.ok ? [] : collection.faults),
    ...faultsOfPlaces(input),
    ...faultsOfFeatures(input, attached),
  ];
  return parsedUnless(faults, () => ({
    name: input.name,
    fields: collection.ok ? collection.value.fields.map((field, at) => withPath(field, input, at)) : [],
    attached,
    features: input.features.map(featureOf),
  }));
}

function withPath(field: FieldDeclaration, { fields }: AttachInput, at: number): FieldDeclaration {
  const path = fields[at]?.path ?? field.name;
  return path === field.name ? field : { ...field, path };
}

function faultsOfPlaces({ index, idField, routing, fields }: AttachInput): readonly Fault[] {
  const invalid = (path: Path, message: string | null): readonly Fault[] =>
    message === null ? [] : [{ code: 'INVALID_VALUE', path, message }];
  return [
    ...invalid(['index'], faultOfIndexName(index)),
    ...invalid(['idField'], idField == null ? null : faultOfPath(idField)),
    ...invalid(['routing'], routing == null ? null : faultOfRouting(routing)),
    ...fields.flatMap(({ path }, at) =>
      invalid(['fields', at, 'path'], path == null ? null : faultOfPath(path)),
    ),
  ];
}

function faultsOfFeatures({ fields, features }: AttachInput, attached: AttachedIndex): readonly Fault[] {
  if (features.length > MAX_FEATURES)
    return [
      {
        code: 'OUT_OF_RANGE',
        path: ['features'],
        message: `expected at most ${MAX_FEATURES} features, got ${features.length}`,
      },
    ];
  const home = {
    attached,
    fields: fields.map(({ name, type, many }) => ({ name, type, many: many ?? false })),
  };
  return features.flatMap((feature, at) => {
    const repeated = (['uri', 'field'] as const).filter((key) =>
      features.slice(0, at).some((earlier) => earlier[key] === feature[key]),
    );
    return [
      ...faultsOfFeature(feature, home).map((fault) => ({ ...fault, path: ['features', at, ...fault.path] })),
      ...repeated.map((key): Fault => {
        return { code: 'DUPLICATE', path: ['features', at, key], message: `${feature[key]} is named twice` };
      }),
    ];
  });
}
