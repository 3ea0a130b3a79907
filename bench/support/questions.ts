import { readFileSync } from 'node:fs';

/** Queries that people ask the demo library. */
export function demoQuestions(): readonly string[] {
  const text = readFileSync(new URL('../../demo/queries.json', import.meta.url), 'utf8');
  const { queries } = JSON.parse(text) as { readonly queries: readonly { readonly text: string }[] };
  return queries.map((query) => query.text);
}
