import { ReweighError, refuseIfAny, type Fault } from './errors.ts';

/** What a parser says: a value that needs no further checks, or every fault of the input. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** The value where there are no faults. `make` runs only then. */
export function parsedUnless<T>(faults: readonly Fault[], make: () => T): Parsed<T> {
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: make() };
}

/** The value, or one refusal with all the faults. */
export function requireParsed<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  refuseIfAny(parsed.faults);
  throw new ReweighError('INTERNAL', 'a refusal without faults');
}
