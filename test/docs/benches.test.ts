import { dirname, join } from 'node:path';
import { globSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { firstComment } from '../../bench/support/help.ts';

const readme = readFileSync('bench/README.md', 'utf8');
const nameOf = (file: string): string => /([\w-]+)\.ts$/.exec(file)![1]!;
/** All benches by name; bench/run.ts runs them. */
const names = globSync('bench/*.ts')
  .map(nameOf)
  .filter((name) => name !== 'run')
  .sort();

/** A file and all that it imports, of its own or through others; packages by name. */
function importedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = /^(?:import|export) (?!type )[^;]*? from '([^']+)';/gm;
  for (const [, target] of readFileSync(file, 'utf8').matchAll(imports))
    if (target!.startsWith('.')) importedBy(join(dirname(file), target!), seen);
    else seen.add(target!);
  return seen;
}

describe('the benches', () => {
  test('are all in the table of their page, and nothing else is', () => {
    const listed = [...readme.matchAll(/^\| `node bench\/([\w-]+)\.ts\b/gm)].map(([, name]) => name!);
    expect(listed.sort()).toEqual(names);
  });

  test('say what they measure and how they are called when they are asked for help', () => {
    for (const name of names) {
      const file = `bench/${name}.ts`;
      expect(firstComment(file)).toContain(`node ${file}`);
      expect(readFileSync(file, 'utf8')).toContain('helpOnRequest(import.meta.filename)');
    }
  });

  test('describe every option that they read', () => {
    const options = names.flatMap((name) => {
      const source = readFileSync(`bench/${name}.ts`, 'utf8');
      return [...source.matchAll(/^ {4}'?([\w-]+)'?: \{ type: '/gm)].map(([, option]) => ({ name, option }));
    });
    expect(options.length).toBeGreaterThan(20);
    const missing = options.filter(
      ({ name, option }) => !firstComment(`bench/${name}.ts`).includes(`--${option}`),
    );
    expect(missing).toEqual([]);
  });

  test('run without the framework of the tests', () => {
    const all = names.map((name) => ({ name, imported: importedBy(`bench/${name}.ts`) }));
    expect(all.find(({ name }) => name === 'elasticsearch')!.imported.size).toBeGreaterThan(50);
    expect(all.filter(({ imported }) => imported.has('@jest/globals')).map(({ name }) => name)).toEqual([]);
  });

  test('are listed by the program that runs them', () => {
    const { stdout, status } = spawnSync(process.execPath, ['bench/run.ts', ...names, '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(names.filter((name) => !stdout.includes(`node bench/${name}.ts`))).toEqual([]);
  });
});
