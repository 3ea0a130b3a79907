import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ErrorCode } from '../engine/errors.ts';
import type { DocumentLimits } from './limits.ts';
import { requestError } from './refuse-request.ts';

/** Counts over a selection set with every use of a fragment written out. */
interface Shape {
  /** Levels of nested fields; a fragment counts as the level it is used on. */
  readonly depth: number;
  /** Fields and uses of fragments. */
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** How often the most repeated field stands in one selection set. */
  readonly repeats: number;
}

const NOTHING: Shape = { depth: 0, fields: 0, aliases: 0, directives: 0, repeats: 0 };

/** Thrown while measuring and caught in faultsOfStructure: a fragment that contains itself has no size. */
class FragmentCycle extends Error {}

/**
 * What makes a parsed document too large to be validated, let alone run. One pass, linear in the document:
 * it runs before validation, whose rules are quadratic in repeated fields and chained fragments.
 */
export function faultsOfStructure(document: DocumentNode, limits: DocumentLimits): readonly GraphQLError[] {
  const measure = fragmentMeasure(document);
  try {
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
    const shapes = document.definitions.map((definition) => {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) return measure.fragment(definition.name.value);
      if (definition.kind !== Kind.OPERATION_DEFINITION) return NOTHING;
      const variables = definition.variableDefinitions ?? [];
      const directives = [definition, ...variables].reduce(
        (sum, node) => sum + (node.directives?.length ?? 0),
        0,
      );
      return withDirectives(measure.set(definition.selectionSet), directives);
    });
    return faultsOfShape({ ...shapes.reduce(largest, NOTHING), fragments }, limits);
  } catch (error) {
    if (error instanceof FragmentCycle) return [requestError('GRAPHQL_VALIDATION_FAILED', error.message)];
    throw error;
  }
}

function faultsOfShape(
  shape: Shape & { readonly fragments: number },
  limits: DocumentLimits,
): readonly GraphQLError[] {
  const checks: readonly (readonly [ErrorCode, string, number, number])[] = [
    ['TOO_DEEP', 'levels of nested fields', shape.depth, limits.MAX_DEPTH],
    ['TOO_MANY_FIELDS', 'fields in an operation', shape.fields, limits.MAX_FIELDS],
    ['TOO_MANY_FIELDS', 'repetitions of one field', shape.repeats, limits.MAX_REPEATS],
    ['TOO_MANY_FRAGMENTS', 'fragments in a document', shape.fragments, limits.MAX_FRAGMENTS],
    ['TOO_MANY_ALIASES', 'aliases in an operation', shape.aliases, limits.MAX_ALIASES],
    ['TOO_MANY_DIRECTIVES', 'directives in an operation', shape.directives, limits.MAX_DIRECTIVES],
  ];
  return checks
    .filter(([, , got, most]) => got > most)
    .map(([code, what, got, most]) => requestError(code, `expected at most ${most} ${what}, got ${got}`));
}

interface Measure {
  set(set: SelectionSetNode): Shape;
  fragment(name: string): Shape;
}

function fragmentMeasure(document: DocumentNode): Measure {
  const definitions = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) definitions.set(definition.name.value, definition);
  const known = new Map<string, Shape | 'being measured'>();
  const measure: Measure = {
    set: (set) => {
      const inside = set.selections.reduce((sum, node) => plus(sum, shapeOf(node, measure)), NOTHING);
      return { ...inside, repeats: Math.max(inside.repeats, mostRepeated(set)) };
    },
    fragment: (name) => {
      const shape = known.get(name);
      if (shape === 'being measured') throw new FragmentCycle(`fragment ${name} contains itself`);
      if (shape !== undefined) return shape;
      const definition = definitions.get(name);
      if (definition === undefined) return NOTHING;
      known.set(name, 'being measured');
      const measured = withDirectives(
        measure.set(definition.selectionSet),
        definition.directives?.length ?? 0,
      );
      known.set(name, measured);
      return measured;
    },
  };
  return measure;
}

function shapeOf(node: SelectionNode, measure: Measure): Shape {
  const directives = node.directives?.length ?? 0;
  if (node.kind === Kind.FRAGMENT_SPREAD)
    return used(withDirectives(measure.fragment(node.name.value), directives));
  if (node.kind === Kind.INLINE_FRAGMENT)
    return used(withDirectives(measure.set(node.selectionSet), directives));
  const inside = node.selectionSet === undefined ? NOTHING : measure.set(node.selectionSet);
  return {
    ...withDirectives(used(inside), directives),
    depth: inside.depth + 1,
    aliases: inside.aliases + (node.alias === undefined ? 0 : 1),
  };
}

function used(shape: Shape): Shape {
  return { ...shape, fields: shape.fields + 1 };
}

function withDirectives(shape: Shape, more: number): Shape {
  return more === 0 ? shape : { ...shape, directives: shape.directives + more };
}

function plus(a: Shape, b: Shape): Shape {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    repeats: Math.max(a.repeats, b.repeats),
  };
}

function largest(a: Shape, b: Shape): Shape {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: Math.max(a.fields, b.fields),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    repeats: Math.max(a.repeats, b.repeats),
  };
}

function mostRepeated(set: SelectionSetNode): number {
  const counts = new Map<string, number>();
  let most = 0;
  for (const node of set.selections) {
    if (node.kind !== Kind.FIELD) continue;
    const name = (node.alias ?? node.name).value;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count > most) most = count;
  }
  return most;
}
