import type { ERROR_CATALOGUE } from './error-catalogue.ts';

export { ERROR_CATALOGUE, type ErrorEntry } from './error-catalogue.ts';

export type ErrorCode = keyof typeof ERROR_CATALOGUE;
export type Path = readonly (string | number)[];

/** One fault of an input: which value, and what is wrong with it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly path: Path;
  /** Says what was expected and what came. */
  readonly message: string;
}

/**
 * The only error that use cases throw on purpose. `code` is that of its only fault, else BAD_INPUT.
 * Anything else that is thrown is a defect and reaches callers as INTERNAL.
 */
export class ReweighError extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  /** Extra facts for the caller; must be safe to show. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    faults: readonly Fault[] = [],
  ) {
    super(message);
    this.name = 'ReweighError';
    this.code = code;
    this.details = details;
    this.faults = faults;
  }
}

/** A refusal of one value, or of none in particular (`path` empty). */
export function refusal(code: ErrorCode, message: string, path: Path = []): ReweighError {
  return new ReweighError(code, message, {}, [{ code, path, message }]);
}

/** Throws when there are faults: one error that carries them all. */
export function refuseIfAny(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1)
    throw new ReweighError(first.code, `${pathText(first.path)}${first.message}`, {}, faults);
  const shown = faults.slice(0, 5).map((fault) => `${pathText(fault.path)}${fault.message}`);
  const more = faults.length > shown.length ? ` (and ${faults.length - shown.length} more)` : '';
  throw new ReweighError('BAD_INPUT', `${faults.length} faults: ${shown.join(' · ')}${more}`, {}, faults);
}

function pathText(path: Path): string {
  return path.length === 0 ? '' : `${path.join('.')}: `;
}
