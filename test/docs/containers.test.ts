import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { format } from 'prettier';
import { readConfig } from '../../src/config.ts';
import { VARIABLES } from '../../src/config-variables.ts';
import { VERSION } from '../../scripts/elasticsearch-server.ts';

const compose = readFileSync('compose.yaml', 'utf8');
const container = readFileSync('Containerfile', 'utf8');
const packages = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** What the instances are told. */
const environment = Object.fromEntries(
  [...compose.split('services:')[0]!.matchAll(/^ {4}([A-Z_]+): (.+)$/gm)].map(([, name, value]) => [
    name!,
    value!.replace(/^'(.*)'$/, '$1'),
  ]),
);

describe('compose.yaml', () => {
  test('is YAML', async () => {
    await expect(format(compose, { parser: 'yaml' })).resolves.toContain('services:');
    await expect(format(`${compose}\n  - [`, { parser: 'yaml' })).rejects.toThrow();
  });

  test('tells the instances only what they read, and what they accept', () => {
    expect(Object.keys(environment).length).toBeGreaterThan(3);
    expect(Object.keys(environment).filter((name) => !(name in VARIABLES))).toEqual([]);
    expect(() => readConfig(environment)).not.toThrow();
  });

  test('gives them longer to end than they may take', () => {
    const config = readConfig(environment);
    const [, grace] = /stop_grace_period: (\d+)s/.exec(compose)!;
    expect(Number(grace) * 1_000).toBeGreaterThan(config.SHUTDOWN_DELAY_MS + config.SHUTDOWN_DEADLINE_MS);
  });

  test('publishes ports on this machine alone: requests are not authenticated', () => {
    const published = [...compose.matchAll(/^ +ports: \[(.+)\]$/gm)].map(([, ports]) => ports!);
    expect(published).toHaveLength(2);
    for (const ports of published) expect(ports).toMatch(/^'127\.0\.0\.1:\d+:4000'$/);
    expect(readConfig({}).PORT).toBe(4000);
  });

  test('runs the Elasticsearch of the tests and a PostgreSQL of the tests', () => {
    expect(compose).toContain(`image: elasticsearch:${VERSION}\n`);
    expect(compose).toContain('image: postgres:18\n');
  });

  test('connects to services, databases and users that it has', () => {
    const database = new URL(environment['DATABASE_URL']!);
    expect(compose).toContain(`\n  ${database.hostname}:\n`);
    expect(compose).toContain(`POSTGRES_USER: ${database.username}\n`);
    expect(compose).toContain(`POSTGRES_PASSWORD: ${database.password}\n`);
    expect(compose).toContain(`POSTGRES_DB: ${database.pathname.slice(1)}\n`);
    expect(compose).toContain(`\n  ${new URL(environment['ELASTICSEARCH_URL']!).hostname}:\n`);
  });
});

describe('the Containerfile', () => {
  test('copies files that are there, runs scripts that are there, on the Node.js that is needed', () => {
    const copied = [...container.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
      files!.split(' '),
    );
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter((file) => !existsSync(file))).toEqual([]);
    const scripts = [...container.matchAll(/npm run (\w+)/g)].map(([, name]) => name!);
    expect(scripts).toEqual(['build']);
    for (const name of scripts) expect(packages.scripts).toHaveProperty(name);
    expect(new Set([...container.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image))).toEqual(
      new Set(['node:24-slim']),
    );
  });

  test('does not run the server as root, and starts what the build makes', () => {
    expect(container).toMatch(/^USER node$/m);
    expect(container).toMatch(/^CMD \["node", "dist\/main\.js"\]$/m);
  });
});
