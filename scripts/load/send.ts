/** One batch to the server's indexDocuments, again and again where that helps. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from './batches.ts';

export interface Target {
  readonly url: string;
  readonly collection: string;
  /** Tries of one request, with growing pauses between them. */
  readonly tries: number;
}

/** What became of a batch; every entry is stored or refused. */
export interface Sent {
  readonly stored: number;
  readonly refused: readonly Refused[];
}
export interface Refused {
  readonly entry: Entry;
  readonly faults: readonly string[];
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[];
}
interface Answer {
  readonly data?: {
    readonly indexDocuments: {
      readonly results: readonly { readonly status: string; readonly faults: readonly Fault[] }[];
      readonly userErrors: readonly Fault[];
    };
  } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
  }[];
}

const MUTATION = `mutation ($input: IndexDocumentsInput!) { indexDocuments(input: $input) {
  results { status faults { code path message } } userErrors { code message } } }`;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
/** One document is to blame, and which one is found by sending halves. */
const OF_ONE_DOCUMENT = new Set(['BAD_USER_INPUT', 'BODY_TOO_LARGE', 'BAD_REQUEST']);
const PASSING = new Set(['SEARCH_UNAVAILABLE', 'STORE_UNAVAILABLE', 'EMBEDDING_UNAVAILABLE']);

/** Throws what cannot be mended by trying again and is no document's fault, such as a collection that is not there. */
export async function send(target: Target, entries: readonly Entry[]): Promise<Sent> {
  let rest = entries;
  let stored = 0;
  const refused: Refused[] = [];
  for (let tries = 1; ; tries += 1) {
    const answer = await post(target, rest);
    if ('again' in answer) {
      if (tries === target.tries) throw new Error(`gave up after ${tries} tries: ${answer.again}`);
    } else if ('split' in answer) {
      return sendHalves(target, rest, { stored, refused, message: answer.split });
    } else {
      const passing: Entry[] = [];
      answer.results.forEach(({ status, faults }, place) => {
        const entry = rest[place]!;
        if (status !== 'REFUSED') stored += 1;
        else if (tries < target.tries && faults.every(({ code }) => PASSING.has(code))) passing.push(entry);
        else refused.push({ entry, faults: faults.map(textOf) });
      });
      rest = passing;
      if (rest.length === 0) return { stored, refused };
    }
    await sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries));
  }
}

async function sendHalves(
  target: Target,
  entries: readonly Entry[],
  so: Sent & { readonly message: string },
): Promise<Sent> {
  if (entries.length === 1)
    return { stored: so.stored, refused: [...so.refused, { entry: entries[0]!, faults: [so.message] }] };
  const middle = Math.ceil(entries.length / 2);
  const first = await send(target, entries.slice(0, middle));
  const second = await send(target, entries.slice(middle));
  return {
    stored: so.stored + first.stored + second.stored,
    refused: [...so.refused, ...first.refused, ...second.refused],
  };
}

type Outcome =
  | { readonly results: readonly { readonly status: string; readonly faults: readonly Fault[] }[] }
  | { readonly again: string }
  | { readonly split: string };

async function post({ url, collection }: Target, entries: readonly Entry[]): Promise<Outcome> {
  const head = JSON.stringify({ query: MUTATION, variables: { input: { collection, searchable: 'SOON' } } });
  // Documents go out as they stand in the file.
  const body = `${head.slice(0, -3)},"documents":[${entries.map(({ text }) => text).join(',')}]}}}`;
  const headers = { 'content-type': 'application/json' };
  let answer: Answer;
  try {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    answer = (await response.json()) as Answer;
  } catch (error) {
    return { again: `no server answers at ${url} (${(error as Error).message})` };
  }
  const [error] = answer.errors ?? [];
  if (error !== undefined) return outcomeOf(error.message, error.extensions ?? {});
  const { results = [], userErrors = [] } = answer.data?.indexDocuments ?? {};
  if (userErrors.length > 0) throw new Error(userErrors.map(textOf).join('; '));
  if (results.length !== entries.length) throw new Error(`${url} is not a server of this kind`);
  return { results };
}

function outcomeOf(
  message: string,
  { code = 'unknown', retryable = false }: { readonly code?: string; readonly retryable?: boolean },
): Outcome {
  if (retryable) return { again: message };
  if (OF_ONE_DOCUMENT.has(code)) return { split: `${code}: ${message.slice(0, 300)}` };
  throw new Error(`${code}: ${message}`);
}

function textOf({ code, message, path = [] }: Fault): string {
  const place = path.slice(2).join('.');
  return place === '' ? `${code}: ${message}` : `${code} at ${place}: ${message}`;
}
