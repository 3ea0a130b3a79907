import { post, type GraphqlAnswer } from './server.ts';
import type { Api } from './api.ts';

/** The API of a server behind a URL, for what sets up tests through `ask`. */
export function httpApi(url: string): Pick<Api, 'ask'> & Api {
  const ask = async <Data>(source: string, variables: object = {}): Promise<Data> => {
    const { body } = await post(url, { query: source, variables });
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors, null, 1));
    return body.data as Data;
  };
  return { ask } as unknown as Api;
}

/** Where `ask` throws, the answer as it is. */
export const answerTo = (url: string, query: string, variables: object = {}): Promise<GraphqlAnswer> =>
  post(url, { query, variables });
