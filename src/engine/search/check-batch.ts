import { refuseIfAny, type Fault } from '../errors.ts';
import type { Document } from '../collection/collection.ts';
import type { Uuid } from '../ids.ts';

/**
 * Refuses a batch before anything is stored: a vector of another length than its feature has, or than the
 * batch's first vector of a feature whose length is not known (WRONG_DIMENSIONS); an id given twice (DUPLICATE).
 */
export function checkBatch(documents: readonly Document[], dims: ReadonlyMap<Uuid, number>): void {
  const faults: Fault[] = [];
  const lengths = new Map(dims);
  const seen = new Set<string>();
  documents.forEach(({ id, vectors }, index) => {
    if (seen.has(id))
      faults.push({ code: 'DUPLICATE', path: [index, 'id'], message: 'the batch holds this id twice' });
    seen.add(id);
    for (const [feature, vector] of vectors) {
      const length = lengths.get(feature) ?? vector.length;
      lengths.set(feature, length);
      if (vector.length !== length)
        faults.push({
          code: 'WRONG_DIMENSIONS',
          path: [index, 'vectors', feature],
          message: `expected ${length} numbers, got ${vector.length}`,
        });
    }
  });
  refuseIfAny(faults);
}
