import { setTimeout as sleep } from 'node:timers/promises';
import { httpApi } from './http-api.ts';
import { startInstanceOn } from './production.ts';
import { PROBE_MILLISECONDS, type ReadinessProxy } from './readiness-proxy.ts';
import type { ServerProcess } from './process.ts';

const CLIENTS = 3;

/** Several probes long, on a busy machine too. */
export const DRAINING = { SHUTDOWN_DELAY_MS: String(30 * PROBE_MILLISECONDS) };

/** On the shop, with the documents of the hits, which are read after the search. */
const SEARCH = `{ execute(retriever: "shop",
  inputs: [{ name: "query", text: "sea" }, { name: "taste", vector: [1, 0] }]) {
  degradations { code feature message } hits { nodes { document { fields } } } } }`;

export interface Page {
  readonly degradations: readonly { readonly code: string; readonly message: string }[];
  readonly hits: { readonly nodes: readonly { readonly document: object | null }[] };
}

export interface SteadySearching {
  readonly served: readonly Page[];
  readonly failed: readonly string[];
  stop(): Promise<void>;
}

/** Three clients that search through the proxy, each again as soon as it is answered, until they are told to stop. */
export function searchSteadily(proxy: ReadinessProxy): SteadySearching {
  const served: Page[] = [];
  const failed: string[] = [];
  let over = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!over)
      await httpApi(proxy.url)
        .ask<{ readonly execute: Page }>(SEARCH)
        .then(
          ({ execute }) => served.push(execute),
          (error: unknown) => failed.push(reasonOf(error)),
        );
  });
  return {
    served,
    failed,
    stop: async () => {
      over = true;
      await Promise.all(clients);
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}

/** Waits until the proxy hands requests to all of these. */
export async function areReady(proxy: ReadinessProxy, urls: readonly string[]): Promise<void> {
  while (!urls.every((url) => proxy.isReady(url))) await sleep(PROBE_MILLISECONDS);
}

/** After the end of an old instance a new one takes its place. */
export async function replaceInstance(
  proxy: ReadinessProxy,
  old: ServerProcess,
  start: { readonly address: string; readonly environment: Readonly<Record<string, string>> },
): Promise<ServerProcess> {
  proxy.remove(await old.ready);
  const instance = startInstanceOn(start.address, start.environment);
  const url = await instance.ready;
  proxy.add(url);
  await areReady(proxy, [url]);
  return instance;
}
