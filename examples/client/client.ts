import type { TypedDocumentString } from './gql/graphql.ts';

/** What a GraphQL server answers. */
interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

export interface Client {
  /** Result of an operation, typed by its document; rejects with the code and message of the first error. */
  request<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;
  /**
   * Sends an operation that nobody waits for, and that arrives even if the page is left in the same moment.
   * Browsers allow 64 KB of such requests at a time.
   */
  report<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): void;
}

/** A client of the server at `url`, such as http://127.0.0.1:4000/graphql. */
export function createClient(url: string): Client {
  const send = <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    options: RequestInit = {},
  ): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      // This type makes a browser ask the server first, which is what keeps other sites' forms out.
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...options,
    });
  return {
    request: async <Result, Variables>(
      document: TypedDocumentString<Result, Variables>,
      variables: Variables,
    ) => {
      const response = await send(document, variables).catch((cause: unknown) => {
        throw new Error(`no answer from ${url}`, { cause });
      });
      return dataOf((await response.json()) as Answer<Result>);
    },
    report: (document, variables) => {
      send(document, variables, { keepalive: true }).catch((error: unknown) =>
        console.warn('not reported', error),
      );
    },
  };
}

function dataOf<Result>({ data, errors }: Answer<Result>): Result {
  const [error] = errors ?? [];
  if (error !== undefined) throw new Error(`${error.extensions?.code ?? 'ERROR'}: ${error.message}`);
  if (data === undefined || data === null) throw new Error('the server answered without data');
  return data;
}
