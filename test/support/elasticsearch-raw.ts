/** Elasticsearch as somebody else would use it: without the project's own client. */
type Json = Readonly<Record<string, unknown>>;

interface Request {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawElasticsearch {
  /** The parsed answer; it must be a success. */
  send(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: Json): Promise<Json>;
  /** Writes documents, which can be searched when it is done. */
  fill(index: string, documents: ReadonlyMap<string, Json>, routing?: string): Promise<void>;
  /** Removes an index, whether or not it is there. */
  remove(index: string): Promise<void>;
}

/** Sends these headers with every request besides. */
export function rawElasticsearch(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): RawElasticsearch {
  const call = async (path: string, { headers: own = {}, ...init }: Request): Promise<Json> => {
    const answer = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...own } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as Json;
  };
  return {
    send: (method, path, body) =>
      call(path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    fill: async (index, documents, routing) => {
      const lines = [...documents].map(([_id, document]) => {
        const action = { index: { _id, ...(routing === undefined ? {} : { routing }) } };
        return `${JSON.stringify(action)}\n${JSON.stringify(document)}\n`;
      });
      const { errors, items } = await call(`/${index}/_bulk?refresh=true`, {
        method: 'POST',
        body: lines.join(''),
        headers: { 'content-type': 'application/x-ndjson' },
      });
      if (errors === true) throw new Error(`a document was refused: ${JSON.stringify(items).slice(0, 500)}`);
    },
    remove: async (index) => {
      await call(`/${index}?ignore_unavailable=true`, { method: 'DELETE' });
    },
  };
}
