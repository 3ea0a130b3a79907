import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, httpApi } from './http-api.ts';
import { EXECUTE, untilWritten, type Served } from './production.ts';
import { MUTATIONS } from './library.ts';

/** Short limits, so that an outage need not be long, in milliseconds. */
export const SEARCH_DEADLINE = 2_000;
export const SEARCH_LIMITS = {
  SEARCH_DEADLINE_MS: String(SEARCH_DEADLINE),
  OPERATION_DEADLINE_MS: '30000',
};
/** The deadline and what a busy machine adds to it; the next longer deadline is the operation's. */
export const ANSWER_MILLISECONDS = SEARCH_DEADLINE + 8_000;
const RECOVERY_MILLISECONDS = 90_000;
const NODES_AT_ONCE = 100;
const LOGGED = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Execution { logged } } }';

/** What one `execute` came to: a page, or the extensions of its error. */
export type Answer =
  | { readonly page: Served; readonly error: null; readonly took: number }
  | { readonly page: null; readonly error: Readonly<Record<string, unknown>>; readonly took: number };

export async function askToExecute(url: string): Promise<Answer> {
  const start = performance.now();
  const { body } = await answerTo(url, EXECUTE, { retriever: 'shop' });
  const took = performance.now() - start;
  const error = body.errors?.[0]?.extensions;
  if (error !== undefined) return { page: null, error, took };
  return { page: (body.data as unknown as { readonly execute: Served }).execute, error: null, took };
}

/** Whether documents can be indexed, else the code of the error and whether it says to try again. */
export async function askToIndex(url: string, id: string): Promise<Readonly<Record<string, unknown>>> {
  const input = { collection: 'books', documents: [{ id, fields: { title: id }, vectors: [] }] };
  const { body } = await answerTo(url, MUTATIONS.documents, { input });
  const [error] = body.errors ?? [];
  return error?.extensions ?? { indexed: (body.data as unknown as Indexed).indexDocuments.indexed };
}

/** Reports a click on the first hit of a page: CREDITED, or the reason why it earns nothing. */
export async function click(url: string, { hits }: Served): Promise<string> {
  const input = { interactions: [{ hit: hits.nodes[0]!.id, kinds: ['CLICK'] }] };
  const { recordInteractions } = await httpApi(url).ask<Clicked>(CLICK, { input });
  const { state, reason } = recordInteractions.results[0]!.interaction;
  return reason ?? state;
}

const CLICK = `mutation ($input: RecordInteractionsInput!) { recordInteractions(input: $input) {
  results { interaction { state reason } } } }`;
interface Clicked {
  readonly recordInteractions: {
    readonly results: readonly {
      readonly interaction: { readonly state: string; readonly reason: string | null };
    }[];
  };
}

interface Indexed {
  readonly indexDocuments: { readonly indexed: number };
}

/** Nothing of the search answers: every execution is a clear error in time, and readiness tells. */
export async function endureWithoutSearch(url: string): Promise<void> {
  const answers = await Promise.all(Array.from({ length: 6 }, () => askToExecute(url)));
  for (const { error, took } of answers) {
    expect(error).toMatchObject({ code: 'ALL_FEATURES_FAILED', retryable: true });
    expect(error?.['degradations']).toHaveLength(2);
    expect(took).toBeLessThan(ANSWER_MILLISECONDS);
  }
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await expectReadiness(url, 503);
  const refused = await askToIndex(url, 'refused');
  expect(refused).toMatchObject({ retryable: true });
  expect(['SEARCH_UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(refused['code']);
}

/** Readiness says this of itself, and of the search what goes with it. */
async function expectReadiness(url: string, status: 200 | 503): Promise<void> {
  const answer = await fetch(`${url}/health/ready`);
  const { checks } = (await answer.json()) as {
    readonly checks: { readonly search: { readonly ok: boolean } };
  };
  expect([answer.status, checks.search.ok]).toEqual([status, status === 200]);
}

/** Without a restart: readiness says yes, both features are searched and documents taken as before. The pages served. */
export async function recoverSearch(url: string): Promise<readonly Served[]> {
  const end = performance.now() + RECOVERY_MILLISECONDS;
  const within = async <T>(ask: () => Promise<T | null>): Promise<T> => {
    for (;;) {
      const got = await ask();
      if (got !== null) return got;
      if (performance.now() > end) throw new Error('it did not recover');
      await sleep(100);
    }
  };
  await within(async () => ((await fetch(`${url}/health/ready`)).status === 200 ? true : null));
  const pages: Served[] = [];
  await within(async () => {
    const { page } = await askToExecute(url);
    if (page !== null) pages.push(page);
    return page?.degradations.length === 0 ? true : null;
  });
  await within(async () => ((await askToIndex(url, 'taken'))['indexed'] === 1 ? true : null));
  return pages;
}

export type Count = (statement: string) => Promise<number>;

/** Executions in the log, when all that were answered are written. */
export async function executionsLogged(url: string, count: Count): Promise<number> {
  await untilWritten(url);
  return count('select count(*)::int from execution');
}

/** The log holds these pages, each once with its impression, and no more than there were `before`. */
export async function expectLogged(
  url: string,
  pages: readonly Served[],
  what: { readonly before: number; readonly count: Count },
): Promise<void> {
  expect(new Set(pages.map(({ id }) => id)).size).toBe(pages.length);
  expect(await executionsLogged(url, what.count)).toBe(what.before + pages.length);
  expect(await what.count('select count(*)::int from impression')).toBe(what.before + pages.length);
  for (let from = 0; from < pages.length; from += NODES_AT_ONCE) {
    const ids = pages.slice(from, from + NODES_AT_ONCE).map(({ id }) => id);
    const { body } = await answerTo(url, LOGGED, { ids });
    expect(body).toEqual({ data: { nodes: ids.map(() => ({ logged: true })) } });
  }
}
