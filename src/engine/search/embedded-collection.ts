import { compileFilter, matchValue, type Column, type MatchValue } from './match-filter.ts';
import { emptyMatrix, removeVector, setVector, type Matrix } from './embedded-matrix.ts';
import { nearest, nearestOf, type Nearest, type Passing } from './embedded-nearest.ts';
import type { Filter } from './search-backend.ts';
import type { PutMessage, SearchMessage, VectorBlock } from './embedded-protocol.ts';
import type { Uuid } from '../ids.ts';

interface GrowingColumn extends Column {
  readonly rows: (MatchValue | readonly MatchValue[] | undefined)[];
}

/** One collection in the worker's memory: each document has a slot, reused after its deletion. */
export interface LoadedCollection {
  readonly slotOf: Map<string, number>;
  readonly ids: (string | undefined)[];
  readonly free: number[];
  readonly columns: Map<string, GrowingColumn>;
  readonly matrices: Map<Uuid, Matrix>;
  /** Filters of late (as JSON) and what passes them; emptied by every change. */
  readonly passing: Map<string, Passing>;
}

const REMEMBERED_FILTERS = 16;

export function emptyCollection(): LoadedCollection {
  return {
    slotOf: new Map(),
    ids: [],
    free: [],
    columns: new Map(),
    matrices: new Map(),
    passing: new Map(),
  };
}

/** Inserts or replaces whole documents. */
export function putDocuments(into: LoadedCollection, batch: PutMessage): void {
  into.passing.clear();
  const slots = batch.ids.map((id) => into.slotOf.get(id) ?? newSlot(into, id));
  const columns = batch.declared.map((field): GrowingColumn => {
    const column = into.columns.get(field.name) ?? { field, rows: [] };
    into.columns.set(field.name, column);
    return column;
  });
  slots.forEach((slot, position) => {
    const values = new Map(batch.fields[position]);
    for (const { field, rows } of columns) {
      const value = values.get(field.name);
      rows[slot] = value === undefined ? undefined : matchValue(field, value);
    }
    for (const matrix of into.matrices.values()) removeVector(matrix, slot);
  });
  for (const block of batch.blocks) putVectors(into, block, slots);
}

function putVectors(into: LoadedCollection, block: VectorBlock, slots: readonly number[]): void {
  const matrix = into.matrices.get(block.feature) ?? emptyMatrix(block.dims);
  into.matrices.set(block.feature, matrix);
  block.positions.forEach((position, row) => {
    setVector(matrix, slots[position]!, block.vectors.subarray(row * block.dims, (row + 1) * block.dims));
  });
}

function newSlot(into: LoadedCollection, id: string): number {
  const slot = into.free.pop() ?? into.ids.length;
  into.ids[slot] = id;
  into.slotOf.set(id, slot);
  return slot;
}

/** Removes documents; ids that are not there are passed over. */
export function deleteDocuments(from: LoadedCollection, ids: readonly string[]): void {
  from.passing.clear();
  for (const id of ids) {
    const slot = from.slotOf.get(id);
    if (slot === undefined) continue;
    for (const matrix of from.matrices.values()) removeVector(matrix, slot);
    for (const { rows } of from.columns.values()) rows[slot] = undefined;
    from.slotOf.delete(id);
    from.ids[slot] = undefined;
    from.free.push(slot);
  }
}

/** The documents most alike among those that have the feature and pass the filter. */
export function searchCollection(collection: LoadedCollection, request: SearchMessage): Nearest {
  const matrix = collection.matrices.get(request.feature);
  if (matrix === undefined) return { ids: [], scores: [] };
  if (request.filter?.kind === 'id') {
    const { values } = request.filter;
    return nearestOf(matrix, request, { ids: collection.ids, rows: rowsOf(collection, matrix, values) });
  }
  const passing = request.filter === null ? null : passingOf(collection, request.filter);
  return nearest(matrix, request, collection.ids, passing);
}

/** Rows of the documents with these ids; those that are not there, or lack the feature, have none. */
function rowsOf({ slotOf }: LoadedCollection, matrix: Matrix, ids: readonly string[]): readonly number[] {
  return [...new Set(ids)].flatMap((id) => matrix.rowOf.get(slotOf.get(id) ?? -1) ?? []);
}

function passingOf(collection: LoadedCollection, filter: Filter): Passing {
  const key = JSON.stringify(filter);
  const known = collection.passing.get(key);
  if (known !== undefined) return known;
  const test = compileFilter(filter, {
    columnOf: (field) => collection.columns.get(field),
    idOf: (slot) => collection.ids[slot],
  });
  const slots = new Uint8Array(collection.ids.length);
  let count = 0;
  collection.ids.forEach((id, slot) => {
    if (id === undefined || !test(slot)) return;
    slots[slot] = 1;
    count += 1;
  });
  const [oldest] = collection.passing.keys();
  if (collection.passing.size >= REMEMBERED_FILTERS && oldest !== undefined)
    collection.passing.delete(oldest);
  const passing = { slots, count };
  collection.passing.set(key, passing);
  return passing;
}
