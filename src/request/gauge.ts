import type { GraphQLError } from 'graphql';
import { requestError } from './refuse-request.ts';
import type { ReadyDocument } from './documents.ts';

export interface OperationRequest {
  readonly ready: ReadyDocument;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The cost of an operation, and the refusal where it is above the limit. */
export function gauge(
  request: OperationRequest,
  limit: number,
): { readonly cost: number; readonly refusal: GraphQLError | null } {
  const cost = request.ready.cost(request.operationName)(request.variables);
  const refusal =
    cost > limit ? requestError('TOO_COSTLY', `expected a cost of at most ${limit}, got ${cost}`) : null;
  return { cost, refusal };
}
