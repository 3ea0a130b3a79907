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

/** What errors carry; they may come from another realm, so `instanceof` says nothing. */
interface FaultLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  /** The errors of an AggregateError: one per address that was tried. */
  readonly errors?: readonly unknown[];
}

const CAUSE_DEPTH = 5;

/** Whether a fault of the driver means that the database is gone, overrun or too slow. */
export function meansUnavailable(error: unknown, depth = CAUSE_DEPTH): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false;
  const { code, message, cause, errors } = error as FaultLike;
  if (typeof code === 'string' && (NETWORK.has(code) || SQLSTATE.test(code))) return true;
  if (typeof message === 'string' && MESSAGE.test(message)) return true;
  return [cause, ...(errors ?? [])].some((fault) => meansUnavailable(fault, depth - 1));
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
