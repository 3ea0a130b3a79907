/** Fields of an index that somebody else made, by path. Pure. */

/** One field of a mapping, as Elasticsearch tells it. */
export interface MappedField {
  readonly type?: string;
  readonly properties?: MappedFields;
  /** Multi-fields: the same value, indexed otherwise. */
  readonly fields?: MappedFields;
  /** Of an alias: the path it stands for. */
  readonly path?: string;
  readonly index?: boolean;
  readonly doc_values?: boolean;
  readonly dims?: number;
  readonly similarity?: string;
  readonly element_type?: string;
}
type MappedFields = Readonly<Record<string, MappedField>>;

export interface ForeignMapping {
  readonly _meta?: { readonly reweigh?: unknown };
  readonly _source?: { readonly enabled?: boolean; readonly mode?: string };
  readonly properties?: MappedFields;
  readonly runtime?: MappedFields;
}

/** A field where values lie, or would: objects have the type object. */
export interface PlacedField extends MappedField {
  readonly type: string;
  /** Inside a nested field: only searches made for it see such values. */
  readonly isNested: boolean;
}

/** Every field by its path, multi-fields and runtime fields too; an alias is what it stands for. */
export function placedFields({
  properties = {},
  runtime = {},
}: ForeignMapping): ReadonlyMap<string, PlacedField> {
  const placed = new Map<string, PlacedField>();
  place(properties, { prefix: '', isNested: false }, placed);
  for (const [path, field] of Object.entries(runtime))
    placed.set(path, { ...field, type: field.type ?? 'object', isNested: false });
  for (const [path, { type, path: target }] of placed) {
    const meant = type === 'alias' && target !== undefined ? placed.get(target) : undefined;
    if (meant !== undefined) placed.set(path, meant);
  }
  return placed;
}

function place(
  fields: MappedFields,
  { prefix, isNested }: { readonly prefix: string; readonly isNested: boolean },
  placed: Map<string, PlacedField>,
): void {
  for (const [name, field] of Object.entries(fields)) {
    const path = `${prefix}${name}`;
    const type = field.type ?? 'object';
    placed.set(path, { ...field, type, isNested });
    const below = { prefix: `${path}.`, isNested: isNested || type === 'nested' };
    place(field.properties ?? {}, below, placed);
    place(field.fields ?? {}, below, placed);
  }
}
