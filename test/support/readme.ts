import { readFileSync } from 'node:fs';

/** A query of README.md and the answer that stands below it. */
export interface ReadmeExample {
  readonly name: string;
  readonly query: string;
  /** JSON as printed; empty where it has not been filled in yet. */
  readonly answer: string;
}

const EXAMPLE = /<!-- example: (\w+) -->\n```graphql\n([^]*?)```\n\n```json\n([^]*?)```/g;

export const readReadme = (): string => readFileSync('README.md', 'utf8');

export function examplesOf(readme: string): readonly ReadmeExample[] {
  return [...readme.matchAll(EXAMPLE)].map(([, name, query, answer]) => ({
    name: name!,
    query: query!,
    answer: answer!,
  }));
}

/** README.md with these answers in place of the ones it has. */
export function withAnswers(readme: string, answers: ReadonlyMap<string, string>): string {
  return readme.replace(
    EXAMPLE,
    (_, name: string, query: string) =>
      `<!-- example: ${name} -->\n\`\`\`graphql\n${query}\`\`\`\n\n\`\`\`json\n${answers.get(name) ?? ''}\`\`\``,
  );
}

interface SearchAnswer {
  readonly data: {
    readonly execute: { readonly hits: { readonly nodes: readonly { readonly id: string }[] } };
  };
}

/** The answers to all examples, asked in order; the third hit of the first one is the one reported. */
export async function askAll(
  url: string,
  examples: readonly ReadmeExample[],
): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  let hit: string | undefined;
  for (const { name, query } of examples) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: query.includes('$hit') ? { hit } : {} }),
    });
    const answer: unknown = await response.json();
    answers.set(name, answer);
    hit ??= (answer as SearchAnswer).data.execute.hits.nodes[2]?.id;
  }
  return answers;
}

/** What does not change from run to run: ids are replaced, numbers rounded to nine decimals. */
export function comparable(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => {
      if (key === 'id') return '(id)';
      return typeof value === 'number' ? Number(value.toFixed(9)) : value;
    }),
  );
}
