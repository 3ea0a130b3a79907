import { openApi, type Api, type RequestOptions } from './api.ts';
import { addLibrary } from './library.ts';

export const INDEX = `mutation ($input: IndexDocumentsInput!) { indexDocuments(input: $input) {
  indexed refused results { index documentId status faults { code path message } } userErrors { code path } } }`;
export const REMOVE = `mutation ($input: DeleteDocumentsInput!) { deleteDocuments(input: $input) {
  deleted results { documentId deleted } userErrors { code } } }`;
const READ = `query ($id: ID!) { document(collection: "books", id: $id) {
  id documentId fields collection { name } vectors { feature vector } } }`;

export interface Indexed {
  readonly indexDocuments: {
    readonly indexed: number;
    readonly refused: number;
    readonly results: readonly {
      readonly status: string;
      readonly documentId: string;
      readonly faults: readonly { readonly code: string; readonly path: readonly string[] }[];
    }[];
    readonly userErrors: readonly object[];
  };
}
export const faultsOf = ({ indexDocuments }: Indexed): readonly (readonly string[])[] =>
  indexDocuments.results.map(({ faults }) => faults.map(({ code, path }) => `${code} at ${path.join('.')}`));
export interface Read {
  readonly document: {
    readonly id: string;
    readonly documentId: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly vectors: readonly { readonly feature: string; readonly vector: string }[];
  } | null;
}

/** An API with the library, and ways to store and read documents of the collection `books`. */
export interface DocumentApi extends Api {
  index(documents: readonly object[], options?: RequestOptions): Promise<Indexed>;
  read(id: string): Promise<Read['document']>;
}

export async function openDocumentApi(): Promise<DocumentApi> {
  const api = await openApi();
  await addLibrary(api, 'books');
  return {
    ...api,
    index: (documents, options) => api.ask(INDEX, { input: { collection: 'books', documents } }, options),
    read: async (id) => (await api.ask<Read>(READ, { id })).document,
  };
}
