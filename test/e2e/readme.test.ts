import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { askAll, comparable, examplesOf, readReadme } from '../support/readme.ts';
import { startDemoServer, type DemoServer } from '../support/demo-server.ts';

const readme = readReadme();
const examples = examplesOf(readme);
let server: DemoServer;

beforeAll(async () => {
  server = await startDemoServer();
});
afterAll(() => server.close());

describe('README.md', () => {
  test('the answers it shows are those of a server with the demo library', async () => {
    expect(examples.map(({ name }) => name)).toEqual(['search', 'report', 'weights']);
    const answers = await askAll(server.url, examples);
    for (const { name, answer } of examples)
      expect([name, comparable(answers.get(name))]).toEqual([name, comparable(JSON.parse(answer))]);
  });

  test('every npm script and every file it names is there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...readme.matchAll(/npm (?:run )?([a-z][\w:]*)/g)].map(([, name]) => name!);
    expect(named.filter((name) => name !== 'ci' && scripts[name] === undefined)).toEqual([]);
    const files = [...readme.matchAll(/\]\(([^)#:]+)\)|`(scripts\/[\w./-]+)`/g)].map((m) => m[1] ?? m[2]!);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('every variable it names is in the configuration', () => {
    const table = readFileSync('docs/configuration.md', 'utf8');
    const named = [...readme.matchAll(/`([A-Z]+_[A-Z_]+)(?:=\w+)?`/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !table.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
