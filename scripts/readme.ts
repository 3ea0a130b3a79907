/**
 * Fills the answers of README.md's examples from a running server with a fresh demo library.
 *   node scripts/readme.ts http://127.0.0.1:4000/graphql
 */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { askAll, examplesOf, readReadme, withAnswers } from '../test/support/readme.ts';

const [url = 'http://127.0.0.1:4000/graphql'] = process.argv.slice(2);
const readme = readReadme();
const answers = await askAll(url, examplesOf(readme));
const printed = await Promise.all(
  [...answers].map(
    async ([name, answer]) =>
      [name, await format(JSON.stringify(answer), { parser: 'json', printWidth: 116 })] as const,
  ),
);
writeFileSync('README.md', withAnswers(readme, new Map(printed)));
