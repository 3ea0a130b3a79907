import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode } from '../engine/errors.ts';

/** HTTP statuses of refusals before any resolver ran; 400 unless named here. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  DEADLINE_EXCEEDED: 503,
  SHUTTING_DOWN: 503,
  INTERNAL: 500,
};

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** A request refused before any resolver ran, in the form that both transports answer with. */
export function requestError(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code, retryable: ERROR_CATALOGUE[code].retryable, http: { status: statusOf(code) } },
  });
}
