import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { COST_HEADER } from '../../src/request/http.ts';
import { readConfig } from '../../src/config.ts';
import { renewed } from '../../scripts/tables.ts';
import { INDEX_OPTIONS } from '../../src/engine/search/elasticsearch-mapping.ts';
import { INDEX_KINDS, VARIABLES, type VariableName } from '../../src/config-variables.ts';

const document = readFileSync('docs/configuration.md', 'utf8');
const names = Object.keys(VARIABLES) as VariableName[];

describe('the page on configuration', () => {
  test('has the table as the code has it', () => {
    expect(renewed(document)).toBe(document);
    for (const name of names) expect(document).toContain(`| \`${name}\` |`);
  });

  test('names no variable that is not read', () => {
    const named = [...document.matchAll(/`([A-Z][A-Z_]+_[A-Z]+|HOST|PORT|INTROSPECTION|GRAPHIQL|DEMO)/g)].map(
      ([, name]) => name!,
    );
    const codes = ['CONFIG_INVALID', 'DEADLINE_EXCEEDED'];
    expect(named.filter((name) => !names.includes(name as VariableName) && !codes.includes(name))).toEqual(
      [],
    );
  });

  test('names the header of the cost as the code does', () => {
    expect(document).toContain(`\`${COST_HEADER}: true\``);
  });

  test('shows defaults that are what an empty environment gives', () => {
    const config = readConfig({});
    for (const name of names) {
      const { default: shown } = VARIABLES[name];
      const value = config[name];
      const text = value === null || (Array.isArray(value) && value.length === 0) ? '(none)' : String(value);
      expect(`${name}=${text}`).toBe(`${name}=${shown}`);
    }
  });
});

describe('the environment', () => {
  test('knows the index options that Elasticsearch is asked for', () => {
    expect(INDEX_KINDS).toEqual(INDEX_OPTIONS);
  });

  test('a blank variable counts as not set, and white space around a value does not count', () => {
    expect(readConfig({ PORT: ' ', HOST: '', MAX_DEPTH: ' 7 ' })).toMatchObject({
      PORT: 4000,
      HOST: '127.0.0.1',
      MAX_DEPTH: 7,
    });
  });

  test('the configuration cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  test.each(names)('%s is refused where it makes no sense, by name', (name) => {
    const senseless: Partial<Record<VariableName, string>> = { HOST: 'example.org', RECORD_SHARE: '1.5' };
    const anyText: readonly VariableName[] = ['DATA_DIR', 'EMBEDDINGS_MODEL', 'ELASTICSEARCH_CA'];
    // A path and a model can be any text; the latter is of no use alone.
    if (name === 'DATA_DIR') return expect(readConfig({ DATA_DIR: '/x' }).DATA_DIR).toBe('/x');
    const value = senseless[name] ?? (anyText.includes(name) ? 'text' : 'nonsense %');
    expect(() => readConfig({ [name]: value })).toThrow(
      new RegExp(`^(\\w+ faults:\\s+)?[\\s\\S]*\\b${name}: `),
    );
    return undefined;
  });

  test.each([
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.1', false],
    ['127.example.org', false],
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
  ])('HOST %s is loopback: %s', (host, loopback) => {
    if (loopback) expect(readConfig({ HOST: host }).HOST).toBe(host);
    else
      expect(() => readConfig({ HOST: host })).toThrow(
        expect.objectContaining({ code: 'HOST_NOT_LOOPBACK' }),
      );
    expect(readConfig({ HOST: host, ALLOW_UNAUTHENTICATED: 'true' }).HOST).toBe(host);
  });

  test('secrets are not repeated in what is said about them', () => {
    const environment = {
      DATABASE_URL: 'mysql://u:s3cret@h/d',
      ELASTICSEARCH_PASSWORD: 's3cret',
      EMBEDDINGS_API_KEY: 's3cret',
    };
    try {
      readConfig(environment);
      throw new Error('was not refused');
    } catch (error) {
      expect(String(error)).toContain('DATABASE_URL');
      expect(String(error)).not.toContain('s3cret');
    }
  });

  test('credentials go together, and with their server', () => {
    const url = { ELASTICSEARCH_URL: 'https://es.example:9200' };
    for (const environment of [
      { ELASTICSEARCH_API_KEY: 'k' },
      { ...url, ELASTICSEARCH_USERNAME: 'u' },
      { ...url, ELASTICSEARCH_API_KEY: 'k', ELASTICSEARCH_USERNAME: 'u', ELASTICSEARCH_PASSWORD: 'p' },
      { EMBEDDINGS_URL: 'http://127.0.0.1:1' },
    ])
      expect(() => readConfig(environment)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(readConfig({ ...url, ELASTICSEARCH_API_KEY: 'k' }).ELASTICSEARCH_API_KEY).toBe('k');
  });
});
