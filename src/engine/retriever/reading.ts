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

/** Reads a filter against each of these collections; null where there is none, or where it has faults. */
export function readFilter(
  filter: FilterInput | null | undefined,
  reading: Reading,
  where: { readonly path: Path; readonly collections: readonly Collection[] },
): FilterTemplate | null {
  if (filter == null || !reading.resolved) return null;
  const read = where.collections.map((collection) => ({
    collection,
    parsed: parseFilter(filter, { fields: collection.fields, inputs: reading.inputs }, where.path),
  }));
  const faulty = read.flatMap(({ collection, parsed }) =>
    parsed.ok ? [] : [{ collection, faults: parsed.faults }],
  );
  reading.faults.push(...saidOnce(faulty, where.collections.length));
  const first = read[0]?.parsed;
  return faulty.length === 0 && first?.ok === true ? first.value : null;
}

/** A fault that every collection has is the filter's own and said once; the others name their collection. */
function saidOnce(
  faulty: readonly { readonly collection: Collection; readonly faults: readonly Fault[] }[],
  collections: number,
): readonly Fault[] {
  const keyOf = (fault: Fault): string => JSON.stringify([fault.code, fault.path, fault.message]);
  const counts = new Map<string, number>();
  for (const { faults } of faulty)
    for (const key of new Set(faults.map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  return faulty.flatMap(({ collection, faults }, index) =>
    faults.flatMap((fault) => {
      if (counts.get(keyOf(fault)) === collections) return index === 0 ? [fault] : [];
      return [{ ...fault, message: `in ${collection.name}: ${fault.message}` }];
    }),
  );
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
