import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
} from 'graphql';

/** The words that the product is described with. */
const REQUIRED = [
  ...['retriever', 'feature', 'feature URI', 'collection', 'document', 'search', 'hit', 'ranked list'],
  ...[
    'fusion strategy',
    'normalization',
    'contribution',
    'weights',
    'execution',
    'impression',
    'interaction',
  ],
  ...[
    'reward',
    'credit',
    'counters',
    'prior',
    'posterior',
    'draw',
    'level',
    'context',
    'snapshot',
    'rollout',
  ],
  ...['assignment', 'judgment', 'run', 'evaluation', 'replay', 'redraw', 'rebuild'],
];

const glossary = readFileSync('docs/glossary.md', 'utf8');

/** Rows of the table under a heading, cells trimmed. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = glossary.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the glossary has no section "${heading}"`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const words = tableUnder('Words');
const later = tableUnder('Words kept for what is not built yet');
const banned = tableUnder('Words not used for these meanings').map(([not]) => not!);

/** Code without its comments and texts would hide what callers read: all of a source counts. */
const sources = globSync('src/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const schema = buildSchema(readFileSync('src/schema/schema.graphql', 'utf8'));

/** Every name that a caller of the API meets. */
function namesOfSchema(): readonly string[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return types.flatMap((type) => {
    if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)];
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [type.name];
    return [
      type.name,
      ...Object.values(type.getFields()).flatMap((field) => [
        field.name,
        ...('args' in field ? (field as GraphQLField<unknown, unknown>).args.map(({ name }) => name) : []),
      ]),
    ];
  });
}

/** Names that hold a banned word for another reason: two of GraphQL's own, and what a user does to an input. */
const ALLOWED = new Set(['Query', 'PERSISTED_QUERY_NOT_SUPPORTED', 'QUERY_REFINEMENT']);

/** A path of Elasticsearch's API, as its adapter must write it. */
const FOREIGN = '/_stats`';

/** Rooms of the product itself; elsewhere a technology's own words are unavoidable. */
const PRODUCT = /^src\/(engine|schema|resolvers|entities|demo)\//;

/** The words an identifier is made of, in lower case, singular and plural alike. */
const partsOf = (identifier: string): readonly string[] =>
  identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

describe('the glossary', () => {
  test('has every word of the product', () => {
    const known = new Set([...words, ...later].map(([word]) => word));
    expect(REQUIRED.filter((word) => !known.has(word))).toEqual([]);
  });

  test('is in alphabetical order, each word once, each meaning a sentence', () => {
    for (const table of [words, later]) {
      const names = table.map(([word]) => word!.toLowerCase());
      expect(names).toEqual([...new Set(names)].sort());
      expect(table.filter(([, meaning]) => !/^[A-Z].*\.$/.test(meaning!)).map(([word]) => word)).toEqual([]);
    }
  });

  test('names only what the code has', () => {
    const names = words.flatMap(([, , code]) => [...code!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    expect(names.length).toBeGreaterThanOrEqual(words.length);
    const missing = names.filter((name) => {
      const whole = new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`);
      return !sources.some(({ text }) => whole.test(text));
    });
    expect(missing).toEqual([]);
  });

  test('has words kept for later that no interface of the code takes for itself', () => {
    const names = later.map(([word]) => word!);
    const used = sources.flatMap(({ text }) =>
      [...text.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name]) => name!.toLowerCase()),
    );
    expect(names.filter((name) => used.includes(name))).toEqual([]);
  });

  test.each(['pipeline', 'stats', 'tenant'])('keeps "%s" out of the code and the schema', (word) => {
    expect(banned).toContain(word);
    const guilty = sources.filter(
      ({ file, text }) =>
        PRODUCT.test(file) &&
        text.split('\n').some((line) => partsOf(line.replace(FOREIGN, '')).includes(word)),
    );
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });

  test('keeps "event" out of the names the product declares', () => {
    const declared = sources
      .filter(({ file }) => PRODUCT.test(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/^\s*(?:export )?(?:interface|type|class|function|readonly) (\w+)/gm)].map(
          ([, name]) => ({ file, name: name! }),
        ),
      );
    expect(declared.length).toBeGreaterThan(200);
    expect(declared.filter(({ name }) => partsOf(name).some((part) => /^events?$/.test(part)))).toEqual([]);
  });

  test('has the word of every object with an id in the schema', () => {
    const node = schema.getType('Node');
    if (!isInterfaceType(node)) throw new Error('the schema has no interface Node');
    const known = new Set(words.map(([word]) => word));
    const objects = schema.getPossibleTypes(node).map(({ name }) => partsOf(name).join(' '));
    expect(objects.length).toBeGreaterThan(1);
    expect(objects.filter((name) => !known.has(name))).toEqual([]);
  });

  test('keeps the words it bans out of every name of the schema', () => {
    const forms = (part: string): readonly string[] => [
      part,
      part.replace(/s$/, ''),
      part.replace(/ies$/, 'y'),
    ];
    const guilty = namesOfSchema().filter(
      (name) =>
        !ALLOWED.has(name) &&
        partsOf(name)
          .flatMap(forms)
          .some((form) => banned.includes(form)),
    );
    expect(guilty).toEqual([]);
    expect(banned).toEqual(expect.arrayContaining(['pipeline', 'event', 'query', 'tenant']));
  });
});
