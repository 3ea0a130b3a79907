import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';

/** Where a file belongs: what it may import depends on it. */
export const ROOMS = [
  'process',
  'config',
  'transport',
  'resolvers',
  'schema',
  'schema root',
  'demo',
  'pure',
  'use case',
  'adapter',
  'store',
  'entities',
] as const;
export type Room = (typeof ROOMS)[number];

export interface Import {
  readonly from: string;
  /** A file below src, or a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** Erased when compiled: binds nobody at run time. */
  readonly isType: boolean;
}

export interface Source {
  readonly file: string;
  readonly room: Room;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Files whose name begins with a technology are adapters, or parts of one. */
const TECHNOLOGY =
  /^(postgres|embedded|elasticsearch|knn-request|openai|hashing|route|embedding-cache|cached|in-process|system)\b/;
const PLACES: readonly (readonly [RegExp, Room])[] = [
  [/^src\/(main|cli|serve|start-fault|repeat|compose)(-[\w-]+)?\.ts$/, 'process'],
  [/^src\/config[\w-]*\.ts$/, 'config'],
  [/^src\/(server|graphiql|context|monitor|metrics)\.ts$|^src\/(request|monitor)\//, 'transport'],
  [/^src\/resolvers\//, 'resolvers'],
  [/^src\/schema\/(build|print)-schema\.ts$/, 'schema root'],
  [/^src\/schema\//, 'schema'],
  [/^src\/demo\//, 'demo'],
  [/^src\/store\//, 'store'],
  [/^src\/entities\//, 'entities'],
];
/** A use case is told by its form: it takes ports first. */
const USE_CASE = /^export (async )?function\*? \w+(<[^>]*>)?\(\s*ports\b/m;

/** All sources of the server with their rooms and imports. */
export function readSources(): readonly Source[] {
  return globSync('src/**/*.ts')
    .sort()
    .map((file) => readSource(file, readFileSync(file, 'utf8')));
}

export function readSource(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return { file, room: roomOf(file, text), tree, imports: importsOf(file, tree) };
}

function roomOf(file: string, text: string): Room {
  const place = PLACES.find(([path]) => path.test(file));
  if (place !== undefined) return place[1];
  if (!file.startsWith('src/engine/')) throw new Error(`${file} belongs to no room`);
  if (TECHNOLOGY.test(basename(file))) return 'adapter';
  return USE_CASE.test(text) ? 'use case' : 'pure';
}

/** Static imports, re-exports, and dynamic imports of a constant. */
function importsOf(file: string, tree: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, isType: boolean): void => {
    const isPackage = !specifier.startsWith('.');
    const to = isPackage ? specifier : join(dirname(file), specifier);
    found.push({ from: file, to, isPackage, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      add((node.moduleSpecifier as ts.StringLiteral).text, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined && ts.isStringLiteral(specifier)) add(specifier.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** One cycle of run-time imports as the files on it; null: there is none. */
export function findCycle(imports: readonly Import[]): readonly string[] | null {
  const targets = Map.groupBy(
    imports.filter(({ isPackage, isType }) => !isPackage && !isType),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { to } of targets.get(file) ?? []) {
      const cycle = walk(to, [...path, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of targets.keys()) {
    const cycle = walk(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
