/** Whether an index that somebody else made holds what a collection declares. Pure. */
import { pathOf } from './elasticsearch-attached-layout.ts';
import { placedFields, type ForeignMapping, type PlacedField } from './elasticsearch-attached-mapping.ts';
import {
  SIMILARITIES,
  type Collection,
  type Feature,
  type FieldDeclaration,
  type FieldType,
  type Similarity,
} from '../collection/collection.ts';
import type { Fault, Path } from '../errors.ts';

type Fields = ReadonlyMap<string, PlacedField>;

/** Types of Elasticsearch that hold a declared type. */
const FITTING: Readonly<Record<FieldType, readonly string[]>> = {
  KEYWORD: ['keyword', 'constant_keyword', 'wildcard'],
  TEXT: ['text', 'match_only_text'],
  NUMBER: [
    'long',
    'integer',
    'short',
    'byte',
    'double',
    'float',
    'half_float',
    'scaled_float',
    'unsigned_long',
  ],
  BOOLEAN: ['boolean'],
  DATE: ['date', 'date_nanos'],
};

/** Similarities of Elasticsearch that give a declared one; dot_product only takes vectors of length 1. */
const MEASURING: Readonly<Record<Similarity, readonly string[]>> = {
  COSINE: ['cosine', 'dot_product'],
  DOT_PRODUCT: ['max_inner_product'],
  L2: ['l2_norm'],
};
/** Whose numbers are floats; others hold bytes or bits, which are compared otherwise. */
const FLOATS = ['float', 'bfloat16'];

/** What is wrong with the mapping of one index, each with the path of what declares it. */
export function misfits(
  mapping: ForeignMapping,
  { fields, attached }: Pick<Collection, 'fields' | 'attached'>,
  features: readonly Feature[],
): readonly Fault[] {
  if (mapping._meta?.reweigh !== undefined)
    return [fault(['index'], 'it is one of a server’s own indexes: search its collection instead')];
  const placed = placedFields(mapping);
  const idField = attached?.idField ?? null;
  const { enabled = true, mode = 'stored' } = mapping._source ?? {};
  return [
    ...(enabled && mode !== 'disabled'
      ? []
      : [fault(['index'], 'it keeps no _source to read documents from')]),
    ...(idField === null ? [] : idFaults(idField, placed)),
    ...fields.flatMap((field, at) => fieldFaults(field, placed, ['fields', at])),
    ...features.flatMap((feature, at) => featureFaults(feature, placed, ['features', at])),
  ];
}

function fault(path: Path, message: string): Fault {
  return { code: 'INDEX_MISMATCH', path, message };
}

function idFaults(idField: string, placed: Fields): readonly Fault[] {
  const found = placed.get(idField);
  const isSortable = found?.type === 'keyword' && found.doc_values !== false && !found.isNested;
  if (isSortable) return [];
  const got = found === undefined ? 'it has none' : `${idField} is ${nameOf(found)}`;
  return [fault(['idField'], `expected a keyword field with doc values that repeats the id, ${got}`)];
}

function fieldFaults(field: FieldDeclaration, placed: Fields, at: Path): readonly Fault[] {
  const path = pathOf(field);
  const found = placed.get(path);
  if (found === undefined) return [fault([...at, 'path'], `there is no field ${path}`)];
  if (found.isNested)
    return [fault([...at, 'path'], `${path} lies in a nested field, which filters do not see`)];
  if (!FITTING[field.type].includes(found.type))
    return [
      fault(
        [...at, 'type'],
        `expected ${FITTING[field.type].join(' or ')}, ${path} is ${nameOf(found)}${hint(field, placed)}`,
      ),
    ];
  const isFilterable = found.index !== false || (field.type !== 'TEXT' && found.doc_values !== false);
  return isFilterable ? [] : [fault([...at, 'path'], `${path} is not indexed, so filters cannot use it`)];
}

/** What would fit: another type, or a multi-field of this one. */
function hint(field: FieldDeclaration, placed: Fields): string {
  const path = pathOf(field);
  const type = (Object.keys(FITTING) as FieldType[]).find((one) =>
    FITTING[one].includes(placed.get(path)?.type ?? ''),
  );
  const below = [...placed].find(
    ([other, { type: found }]) => other.startsWith(`${path}.`) && FITTING[field.type].includes(found),
  );
  const ways = [
    ...(type === undefined ? [] : [`declare it as ${type}`]),
    ...(below === undefined ? [] : [`give the path ${below[0]}`]),
  ];
  return ways.length === 0 ? '' : `: ${ways.join(', or ')}`;
}

function featureFaults(feature: Feature, placed: Fields, at: Path): readonly Fault[] {
  const { field, dims, similarity } = feature;
  const found = placed.get(field);
  const misplaced = (message: string): readonly Fault[] => [fault([...at, 'field'], message)];
  if (found === undefined) return misplaced(`there is no field ${field}`);
  if (found.isNested)
    return misplaced(`${field} lies in a nested field, where a document has several vectors`);
  if (found.type !== 'dense_vector') return misplaced(`expected dense_vector, ${field} is ${nameOf(found)}`);
  const { index = true, element_type: element = 'float', similarity: measure = 'cosine' } = found;
  if (!FLOATS.includes(element)) return misplaced(`expected vectors of floats, ${field} holds ${element}`);
  if (!index) return misplaced(`${field} is not indexed (index: false), so it cannot be searched`);
  const fitting = SIMILARITIES.find((one) => MEASURING[one].includes(measure));
  return [
    ...(found.dims === dims
      ? []
      : [fault([...at, 'dims'], `expected ${dims} dimensions, ${field} has ${found.dims ?? 'none yet'}`)]),
    ...(fitting === similarity
      ? []
      : [
          fault(
            [...at, 'similarity'],
            `expected ${MEASURING[similarity].join(' or ')}, ${field} has ${measure}${fitting === undefined ? '' : `: declare ${fitting}`}`,
          ),
        ]),
  ];
}

function nameOf({ type }: PlacedField): string {
  return type === 'object' ? 'an object' : type;
}
