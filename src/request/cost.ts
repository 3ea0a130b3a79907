import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
/** A number, or what it is once the variables are known. */
type Amount = number | ((variables: Variables) => number);

/**
 * Fields an answer can hold at most: fixed + perItem × s, where s is the length of the list that an enclosing
 * `first` sizes (such as the edges of a connection).
 */
interface Cost {
  readonly fixed: Amount;
  readonly perItem: Amount;
}

/** Length taken for a list that no argument sizes. */
const UNSIZED = 10;
/** Cost of reading the schema, whatever of it is asked for. */
const INTROSPECTION = 1_000;
const SIZE_NAMES = ['first', 'last', 'limit'];

/** The cost of one operation with given variables. */
export type OperationCost = (variables: Variables) => number;

/**
 * cost = Σ over fields of 1, times the length of every list around it. A list is as long as the nearest `first`,
 * `last` or `limit` of the field or of one around it, as the longest list given in an argument (items of a
 * mutation), or 10. Compiled once per document, so that a request only pays for its variables.
 * The document must have been validated against the schema.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
): (operation: string | null) => OperationCost {
  const compiled = new Map<string | null, OperationCost>();
  const fragments = fragmentsOf(document);
  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION)
      compiled.set(definition.name?.value ?? null, compileOperation({ schema, fragments }, definition));
  const [only] = compiled.size === 1 ? compiled.values() : [];
  return (operation) => (operation === null ? only : compiled.get(operation)) ?? ((): number => 0);
}

interface Place {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((node) => [node.name.value, node]));
}

function compileOperation(place: Place, operation: OperationDefinitionNode): OperationCost {
  const root = place.schema.getRootType(operation.operation);
  if (root === undefined || root === null) return () => 0;
  const { fixed, perItem } = ofSelections(place, operation.selectionSet, root);
  const total = plus(fixed, times(perItem, UNSIZED));
  const defaults = defaultsOf(operation);
  return (variables) => (typeof total === 'number' ? total : total({ ...defaults, ...variables }));
}

function defaultsOf(operation: OperationDefinitionNode): Variables {
  const given = (operation.variableDefinitions ?? []).filter((node) => node.defaultValue !== undefined);
  return Object.fromEntries(
    given.map((node) => [node.variable.name.value, valueFromASTUntyped(node.defaultValue!)]),
  );
}

function ofSelections(place: Place, set: SelectionSetNode, parent: GraphQLNamedType): Cost {
  let sum: Cost = { fixed: 0, perItem: 0 };
  for (const node of set.selections) {
    const part = node.kind === Kind.FIELD ? ofField(place, node, parent) : ofFragment(place, node, parent);
    sum = { fixed: plus(sum.fixed, part.fixed), perItem: plus(sum.perItem, part.perItem) };
  }
  return sum;
}

type Fragment = Exclude<SelectionSetNode['selections'][number], FieldNode>;

function ofFragment(place: Place, node: Fragment, parent: GraphQLNamedType): Cost {
  const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : place.fragments.get(node.name.value);
  if (fragment === undefined) return { fixed: 0, perItem: 0 };
  const name = fragment.typeCondition?.name.value;
  const type = name === undefined ? parent : place.schema.getType(name);
  return type === undefined ? { fixed: 0, perItem: 0 } : ofSelections(place, fragment.selectionSet, type);
}

function ofField(place: Place, node: FieldNode, parent: GraphQLNamedType): Cost {
  if (node.name.value.startsWith('__'))
    return { fixed: node.selectionSet === undefined ? 1 : INTROSPECTION, perItem: 0 };
  const field =
    isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  if (field === undefined) return { fixed: 1, perItem: 0 };
  const type = getNamedType(field.type);
  const none: Cost = { fixed: 0, perItem: 0 };
  const inside =
    node.selectionSet !== undefined && isCompositeType(type)
      ? ofSelections(place, node.selectionSet, type)
      : none;
  const size = sizeOf(field, node);
  if (!isListType(getNullableType(field.type)))
    return size === null
      ? { fixed: plus(1, inside.fixed), perItem: inside.perItem }
      : { fixed: plus(1, plus(inside.fixed, times(inside.perItem, size))), perItem: 0 };
  const item = plus(inside.fixed, times(inside.perItem, UNSIZED));
  return size === null ? { fixed: 1, perItem: item } : { fixed: plus(1, times(item, size)), perItem: 0 };
}

/** The list length that the field's arguments ask for; null where they say nothing of it. */
function sizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Amount | null {
  if (field.args.length === 0) return null;
  const fallback = defaultSize(field.args);
  const given = node.arguments ?? [];
  const read = (variables: Variables): number | null =>
    sizeIn(
      Object.fromEntries(given.map((arg) => [arg.name.value, valueFromASTUntyped(arg.value, variables)])),
    );
  if (!given.some((arg) => hasVariable(arg.value))) return read({}) ?? fallback;
  return (variables) => read(variables) ?? fallback ?? UNSIZED;
}

function defaultSize(args: readonly GraphQLArgument[]): number | null {
  const sized = args.find(({ name }) => SIZE_NAMES.includes(name));
  if (typeof sized?.defaultValue === 'number') return sized.defaultValue;
  for (const arg of args) {
    const type = getNamedType(arg.type);
    if (!isInputObjectType(type)) continue;
    const inner = Object.values(type.getFields()).find(({ name }) => SIZE_NAMES.includes(name));
    if (typeof inner?.defaultValue === 'number') return inner.defaultValue;
  }
  return null;
}

/** `first` and the like among the arguments or one level in; else the length of the longest list there. */
function sizeIn(values: Variables): number | null {
  const levels = [values, ...Object.values(values).filter(isRecord)].flatMap((level) =>
    Object.entries(level),
  );
  const isSize = (name: string): boolean => SIZE_NAMES.includes(name);
  const sizes = levels.flatMap(([name, value]) =>
    isSize(name) && Number.isFinite(value) ? [Number(value)] : [],
  );
  if (sizes.length > 0) return Math.max(0, ...sizes);
  const lists = levels.flatMap(([name, value]) =>
    !isSize(name) && Array.isArray(value) ? [value.length] : [],
  );
  return lists.length === 0 ? null : Math.max(...lists);
}

function isRecord(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasVariable(node: FieldNodeValue): boolean {
  if (node.kind === Kind.VARIABLE) return true;
  if (node.kind === Kind.LIST) return node.values.some(hasVariable);
  return node.kind === Kind.OBJECT && node.fields.some((field) => hasVariable(field.value));
}

type FieldNodeValue = NonNullable<FieldNode['arguments']>[number]['value'];

function plus(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  return (variables) => valueOf(a, variables) + valueOf(b, variables);
}

function times(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  return (variables) => valueOf(a, variables) * valueOf(b, variables);
}

function valueOf(amount: Amount, variables: Variables): number {
  return typeof amount === 'number' ? amount : amount(variables);
}
