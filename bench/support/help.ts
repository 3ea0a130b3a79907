import { readFileSync } from 'node:fs';

/** With `--help`: prints what the program says about itself in its first comment, and ends. */
export function helpOnRequest(file: string): void {
  if (!process.argv.includes('--help')) return;
  console.log(firstComment(file));
  process.exit(0);
}

/** The text of the comment that a file begins with; empty where it begins otherwise. */
export function firstComment(file: string): string {
  const [, comment = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? [];
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}
