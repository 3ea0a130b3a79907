/** Asks a running server over HTTP, as any client would. */
export interface GraphqlClient {
  readonly url: string;
  /** The data of the answer. Rejects where it has errors; a mutation's user errors are rejected as well. */
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly unknown[];
}

export function graphqlClient(url: string): GraphqlClient {
  return {
    url,
    ask: async <T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as Answer;
      if (answer.errors !== undefined || answer.data == null)
        throw new Error(`${response.status}: ${JSON.stringify(answer.errors).slice(0, 2_000)}`);
      for (const [field, payload] of Object.entries(answer.data)) refuseUserErrors(field, payload);
      return answer.data as T;
    },
  };
}

function refuseUserErrors(field: string, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || !('userErrors' in payload)) return;
  const { userErrors } = payload as { readonly userErrors: readonly unknown[] };
  if (userErrors.length > 0) throw new Error(`${field}: ${JSON.stringify(userErrors).slice(0, 2_000)}`);
}
