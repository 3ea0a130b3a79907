import { existsSync, globSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const architecture = readFileSync('docs/architecture.md', 'utf8');
const documents = globSync('docs/**/*.md').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const sources = globSync('src/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));

function section(heading: string): string {
  const found = architecture.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`docs/architecture.md has no section "${heading}"`);
  return found;
}

const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
/** First cells of the rows of all tables in a text, heads left out. */
const firstCells = (text: string): readonly string[] =>
  [...text.matchAll(/^\| ([^|]*)\|/gm)].map(([, cell]) => cell!.trim());

describe('the documents', () => {
  test('name only files that are there', () => {
    const paths = documents.flatMap(({ file, text }) =>
      codeIn(text)
        .filter((code) => /^(src|test|docs|scripts|demo|bench|examples)\/[\w./-]+$/.test(code))
        .map((path) => ({ file, path })),
    );
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter(({ path }) => !existsSync(path))).toEqual([]);
  });

  test('of the mathematics name only files of the engine', () => {
    const paths = codeIn(readFileSync('docs/learning.md', 'utf8')).filter((code) =>
      /^[\w-]+\/[\w-]+\.ts$/.test(code),
    );
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(`src/engine/${path}`))).toEqual([]);
  });

  test('link only to pages that are there', () => {
    const dead = documents.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
        .map(([, link]) => new URL(link!, `file:///${file}`).pathname.slice(1))
        .filter((path) => !existsSync(path))
        .map((path) => ({ file, path })),
    );
    expect(dead).toEqual([]);
  });
});

describe('the page on architecture', () => {
  test('lists every room of the house, and no other', () => {
    const entries = (folder: string): readonly string[] =>
      readdirSync(folder).map((name) =>
        statSync(`${folder}/${name}`).isDirectory() ? `${folder}/${name}/` : `${folder}/${name}`,
      );
    const rooms = [...entries('src'), ...entries('src/engine').filter((path) => path.endsWith('/'))];
    const listed = firstCells(section('Rooms')).flatMap(codeIn);
    expect([...listed].sort()).toEqual(rooms.sort());
  });

  test('tells the story of an execution in files that know each other', () => {
    const story = codeIn(section('One `execute`, in six files')).filter((code) => code.endsWith('.ts'));
    expect(story).toHaveLength(6);
    const textOf = (file: string): string => readFileSync(file, 'utf8');
    expect(textOf(story[0]!)).toContain('/execute.ts');
    expect(textOf(story[1]!)).toMatch(/fuse-lists\.ts|fuse\.ts/);
    expect(textOf(story[4]!)).toContain('./weighted.ts');
  });

  test('lists every adapter beside its port', () => {
    const rows = section('Ports and their adapters')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const listed = rows.flatMap(([, port, , adapters]) =>
      codeIn(adapters!)
        .filter((name) => /^[A-Z]/.test(name))
        .map((name) => `${name} implements ${codeIn(port!)[0]}`),
    );
    const real = sources
      .filter(({ file }) => file.startsWith('src/engine/'))
      .flatMap(({ text }) =>
        [...text.matchAll(/^export class (\w+) implements (\w+)/gm)].map(
          ([, name, port]) => `${name} implements ${port}`,
        ),
      );
    expect([...listed].sort()).toEqual(real.sort());
  });

  test('lists the tables that the migrations create, and only those', () => {
    const created = sources
      .filter(({ file }) => file.startsWith('src/entities/migrations/'))
      .flatMap(({ text }) => [...text.matchAll(/create table (\w+)/g)].map(([, table]) => table!));
    const listed = section('Where state lives')
      .split('\n')
      .filter((line) => /tables? /.test(line))
      .flatMap(codeIn);
    expect([...listed].sort()).toEqual([...new Set(created)].sort());
  });

  test('gives every dependency its line', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >;
    const [production, development] = section('Dependencies').split('These are for building');
    const listed = (text: string): readonly string[] => firstCells(text).flatMap(codeIn);
    expect([...listed(production!)].sort()).toEqual(
      Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort(),
    );
    expect([...listed(development!)].sort()).toEqual(Object.keys(manifest.devDependencies).sort());
  });
});
