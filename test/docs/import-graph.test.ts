import { describe, expect, test } from '@jest/globals';
import { basename } from 'node:path';
import ts from 'typescript';
import {
  findCycle,
  readSource,
  readSources,
  ROOMS,
  type Import,
  type Room,
} from '../support/source-graph.ts';

const sources = readSources();
const roomOf = new Map(sources.map(({ file, room }) => [file, room]));
const imports = sources.flatMap((source) => source.imports);
const text = ({ from, to }: Import): string => `${from} imports ${to}`;

const ENGINE: readonly Room[] = ['pure', 'use case', 'adapter'];
/** What a room may import at run time. The process may import everything. */
const ROOMS_ALLOWED: Readonly<Record<Exclude<Room, 'process'>, readonly Room[]>> = {
  config: ['config', 'pure'],
  transport: ['transport', 'schema', 'schema root', 'resolvers', 'config', 'pure', 'use case'],
  resolvers: ['resolvers', 'schema', 'use case', 'pure'],
  'schema root': ['schema root', 'schema', 'resolvers', 'pure'],
  schema: ['schema', 'pure'],
  demo: ['demo', 'use case', 'pure'],
  pure: ['pure'],
  'use case': ['use case', 'pure'],
  adapter: ['adapter', 'pure', 'store', 'entities'],
  store: ['store', 'entities', 'pure'],
  entities: ['entities', 'pure'],
};
/** Types that may be named beyond that: they are erased. */
const TYPES_ALLOWED: Partial<Readonly<Record<Room, readonly Room[]>>> = {
  resolvers: ['transport'],
  pure: ['use case'],
  adapter: ['use case'],
};
/** Packages and parts of Node that a room may use. */
const PACKAGES_ALLOWED: Readonly<Record<Exclude<Room, 'process'>, RegExp>> = {
  config: /^zod$/,
  transport:
    /^(graphql|graphql-ws|graphql-query-complexity|fastify|ws|prom-client|@apollo\/.+|@as-integrations\/.+|@fastify\/.+|@graphql-yoga\/.+|node:(fs|crypto|http|net|stream|zlib|path|url))(\/.*)?$/,
  resolvers: /^(graphql|type-graphql|dataloader)$/,
  'schema root': /^(graphql|type-graphql|reflect-metadata)$/,
  schema: /^(graphql|type-graphql|graphql-scalars)$/,
  demo: /^node:fs$/,
  pure: /^node:crypto$/,
  'use case': /^$/,
  adapter: /^(node:.+|usearch|@elastic\/.+|@mikro-orm\/core|@mikro-orm\/postgresql|pino)$/,
  store: /^(node:.+|@mikro-orm\/.+|kysely|pg|@electric-sql\/.+)$/,
  entities: /^@mikro-orm\/(core|migrations)$/,
};
/** The word an adapter's files begin with. */
const technology = (file: string): string => basename(file).split(/[-.]/)[0]!.replace('knn', 'elasticsearch');

describe('who may import whom', () => {
  test('every room has files, so that no rule is idle', () => {
    expect(ROOMS.filter((room) => !sources.some((source) => source.room === room))).toEqual([]);
  });

  test('every import of a file stays within what its room may know', () => {
    const wrong = imports.filter(({ from, to, isPackage, isType }) => {
      const room = roomOf.get(from)!;
      if (isPackage || room === 'process') return false;
      const target = roomOf.get(to);
      if (target === undefined) return true;
      const types = isType ? (TYPES_ALLOWED[room] ?? []) : [];
      return !ROOMS_ALLOWED[room].includes(target) && !types.includes(target);
    });
    expect(wrong.map(text)).toEqual([]);
  });

  test('every package is one that the room may use', () => {
    const wrong = imports.filter(({ from, to, isPackage }) => {
      const room = roomOf.get(from)!;
      return isPackage && room !== 'process' && !PACKAGES_ALLOWED[room].test(to);
    });
    expect(wrong.map(text)).toEqual([]);
  });

  test('only the composition names adapters; an adapter knows no other technology', () => {
    const wrong = imports.filter(({ from, to, isPackage, isType }) => {
      if (isPackage || isType || roomOf.get(to) !== 'adapter') return false;
      if (from === 'src/compose.ts') return false;
      return roomOf.get(from) !== 'adapter' || technology(from) !== technology(to);
    });
    expect(wrong.map(text)).toEqual([]);
  });

  test('only adapters of PostgreSQL and the embedded search import the store and the entities', () => {
    const wrong = imports.filter(({ from, to, isPackage }) => {
      if (isPackage || roomOf.get(from) !== 'adapter') return false;
      const inStore = roomOf.get(to) === 'store' || roomOf.get(to) === 'entities';
      return inStore && !/^(postgres|embedded)/.test(basename(from));
    });
    expect(wrong.map(text)).toEqual([]);
  });

  test('there is no cycle of imports', () => {
    expect(findCycle(imports)).toBeNull();
  });

  test('a cycle would be found', () => {
    const edge = (from: string, to: string): Import => ({ from, to, isPackage: false, isType: false });
    const edges = [edge('a', 'b'), edge('b', 'c'), edge('c', 'b'), edge('a', 'c')];
    expect(findCycle(edges)).toEqual(['b', 'c', 'b']);
    expect(findCycle(edges.map((one) => ({ ...one, isType: true })))).toBeNull();
  });
});

/** Forbidden in the engine outside adapters: time, chance, timers, the process, the network, the console. */
const FORBIDDEN = new Set([
  'process',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'console',
  'Date.now',
  'Math.random',
  'crypto.randomUUID',
]);

/** Uses of forbidden names in a file, with their lines. `new Date()` without arguments reads the clock as well. */
function impurities(tree: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = nameOf(node);
    if (name !== null && FORBIDDEN.has(name))
      found.push(`${tree.fileName}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${name}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function nameOf(node: ts.Node): string | null {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return 'Date.now';
  if (ts.isPropertyAccessExpression(node)) return node.getText();
  if (!ts.isIdentifier(node)) return null;
  const { parent } = node;
  const isOnlyName = 'name' in parent && parent.name === node;
  return isOnlyName ? null : node.text;
}

describe('pure files and use cases', () => {
  test('read no clock, draw no chance, start no timer, know no process and no network', () => {
    const inner = sources.filter(({ room }) => room === 'pure' || room === 'use case');
    expect(inner.length).toBeGreaterThan(50);
    expect(inner.flatMap(({ tree }) => impurities(tree))).toEqual([]);
  });

  test('such a use would be found, and a word in a comment or a key would not', () => {
    const { tree } = readSource(
      'src/engine/x.ts',
      '// Date.now()\nexport const a = { process: 1 }.process + Date.now();\nconst b = new Date();\nsetTimeout(() => 1);',
    );
    expect(impurities(tree)).toEqual([
      'src/engine/x.ts:2 Date.now',
      'src/engine/x.ts:3 Date.now',
      'src/engine/x.ts:4 setTimeout',
    ]);
  });

  test('the engine has no decorators, and no classes but adapters, what one is built on, and the error', () => {
    const exceptions = ['src/engine/errors.ts', 'src/engine/read-cache.ts'];
    const found = sources
      .filter(({ room }) => ENGINE.includes(room))
      .flatMap(({ file, room, tree }) =>
        tree.statements
          .filter(ts.isClassDeclaration)
          .filter(() => room !== 'adapter' && !exceptions.includes(file))
          .map((declaration) => `${file} ${declaration.name?.text}`),
      );
    expect(found).toEqual([]);
    const decorated = sources.filter(
      ({ room, tree }) => ENGINE.includes(room) && /^\s*@\w+\(/m.test(tree.text),
    );
    expect(decorated.map(({ file }) => file)).toEqual([]);
  });
});

describe('files', () => {
  test('have no default exports', () => {
    const found = sources.filter(({ tree }) =>
      tree.statements.some(
        (statement) =>
          ts.isExportAssignment(statement) ||
          (ts.canHaveModifiers(statement) &&
            ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)),
      ),
    );
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test('have at most 250 lines', () => {
    const long = sources.filter(({ tree }) => tree.text.trimEnd().split('\n').length > 250);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  test('read the environment nowhere but in the process', () => {
    const readers = sources.filter(({ room, tree }) => room !== 'process' && /process\.env/.test(tree.text));
    expect(readers.map(({ file }) => file)).toEqual([]);
  });
});
