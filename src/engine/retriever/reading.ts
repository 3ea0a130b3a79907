import { parseFilter, type FilterInput } from './parse-filter.ts';
import type { Collection, Feature } from '../collection/collection.ts';
import type { Fault, Path } from '../errors.ts';
import type { FilterTemplate, InputDeclaration } from './retriever.ts';

/** A collection that a recipe names, with its features. */
export interface KnownCollection {
  readonly collection: Collection;
  readonly features: readonly Feature[];
}

/** What the parts of a recipe are read against, and where their faults go. */
export interface Reading {
  /** The recipe's collections that are known, in order. */
  readonly collections: readonly KnownCollection[];
  readonly inputs: readonly InputDeclaration[];
  /** False where a collection is unknown: fields and features cannot be checked. */
  readonly resolved: boolean;
  readonly faults: Fault[];
}

/** Reads a filter; null where there is none, or where it has faults. */
export function readFilter(
  filter: FilterInput | null | undefined,
  reading: Reading,
  path: Path,
): FilterTemplate | null {
  const known = reading.collections[0];
  if (filter == null || !reading.resolved || known === undefined) return null;
  const parsed = parseFilter(filter, { fields: known.collection.fields, inputs: reading.inputs }, path);
  if (parsed.ok) return parsed.value;
  reading.faults.push(...parsed.faults);
  return null;
}

interface Limits {
  readonly path: Path;
  readonly least: number;
  readonly most: number;
  readonly faults: Fault[];
}

/** The value; OUT_OF_RANGE where it is no whole number within the limits. */
export function integer(value: number, { path, least, most, faults }: Limits): number {
  if (!Number.isInteger(value) || value < least || value > most)
    faults.push(range(path, `${least} to ${most}`, value));
  return value;
}

export function range(path: Path, expected: string, got: number): Fault {
  return { code: 'OUT_OF_RANGE', path, message: `expected ${expected}, got ${got}` };
}
