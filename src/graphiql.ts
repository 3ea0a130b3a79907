import { readdirSync, readFileSync } from 'node:fs';

/** What the page may load: only itself. Its editor runs in workers made from text inside the page. */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const QUERIES = new URL('../demo/queries/', import.meta.url);
const WELCOME = '# Write a query here and press Ctrl-Enter.\n{\n  __typename\n}\n';

/** Queries that are ready in the page's tabs: the files of demo/queries, in order of their names. */
export function readTabs(): readonly string[] {
  try {
    const names = readdirSync(QUERIES).filter((name) => name.endsWith('.graphql'));
    return names.sort().map((name) => readFileSync(new URL(name, QUERIES), 'utf8'));
  } catch {
    return [];
  }
}

/** The GraphiQL page, complete in itself. Loaded on first use: its script alone is 9 MB. */
export async function renderPage(tabs: readonly string[]): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'Reweigh',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: tabs[0] ?? WELCOME,
    defaultTabs: (tabs.length > 0 ? tabs : [WELCOME]).map((query) => ({ query })),
    shouldPersistHeaders: false,
  });
  return page;
}

/** Whether a browser is asking for a page rather than a client for an answer. */
export function wantsPage(method: string, accept: string | undefined): boolean {
  return method === 'GET' && accept !== undefined && /(^|,)\s*text\/html\b/.test(accept);
}
