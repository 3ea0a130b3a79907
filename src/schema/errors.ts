import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CATALOGUE, ReweighError, type ErrorCode } from '../engine/errors.ts';

/** Codes of faults that graphql-js and the server find before any resolver runs. */
const REQUEST_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The error that was thrown, out of the GraphQLErrors it was wrapped in. */
export function thrownError(error: unknown): unknown {
  let thrown = error;
  while (thrown instanceof GraphQLError && thrown.originalError !== undefined) thrown = thrown.originalError;
  return thrown;
}

/** Whether an error is a defect of the server: to be logged in full, and masked for the caller. */
export function isInternal(error: unknown): boolean {
  const thrown = thrownError(error);
  if (thrown instanceof ReweighError) return thrown.code === 'INTERNAL';
  return !(thrown instanceof GraphQLError);
}

/**
 * An error as callers see it: extensions hold `code`, `retryable`, the `faults` with their paths (inside the field's
 * arguments; for a mutation inside its input) and the error's details. Anything that was not thrown on purpose becomes
 * INTERNAL, with the request id and nothing else.
 */
export function presentError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string,
): GraphQLFormattedError {
  const thrown = thrownError(error);
  const where = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  if (thrown instanceof ReweighError && thrown.code !== 'INTERNAL')
    return { message: thrown.message, ...where, extensions: reweighExtensions(thrown, requestId) };
  if (isInternal(error))
    return {
      message: 'internal error',
      ...where,
      extensions: { code: 'INTERNAL', retryable: false, requestId },
    };
  return { message: formatted.message, ...where, extensions: requestExtensions(formatted, requestId) };
}

function reweighExtensions(error: ReweighError, requestId: string): Readonly<Record<string, unknown>> {
  const { retryable } = ERROR_CATALOGUE[error.code];
  return { ...error.details, code: error.code, retryable, faults: error.faults, requestId };
}

/** A fault of the request itself; graphql-js gives no code where a value does not fit its type. */
function requestExtensions(
  formatted: GraphQLFormattedError,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const code = formatted.extensions?.['code'];
  const known = typeof code === 'string' && (REQUEST_CODES.has(code) || code in ERROR_CATALOGUE);
  return {
    code: known ? code : 'BAD_USER_INPUT',
    retryable: formatted.extensions?.['retryable'] === true,
    requestId,
  };
}
