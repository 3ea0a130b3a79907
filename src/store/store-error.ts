import { ReweighError } from '../engine/errors.ts';

/** Codes of the network and SQLSTATEs that mean: not now; the same call may succeed later. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);
/** Class 08 is connection faults, 53 too few resources, 57P the server stopping or starting. */
const SQLSTATE = /^(08...|53...|57P0.|57014|40001|40P01|55P03|25006|25P03|25P04)$/;
/** The driver gives these no code. */
const MESSAGE =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/i;

/** Whether a fault of the driver means that the database is gone, overrun or too slow. */
export function meansUnavailable(error: unknown): boolean {
  for (let fault: unknown = error, depth = 0; fault instanceof Error && depth < 5; depth += 1) {
    const { code, message, cause } = fault as Error & { readonly code?: unknown };
    if (typeof code === 'string' && (NETWORK.has(code) || SQLSTATE.test(code))) return true;
    if (MESSAGE.test(message)) return true;
    if (fault instanceof AggregateError && fault.errors.some(meansUnavailable)) return true;
    fault = cause;
  }
  return false;
}

/**
 * Runs a call of the database; one that fails because the database is gone or too slow throws STORE_UNAVAILABLE
 * (retryable), any other fault is passed on.
 */
export async function reachStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ReweighError || !meansUnavailable(error)) throw error;
    const unavailable = new ReweighError('STORE_UNAVAILABLE', 'the database did not answer in time');
    unavailable.cause = error;
    throw unavailable;
  }
}
