import type { Client } from './client.ts';
import { SEARCH } from './operations.ts';
import type { SearchQuery } from './gql/graphql.ts';

export type Execution = SearchQuery['execute'];
export type Hit = Execution['hits']['nodes'][number];

/** What somebody looks for. */
export interface Question {
  readonly query: string;
  /** How this visitor looks for books: a segment with weights of its own; empty: nothing is known. */
  readonly audience: string;
  readonly session: string;
}

/** Runs the demo's retriever. Inputs that are not given are left out. */
export async function searchLibrary(client: Client, question: Question): Promise<Execution> {
  const inputs = [{ name: 'query', text: question.query }];
  if (question.audience !== '') inputs.push({ name: 'audience', text: question.audience });
  const { execute } = await client.request(SEARCH, { inputs, session: question.session });
  return execute;
}

/** A field of a hit as text; empty where the document is gone or lacks it. */
export function fieldOf(hit: Hit, name: 'title' | 'description' | 'makers'): string {
  const fields = hit.document?.fields as Readonly<Record<string, unknown>> | undefined;
  const value = fields?.[name] ?? '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The last part of a feature's URI: `embed://hashing@1/title` is "title". */
export function nameOf(feature: string): string {
  return feature.slice(feature.lastIndexOf('/') + 1);
}

/** Weights as a line of text, such as "title 25 %, makers 75 %". */
export function weightsAsText({ weights }: Execution): string {
  return weights.map(({ feature, weight }) => `${nameOf(feature)} ${Math.round(weight * 100)} %`).join(', ');
}
